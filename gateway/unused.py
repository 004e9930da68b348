"""What libraries load beside what is used of them here, kept out of a worker's memory."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

_SESSIONS: Final = frozenset({"sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio.session"})
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
    sys.meta_path.insert(0, _Sessions())


class _Sessions(MetaPathFinder, Loader):
    """Finds something that stands in for each of `_SESSIONS`."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in _SESSIONS else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _LeftOut(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: there is nothing in it."""


class _LeftOut(ModuleType):
    """Has every name that somebody takes from it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unused


class _Unused:
    def __init__(self, *_: object, **__: object) -> None:
        raise RuntimeError("this part of SQLAlchemy is left out of memory here: see gateway/unused.py")
