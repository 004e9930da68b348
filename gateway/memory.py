"""What a serving process does with its memory once all is loaded, so that a worker holds less and gives back more."""

import ctypes
import gc
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields
from reprlib import recursive_repr
from typing import Any, Final

NEW_OBJECTS: Final = 2_000
"""After so many new objects the collector looks for cycles; one answer makes some thousands, and hardly a cycle."""
_OURS: Final = frozenset({"adapters", "audit", "consent", "gateway", "schemas"})
_TRIM_THRESHOLD: Final = -1  # of malloc.h, as the next
_MMAP_THRESHOLD: Final = -3
_GIVE_BACK: Final = 128 * 1024
"""In bytes; what glibc begins with."""


def settle() -> None:
    """Let go of what only the start needed, and spare the collector what stays: looking through that costs most.

    Call it once, when all is loaded and nothing is served yet.
    """
    _share_all()
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    _keep_giving_back()


def _share_all() -> None:
    for kind in our_classes():
        share_methods(kind)


def share_methods(kind: type) -> None:
    """Have a frozen dataclass use the methods of all in place of copies made for it, which do the same.

    Some seven hundred classes have copies of a kilobyte and more each, and those of a class with slots hold on to the
    class as it was before it had them (CPython up to 3.13). What somebody wrote himself stays.
    """
    if "__dataclass_params__" not in vars(kind):
        return
    for name, shared in _SHARED.items():
        if _is_generated(vars(kind).get(name)):
            setattr(kind, name, shared)


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


_SHARED: Final = {"__setattr__": _set, "__delattr__": _delete, "__repr__": _repr}


def _is_generated(method: Any) -> bool:
    code = getattr(getattr(method, "__wrapped__", method), "__code__", None)
    return code is not None and code.co_filename == "<string>"


def our_classes() -> set[type]:
    """Return every class of ours that is there."""
    return {each for each in _below(object) if str(vars(each).get("__module__")).partition(".")[0] in _OURS}


def _below(above: type) -> Iterator[type]:
    found: list[type] = type.__subclasses__(above)
    for kind in found:
        yield kind
        yield from _below(kind)


def _keep_giving_back() -> None:
    """Have glibc give back to the machine what a burst leaves free, as it does at first.

    It raises its bounds with the largest block that was ever freed. That is a table of the start, of megabytes: from
    then on it would keep as much for good. Another libc is left as it is.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _GIVE_BACK)
        mallopt(_TRIM_THRESHOLD, _GIVE_BACK)
