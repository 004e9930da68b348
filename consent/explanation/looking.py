"""Looking again at one basis: which of its conditions failed, and on which facts.

`consent.law.basis.weigh` says what a basis answers, and nothing more, for it is asked at every record. Here the same
conditions are asked again, in the same order, to name the one that failed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from consent.answers import Answer, Satisfied
from consent.entries import Authority
from consent.entry import Entry
from consent.explanation.near import near_facts
from consent.explanation.said import standing_refusals, what_was_heard
from consent.law.basis import Basis, Condition, Question, weigh
from consent.law.holder import decision_that_counts
from consent.request import HolderDecision

CONSENT: Final = "consent"
A_FACT: Final = "a_fact"
THE_HOLDER: Final = "the_holder_approves"
THE_CATEGORY: Final = "the_category"
NO_RESTRICTION: Final = "no_restriction"
OWN_CONDITIONS: Final = (THE_HOLDER, THE_CATEGORY, NO_RESTRICTION)
"""What a basis asks beside the named conditions of its row, a fact to rest on, and consent."""

OF_THE_RECORD: Final = frozenset(
    {
        THE_CATEGORY,
        NO_RESTRICTION,
        "the_scope_opens_it",
        "the_mandate_names_it",
        "the_record_is_not_older",
        "medical_feedback",
    }
)
"""The conditions that something about the record itself did not meet."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a basis answered; where it did not carry, which condition failed, on which facts, and whose yes is missing.

    `condition` names the row's condition, or is `CONSENT`, `A_FACT` or one of `OWN_CONDITIONS`; empty where it carries.
    """

    basis: Basis[Any]
    answer: Answer
    condition: str = ""
    facts: tuple[Entry, ...] = ()
    missing: tuple[str, ...] = ()


def look(basis: Basis[Any], question: Question) -> Looked:
    """Return what `basis` answers to `question`, and why."""
    answer = weigh(basis, question)
    if isinstance(answer, Satisfied):
        return Looked(basis, answer)
    if basis.consent is not None and not isinstance(basis.consent(question), Satisfied):
        heard = what_was_heard(question, answer.reason)
        return Looked(basis, answer, CONSENT, heard.facts, heard.missing)
    condition, facts = _own(basis, question) or _of_the_holder(basis, question) or _last(basis, question)
    return Looked(basis, answer, condition, tuple(facts))


_Failed: TypeAlias = tuple[str, Iterable[Entry]]


def name_of(condition: Condition[...]) -> str:
    """Return under which name the catalogue has a condition of a row."""
    return str(getattr(condition.holds, "__name__", ""))


def _own(basis: Basis[Any], question: Question) -> _Failed | None:
    for condition in basis.asks:
        if not condition.holds(question):
            name = name_of(condition)
            return name, _BESIDE.get(name, _nobody)(question, None)
    if basis.facts is None:
        return None
    facts = list(basis.facts(question))
    if not facts:
        return A_FACT, near_facts(basis, question)
    failed = [(_first_failed(basis, question, fact), fact) for fact in facts]
    if any(position is None for position, _ in failed):
        return None
    furthest = max(position for position, _ in failed if position is not None)
    name = name_of(basis.meets[furthest])
    those = [fact for position, fact in failed if position == furthest]
    beside = (entry for fact in those for entry in _BESIDE.get(name, _nobody)(question, fact))
    return name, tuple(dict.fromkeys([*(entry for fact in those for entry in _entries(fact)), *beside]))


def _first_failed(basis: Basis[Any], question: Question, fact: Any) -> int | None:
    failed = (at for at, condition in enumerate(basis.meets) if not condition.holds(question, fact))
    return next(failed, None)


def _entries(fact: Any) -> tuple[Entry, ...]:
    """Return the entries of a fact, which for some bases is a pair."""
    return fact if isinstance(fact, tuple) else (fact,)


def _of_the_holder(basis: Basis[Any], question: Question) -> _Failed | None:
    if not basis.holder_decides:
        return None
    situation = question.situation
    told = [
        one for one in situation.request.holder_decisions if one.holder == question.holder and one.on <= situation.at
    ]
    decision = decision_that_counts(situation, question.holder, question.category, by_itself=basis.approves_by_itself)
    if not isinstance(decision, HolderDecision):
        # Beside what he decided: for whom he works, which may be somebody else.
        known = situation.professionals
        return THE_HOLDER, [*told, *(known[one.by] for one in told if one.by in known)]
    failed = (name_of(each) for each in basis.decided if not each.holds(question, decision))
    name = next(failed, None)
    return None if name is None else (name, (decision,))


def _last(basis: Basis[Any], question: Question) -> _Failed:
    if basis.categories is not None and question.category not in basis.categories:
        return THE_CATEGORY, ()
    return NO_RESTRICTION, ()


_Beside: TypeAlias = Callable[[Question, Any], Iterable[Entry]]


def _nobody(_: Question, __: Any) -> Iterable[Entry]:
    return ()


def _who_asks(question: Question, _: Any) -> Iterable[Entry]:
    asker = question.situation.asker
    return tuple(one for one in (asker.professional, asker.organisation) if one is not None)


def _the_holder(question: Question, _: Any) -> Iterable[Entry]:
    holder = question.situation.organisations.get(question.holder)
    return () if holder is None else (holder,)


def _emergency(question: Question, _: Any) -> Iterable[Entry]:
    emergency = question.situation.request.emergency
    return () if emergency is None else (emergency,)


def _the_person(question: Question, _: Any) -> Iterable[Entry]:
    situation = question.situation
    finding = situation.finding(situation.person.id)
    return (situation.person, *(() if finding is None else (finding,)))


def _the_holder_of(question: Question, authority: Authority) -> Iterable[Entry]:
    person = question.situation.persons.get(authority.holder)
    return () if person is None else (person,)


def _orders(question: Question, _: Any) -> Iterable[Entry]:
    return question.situation.orders


def _refusals(question: Question, _: Any) -> Iterable[Entry]:
    return standing_refusals(question)


_BESIDE: Final[Mapping[str, _Beside]] = {
    "the_requester_belongs_to_it": _who_asks,
    "the_requester_has_the_role": _who_asks,
    "the_requester_has_a_task": _who_asks,
    "the_holder_opted_in": _the_holder,
    "the_danger_is_acute": _emergency,
    "the_danger_is_described": _emergency,
    "the_person_decides_for_himself_from_12": _the_person,
    "the_person_is_an_incapable_adult": _the_person,
    "the_person_is_younger": _the_person,
    "he_is_not_16_and_capable": _the_person,
    "he_is_competent": _the_holder_of,
    "no_order_of_another_kind_is_claimed": _orders,
    "there_is_no_youth_probation": _orders,
    "the_youth_of_12_to_15_does_not_refuse": _refusals,
}
"""The facts that a condition looks at beside the one that the basis would rest on."""
