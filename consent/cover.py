"""Whether everybody whose data is in a record may be told about: the gate of third parties.

Source: decision contract, section 3, step 6 (G-07, G-14); Jw 7.3.11 lid 1; table B of `law.md`, CV-20.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from consent.answers import Satisfied
from consent.ends import Support, last, next_boundary, together
from consent.law.basis import Basis, Question
from consent.representation import holds_authority, title_support
from consent.situation import Situation
from schemas.words import Reason, Regime, Relation

_SUPERVISION: Final = frozenset({"LB-07", "LB-08"})
_HOUSEHOLD: Final = frozenset({"LB-12", "LB-13", "LB-23"})
RULES: Final = ("G-07", "G-14")

Finds: TypeAlias = Callable[[], Support]
"""Finds what something rests on, only when it is called: most covers serve to know what may be asked."""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Somebody in the record is not covered; `review` says that the holder must look first."""

    reason: Reason
    review: bool


def cover_of_all(basis: Basis[Any], question: Question, about: frozenset[str]) -> Finds | Uncovered:
    """Return what finds the cover of all `about`, or why somebody is not covered: a no before a review."""
    covered: list[list[Finds]] = []
    missing: list[Uncovered] = []
    for person in sorted(about):
        if _needs_no_cover(question.situation, person):
            continue
        ways = _ways(basis, question, person)
        if ways:
            covered.append(ways)
        else:
            missing.append(_uncovered(basis, question, person))
    if missing:
        return min(missing, key=lambda one: one.review)
    return partial(_together, covered)


def covers(basis: Basis[Any], question: Question, person: str) -> bool:
    """Return whether a record about `person` alone would be covered."""
    return _needs_no_cover(question.situation, person) or bool(_ways(basis, question, person))


def _needs_no_cover(situation: Situation, person: str) -> bool:
    asker = situation.asker
    return person == situation.person.id or (asker.professional is None and person == asker.id)


def _together(covered: list[list[Finds]]) -> Support:
    if len(covered) == 1 and len(covered[0]) == 1:
        return covered[0][0]()
    return together(*(last(find() for find in ways) for ways in covered))


def _ways(basis: Basis[Any], question: Question, person: str) -> list[Finds]:
    """Return all that covers somebody who is neither the person of the request nor the requester."""
    situation = question.situation
    ways: list[Finds] = []
    answer = question.consents.answer(person, question.holder, question.category, wgbo=question.regime is Regime.WGBO)
    if isinstance(answer, Satisfied) and person in situation.persons:
        ways.append(partial(_until_grown, answer, situation, person))
    if basis.number in _SUPERVISION:
        held = holds_authority(situation, person, situation.person.id)
        ways += [partial(title_support, situation, one) for one in held]
    if basis.number in _HOUSEHOLD:
        ways += [
            partial(title_support, situation, one)
            for one in situation.family
            if one.person == person and one.of == situation.person.id and one.lives_with
        ]
    return ways


def _until_grown(answer: Satisfied, situation: Situation, person: str) -> Support:
    support = answer.support()
    grown = next_boundary(situation.persons[person].born, situation.at)
    return support if support.ends <= grown else Support(grown, support.evidence)


def _uncovered(basis: Basis[Any], question: Question, person: str) -> Uncovered:
    if basis.number not in _SUPERVISION:
        return Uncovered(Reason.THIRD_PARTY_PRIVACY, review=False)
    situation = question.situation
    is_sibling = any(
        one.person == person and one.of == situation.person.id and one.relation is Relation.SIBLING
        for one in situation.family
    )
    return Uncovered(Reason.SUBJECT_NOT_COVERED, review=not is_sibling)
