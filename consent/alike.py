"""Which holders and categories nobody tells apart in one request, so that their records are weighed once.

Most categories were named by nobody, or all in one breath, and so were most holders. Of the holder and the category of
a record the steps look at what was said, at the lists of the bases, and at what a basis answers for the holder. Of whom
and of what all that is the same, everything comes out the same.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

from consent.answers import Answer
from consent.entries import Consent, Refusal
from consent.entry import Categories, Ids
from consent.gates import NAMED_BY_GATES
from consent.law.purposes import Bases
from schemas.words import Category

Found = TypeVar("Found")

NAMED: Final = frozenset({Category.WORKING_NOTES, *NAMED_BY_GATES})
"""The categories that a step names."""
_FORMS: Final = 1_000
"""Consents are given on a few forms, so their categories come in a few lists; who gave one stands nowhere here."""
_EACH_APART: Final = {category: category for category in Category}

Pair: TypeAlias = tuple[object, object]
"""What stands for a holder, and what for a category."""


@dataclass(frozen=True, slots=True)
class Named:
    """The lists of holders and of categories in what was said; many words name the same."""

    holders: frozenset[Ids]
    categories: frozenset[Categories]


def named_in(words: Iterable[Consent | Refusal]) -> Named:
    """Return the lists in `words`, each once."""
    said = list(words)
    return Named(frozenset([word.holders for word in said]), frozenset([word.categories for word in said]))


class _Kind:
    """What stands for all holders who are alike; no two are equal, of different `Alike` neither."""

    __slots__ = ()


class Alike:
    """Gives each holder and category what stands for it, in records about whom `named` is all that was said of."""

    def __init__(self, bases: Bases, named: Named, answers: Callable[[str], tuple[Answer, ...]]) -> None:
        """Take the bases of the request, and what finds the answers of those that look at a holder only."""
        self._tells_all_apart = not all(basis.looks_at_voices_only for basis in bases)
        self._answers = answers
        self._named = named.holders
        self._kinds: dict[tuple[object, ...], _Kind] = {}
        self._holders: dict[str, object] = {}
        self._pairs: dict[tuple[str, Category], Pair] = {}
        self.categories: Mapping[Category, object] = _EACH_APART
        """What stands for each category."""
        if not self._tells_all_apart:
            self.categories = _told_apart(tuple([basis.categories for basis in bases]), named.categories)

    def holder(self, holder: str) -> object:
        """Return what stands for `holder`."""
        if self._tells_all_apart:
            return holder
        kind = self._holders.get(holder)
        if kind is None:
            looks = (*self._answers(holder), *[holder in each for each in self._named])
            kind = self._holders[holder] = self._kinds.setdefault(looks, _Kind())
        return kind

    def pair(self, holder: str, category: Category) -> Pair:
        """Return what stands for both."""
        pair = self._pairs.get((holder, category))
        if pair is None:
            pair = self._pairs[holder, category] = (self.holder(holder), self.categories[category])
        return pair

    def once(
        self, holders: Iterable[str], categories: Iterable[Category], find: Callable[[str, Category], Found]
    ) -> dict[Pair, Found]:
        """Return what `find` gives for one holder and category of all that are alike, by what stands for both."""
        seats = {self.holder(holder): holder for holder in holders}
        kinds = {self.categories[category]: category for category in categories}
        return {
            (seat, kind): find(holder, category) for seat, holder in seats.items() for kind, category in kinds.items()
        }

    def each(
        self, holders: Iterable[str], categories: Iterable[Category], found: Mapping[Pair, Found]
    ) -> dict[tuple[str, Category], Found]:
        """Return for each holder and category what was `found` once for all that are alike."""
        kinds = [(category, self.categories[category]) for category in categories]
        seats = [(holder, self.holder(holder)) for holder in holders]
        return {(holder, category): found[seat, kind] for holder, seat in seats for category, kind in kinds}


@lru_cache(maxsize=_FORMS)
def _told_apart(lists: tuple[frozenset[Category] | None, ...], said: frozenset[Categories]) -> Mapping[Category, int]:
    """Return one number for all categories that are on the same of the bases' `lists`, and were `said` alike.

    A category that a step names stands for itself.
    """
    numbers: dict[Hashable, int] = {}
    found: dict[Category, int] = {}
    for category in Category:
        listed = category if category in NAMED else tuple([each is None or category in each for each in lists])
        look = (listed, *[category in each for each in said])
        found[category] = numbers.setdefault(look, len(numbers))
    return found
