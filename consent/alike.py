"""Which holders and categories nobody tells apart in one request, so that their records are weighed once.

Most categories were named by nobody, or all in one breath, and so were most holders. Of the holder and the category of
a record the steps look at what was said, at the lists of the bases, and at what a basis answers for the holder. Of whom
and of what all that is the same, everything comes out the same.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Final

from consent.answers import Answer
from consent.facts import Consent, Refusal
from consent.gates import NAMED_BY_GATES
from consent.given import Consents
from consent.law.purposes import Bases
from schemas.words import Category

NAMED: Final = frozenset({Category.WORKING_NOTES, *NAMED_BY_GATES})
"""The categories that a step names."""


class _Kind:
    """What stands for all that is alike; no two are equal."""

    __slots__ = ()


class Alike:
    """Gives each holder and each category what stands for it, in records about `persons` or some of them."""

    def __init__(
        self, bases: Bases, consents: Consents, persons: Iterable[str], answers: Callable[[str], tuple[Answer, ...]]
    ) -> None:
        """Take the bases of the request, and what finds the answers of those that look at a holder only."""
        self.persons = frozenset(persons)
        self._tells_all_apart = not all(basis.looks_at_voices_only for basis in bases)
        self._consents = consents
        self._answers = answers
        self._listed = _listed(tuple(basis.categories for basis in bases))
        self._kinds: dict[tuple[object, ...], _Kind] = {}
        self._holders: dict[str, object] = {}
        self._categories: dict[Category, object] = {}

    @cached_property
    def _words(self) -> list[Consent | Refusal]:
        return self._consents.words(self.persons)

    def holder(self, holder: str) -> object:
        """Return what stands for `holder`."""
        if self._tells_all_apart:
            return holder
        kind = self._holders.get(holder)
        if kind is None:
            looks = (*self._answers(holder), *[holder in word.holders for word in self._words])
            kind = self._holders[holder] = self._kind(looks)
        return kind

    def category(self, category: Category) -> object:
        """Return what stands for `category`."""
        if self._tells_all_apart or category in NAMED:
            return category
        kind = self._categories.get(category)
        if kind is None:
            looks = (self._listed[category], *[category in word.categories for word in self._words])
            kind = self._categories[category] = self._kind(looks)
        return kind

    def _kind(self, looks: tuple[object, ...]) -> _Kind:
        return self._kinds.setdefault(looks, _Kind())


@cache
def _listed(lists: tuple[frozenset[Category] | None, ...]) -> Mapping[Category, tuple[bool, ...]]:
    """Return of each category on which of the bases' `lists` it stands. Law, and there is little of it."""
    return {category: tuple(found is None or category in found for found in lists) for category in Category}
