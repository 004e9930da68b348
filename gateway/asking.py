"""Step 4 of the exchange: what may be asked of whom: the same `decide`, on (holder, person, category) for records.

What could never be released is never asked for, so the source does not even hear the question. There is no second rule
set here: a probe is a plain record such as the source might hold, and a question is allowed where that record would be
released. Source: design, section 1, step 4.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.contract import RecordSource
from consent.decide import Case
from consent.decision import ElementDecision
from consent.request import Request
from schemas.permits import Permit
from schemas.words import Category, Reason, Result


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A question that was not put, and why; for officers, never for the requester."""

    holder: str
    category: Category
    result: Result
    reason: Reason


@dataclass(frozen=True, slots=True)
class Asking:
    """Who may be asked what. `holders` are those towards whom a basis holds before any record is seen, sorted."""

    permits: tuple[Permit, ...]
    holders: tuple[str, ...]
    not_asked: tuple[NotAsked, ...]

    @property
    def in_review(self) -> bool:
        """Whether somebody has to decide before an answer is possible."""
        return any(each.result is Result.REVIEW for each in self.not_asked)


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
    categories = [each for each in Category if each in request.categories]
    foreseen = {
        (holder, category): case.foresee(holder, category, request.about)
        for holder in sorted(sources)
        for category in sorted(categories)
    }
    asked = [pair for pair, withheld in foreseen.items() if withheld is None]
    others = sorted(set(family) - {request.about})
    granted = [(holder, request.about, category) for holder, category in asked]
    granted += [(h, other, c) for h, c in asked for other in others if case.foresee(h, c, other) is None]
    permits = [
        Permit(
            request_id=request_id,
            holder=holder,
            system=source.system,
            categories=_by_person(granted, holder, known),
            identifiers={person: known[person] for person in _by_person(granted, holder, known)},
            family=known,
        )
        for holder in sorted({holder for holder, _ in asked})
        for source in sources[holder]
        for known in [identifiers.get(source.identifier_system, {})]
    ]
    return Asking(
        permits=tuple(permits),
        holders=tuple(sorted({holder for holder, _ in asked})),
        not_asked=tuple(_refusals(foreseen)),
    )


def _refusals(foreseen: Mapping[tuple[str, Category], ElementDecision | None]) -> Iterator[NotAsked]:
    for (holder, category), withheld in foreseen.items():
        if withheld is not None and withheld.reason is not None:
            yield NotAsked(holder, category, withheld.result, withheld.reason)


def _by_person(
    granted: Iterable[tuple[str, str, Category]], holder: str, known: Mapping[str, str]
) -> dict[str, frozenset[Category]]:
    found: dict[str, set[Category]] = {}
    for granted_holder, person, category in granted:
        if granted_holder == holder and person in known:
            found.setdefault(person, set()).add(category)
    return {person: frozenset(categories) for person, categories in found.items()}
