"""Step 4 of the exchange: what may be asked of whom: the same `decide`, on (holder, person, category) for records.

What could never be released is never asked for, so the source does not even hear the question. There is no second rule
set here: a probe is a plain record such as the source might hold, and a question is allowed where that record would be
released. Source: design, section 1, step 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.contract import RecordSource
from consent.decide import Case
from consent.decision import ElementDecision
from consent.request import Request
from schemas.permits import Permit
from schemas.words import Category, Result

_CATEGORIES: Final = tuple(sorted(Category))


@dataclass(frozen=True, slots=True)
class Asking:
    """Who may be asked what. `holders` are those towards whom a basis holds before any record is seen, sorted.

    `not_asked` tells by holder and category why a question was not put; for officers, never for the requester.
    """

    permits: tuple[Permit, ...]
    holders: tuple[str, ...]
    not_asked: Mapping[tuple[str, Category], ElementDecision]

    @property
    def in_review(self) -> bool:
        """Whether somebody has to decide before an answer is possible."""
        return any(each.result is Result.REVIEW for each in self.not_asked.values())


def ask(  # noqa: PLR0913 - what a question stands on, each by name
    case: Case,
    request: Request,
    *,
    request_id: str,
    sources: Mapping[str, Sequence[RecordSource]],
    identifiers: Mapping[str, Mapping[str, str]],
    family: Iterable[str],
) -> Asking:
    """Return what may be asked for `request`: a permit for each source that may hear a question.

    `sources` by holder; `identifiers` gives, for each system of numbers, each person's number there.
    """
    others = sorted(set(family) - {request.about})
    categories = [each for each in _CATEGORIES if each in request.categories]
    foreseen = case.foresee(sorted(sources), categories, others)
    granted: dict[str, dict[Category, list[str]]] = {}
    not_asked: dict[tuple[str, Category], ElementDecision] = {}
    for (holder, category), found in foreseen.items():
        if isinstance(found, list):
            granted.setdefault(holder, {})[category] = found
        else:
            not_asked[holder, category] = found
    permits = [
        _permit(request_id, holder, source.system, granted[holder], identifiers.get(source.identifier_system, {}))
        for holder in granted
        for source in sources[holder]
    ]
    return Asking(tuple(permits), tuple(granted), not_asked)


def _permit(
    request_id: str, holder: str, system: str, granted: Mapping[Category, Iterable[str]], known: Mapping[str, str]
) -> Permit:
    categories = _by_person(granted, known)
    return Permit(
        request_id=request_id,
        holder=holder,
        system=system,
        categories=categories,
        identifiers={person: known[person] for person in categories},
        family=known,
    )


def _by_person(granted: Mapping[Category, Iterable[str]], known: Mapping[str, str]) -> dict[str, frozenset[Category]]:
    # Most categories are granted about the same persons.
    alike: dict[tuple[str, ...], list[Category]] = {}
    for category, persons in granted.items():
        alike.setdefault(tuple(persons), []).append(category)
    found: dict[str, frozenset[Category]] = {}
    for persons, categories in alike.items():
        together = frozenset(categories)
        for person in persons:
            found[person] = found.get(person, together) | together
    return {person: categories for person, categories in found.items() if person in known}
