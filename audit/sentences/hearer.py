"""Who hears about the events of one person, and how much of an event is meant for him."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.words import Category

NEVER_TOLD: Final = frozenset({Category.SAFETY_REPORT, Category.WORKING_NOTES})
"""The kinds of data of which nobody concerned is even told that they are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearer:
    """Who reads about `person`: `reader`, by his id; `reads_for_child` says that he reads about a child of his.

    `names` is how organisations are called; who is not in it is called by his id. `unnamed` are those who are not named
    at all. `masked` are kinds of data that are no topic for him; `confidential` says whether what is kept from anybody
    is kept from him too.
    """

    person: str
    reader: str
    reads_for_child: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()
    masked: frozenset[Category] = NEVER_TOLD
    confidential: bool = False

    @property
    def is_himself(self) -> bool:
        """Whether he reads about himself."""
        return self.reader == self.person
