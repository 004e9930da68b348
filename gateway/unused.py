"""What libraries load beside what is used of them here, kept out of a worker's memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

_SESSIONS: Final = ("sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio.session")
"""They alone load the object-relational mapper: six megabytes in every worker, and we map no objects."""


@contextmanager
def out_of_sight(name: str) -> Iterator[None]:
    """Have the package `name` seem not to be installed meanwhile, where nobody loaded it yet."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # the import system's own word for that
    try:
        yield
    finally:
        del sys.modules[name]


def leave_out_sessions() -> None:
    """Have SQLAlchemy load without its mapper, where nobody loaded it yet. What stands in for it says so when used."""
    if "sqlalchemy.ext.asyncio" not in sys.modules:
        for name in _SESSIONS:
            sys.modules.setdefault(name, _LeftOut(name))


class _LeftOut(ModuleType):
    """Stands in for a module, and has every name that somebody takes from it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unused


class _Unused:
    def __init__(self, *_: object, **__: object) -> None:
        raise RuntimeError("this part of SQLAlchemy is left out of memory here: see gateway/unused.py")
