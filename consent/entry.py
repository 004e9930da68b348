"""What all entries of a world have in common.

Source: decision contract, section 2.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeAlias

from schemas.words import Category, Purpose


@dataclass(frozen=True, slots=True)
class Everything:
    """Holds whatever is looked for: the bare `any` of a consent, the bare `all` of a request, a list not named."""

    def __contains__(self, item: object) -> bool:
        return True

    def isdisjoint(self, items: Collection[object]) -> bool:
        """Return whether it holds none of `items`, as a set does."""
        return not items


EVERYTHING: Final = Everything()
Ids: TypeAlias = frozenset[str] | Everything
Categories: TypeAlias = frozenset[Category] | Everything
Purposes: TypeAlias = frozenset[Purpose] | Everything


class Capability(StrEnum):
    """What a capacity finding says; no finding at all is `CAPABLE` from 12 (5.1)."""

    CAPABLE = "capable"
    INCAPABLE = "incapable"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entry:
    """What every entry keeps: the JSON mapping it was read from, without its notes (for the digest)."""

    source: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        # Personal data must not reach a log through a traceback or a failing assertion.
        return f"<{type(self).__name__} {getattr(self, 'id', '')}>".replace(" >", ">")
