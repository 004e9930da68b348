"""How a serving process loads and holds its memory, so that it starts sooner, holds less and gives back more."""

import ctypes
import dataclasses
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, fields
from reprlib import recursive_repr
from typing import Any, Final

NEW_OBJECTS: Final = 2_000
"""After so many new objects the collector looks for cycles; one answer makes some thousands, and hardly a cycle."""
_TRIM_THRESHOLD: Final = -1  # of malloc.h, as the next
_MMAP_THRESHOLD: Final = -3
_GIVE_BACK: Final = 128 * 1024
"""In bytes; what glibc begins with."""


@contextmanager
def loading() -> Iterator[None]:
    """Load modules meanwhile: a frozen dataclass takes methods that all share, and the collector does not look.

    Each of six hundred classes would have a `__setattr__`, a `__delattr__` and a `__repr__` compiled for itself: a
    quarter of the time in which our modules load, and a kilobyte and more for each. Where the library makes them in
    another way, as CPython does from 3.13 on, it is left to it.
    """
    library = vars(dataclasses)
    ours = _SHARED if _SHARED.keys() <= library.keys() else {}
    before = {name: library[name] for name in ours}
    library.update(ours)
    gc.disable()
    try:
        yield
    finally:
        library.update(before)
        # What was loaded stays. Had the collector to look through it once, that would take a tenth of a second.
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Spare the collector what the start made besides, and have memory given back.

    Call it once, when nothing is served yet.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    _keep_giving_back()


def _set(self: Any, name: str, value: object) -> None:
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _delete(self: Any, name: str) -> None:
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _is_frozen(value: Any, name: str) -> bool:
    # As in the library: a class below a frozen one, itself no dataclass, may have attributes of its own.
    return "__dataclass_params__" in vars(type(value)) or name in value.__dataclass_fields__


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({shown})"


# By these names the library hangs them into a class.
_set.__name__, _delete.__name__ = "__setattr__", "__delattr__"
_SHARED: Final[dict[str, Any]] = {"_frozen_get_del_attr": lambda *_: (_set, _delete), "_repr_fn": lambda *_: _repr}


def _keep_giving_back() -> None:
    """Have glibc give back to the machine what a burst leaves free, as it does at first.

    It raises its bounds with the largest block that was ever freed. That is a table of the start, of megabytes: from
    then on it would keep as much for good. Another libc is left as it is.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _GIVE_BACK)
        mallopt(_TRIM_THRESHOLD, _GIVE_BACK)
