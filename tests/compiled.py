"""SQL that is compiled once in a run: each test has engines of its own, and each would compile the same anew."""

from functools import wraps
from typing import Any, Final

from sqlalchemy.util import LRUCache

from gateway.database import engine as database

_MAKES: Final = "create_async_engine"
_KEPT: Final[LRUCache[Any, Any]] = LRUCache(1000)


def share() -> None:
    """Have each engine that the house makes from now on find what another of its kind has compiled.

    What is kept is found by statement and dialect; the dialects of one kind differ in nothing here.
    """
    made = getattr(database, _MAKES)

    @wraps(made)
    def sharing(*args: Any, **more: Any) -> Any:
        engine = made(*args, **more)
        kind: Any = type(engine.dialect)
        kind.__hash__, kind.__eq__ = _of_its_kind, _are_alike
        engine.sync_engine._compiled_cache = _KEPT
        return engine

    setattr(database, _MAKES, sharing)


def _of_its_kind(dialect: object) -> int:
    return hash(type(dialect))


def _are_alike(one: object, other: object) -> bool:
    return type(one) is type(other)
