"""Following one record through the steps again: at which basis or gate its decision fell, and on which facts.

Source: decision contract, section 3. INVARIANT: a trace explains the decision that was taken, so it starts from that
decision's reason and never from a second opinion; a test holds both against each other on thousands of worlds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from consent.answers import Review, Satisfied
from consent.cover import Uncovered, cover_of_all
from consent.decision import Decision, ElementDecision
from consent.entries import Record
from consent.entry import Entry
from consent.explanation.looking import OF_THE_RECORD, Looked, look
from consent.gates import (
    Gate,
    good_care_allows_it,
    no_confidence_is_broken,
    no_informant_is_betrayed,
    the_category_may_go_there,
    the_regime_is_known,
)
from consent.given import Consents
from consent.law.basis import Basis, Question
from consent.law.purposes import bases_for
from consent.request import Request
from consent.situation import Situation
from schemas.calendar import local_day
from schemas.words import Category, Reason, Result

CLOSED: Final = "closed"
WORKING_NOTES: Final = "working-notes"
COVER: Final = "cover"
CONFIDENCE: Final = "confidence"
_BEFORE_COVER: Final[Mapping[str, Gate]] = {
    "regime": the_regime_is_known,
    "category": the_category_may_go_there,
    "informant": no_informant_is_betrayed,
}
_AFTER_COVER: Final[Mapping[str, Gate]] = {"veto": good_care_allows_it, CONFIDENCE: no_confidence_is_broken}
GATES: Final = (CLOSED, WORKING_NOTES, *_BEFORE_COVER, COVER, *_AFTER_COVER)
"""What can stop a record beside a basis."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How the decision on one record fell.

    `decided` is the basis that carried, or that gave the reason; `gate` what stopped a record that a basis carried.
    `tried` are the other bases of the purpose that did not carry, in their order; none of them where one carried.
    """

    record: Record
    element: ElementDecision
    decided: Looked | None = None
    gate: str = ""
    facts: tuple[Entry, ...] = ()
    uncovered: tuple[str, ...] = ()
    tried: tuple[Looked, ...] = ()

    @property
    def but_for_its_record(self) -> tuple[object, ...]:
        """All of a trace but the record, to tell alike ones in one breath; holds only as long as the trace lives."""
        facts, tried = tuple(map(id, self.facts)), tuple(map(id, self.tried))
        return (self.element, id(self.decided), self.gate, facts, self.uncovered, tried)

    @property
    def missing(self) -> tuple[str, ...]:
        """Whose yes is missing."""
        return () if self.gate or self.decided is None else self.decided.missing


class Tracer:
    """Traces the elements of one decision."""

    def __init__(self, request: Request, decision: Decision) -> None:
        """Take a decision, and the request that it answers."""
        self.decision = decision
        self.situation = Situation(request, decision.facts, request.at)
        self._consents = Consents(self.situation)
        self._bases = bases_for(request.purpose, local_day(request.at))
        self._seen: dict[tuple[object, ...], tuple[Question, tuple[Looked, ...]]] = {}

    def traces(self) -> tuple[Trace, ...]:
        """Return the trace of each element, in the order of the decision."""
        return tuple(self._trace(self._records[name], element) for name, element in self.decision.elements.items())

    @cached_property
    def _records(self) -> Mapping[str, Record]:
        return {record.id: record for record in self.decision.facts.records}

    @cached_property
    def evidence(self) -> Mapping[str, tuple[Entry, ...]]:
        """The facts by the name that evidence gives them; lists have id spaces of their own, so there may be two."""
        facts, found = self.decision.facts, dict[str, tuple[Entry, ...]]()
        sections = (facts.authority, facts.family, facts.capacity, facts.orders, facts.assignments)
        others = (facts.involvements, facts.referrals, facts.mandates, facts.consents)
        for section in (*sections, *others, self.situation.request.holder_decisions):
            for entry in section:
                name = self.situation.name(entry)
                found[name] = (*found.get(name, ()), entry)
        return found

    def _trace(self, record: Record, element: ElementDecision) -> Trace:
        professional = self.situation.asker.professional
        untrusted = element.reason is Reason.REQUESTER_UNTRUSTED and professional is not None
        if untrusted and professional is not None and not professional.trusted:
            return Trace(record, element, gate=CLOSED, facts=(professional,))
        if element.reason in {Reason.RULE_SET_UNCONFIRMED, Reason.FEATURE_DISABLED}:
            return Trace(record, element, gate=CLOSED)
        if record.category is Category.WORKING_NOTES:
            return Trace(record, element, gate=WORKING_NOTES, facts=(record,))
        question, looked = self._look(record)
        carries = next((one for one in looked if isinstance(one.answer, Satisfied)), None)
        if carries is None:
            return self._failed(record, element, looked)
        if element.result is Result.RELEASE:
            return Trace(record, element, carries)
        return self._stopped(record, element, carries, question)

    def _look(self, record: Record) -> tuple[Question, tuple[Looked, ...]]:
        """Return how each basis of the purpose answered; of a record these look at no more than stands in the key."""
        key = (record.holder, record.category, record.regime, record.created_on, record.restricted)
        if key not in self._seen:
            question = self._question(record)
            self._seen[key] = question, tuple(look(one, question) for one in self._bases if one.applies(question))
        return self._seen[key]

    def _failed(self, record: Record, element: ElementDecision, looked: Sequence[Looked]) -> Trace:
        review = element.result is Result.REVIEW
        gave = [one for one in looked if _gave(one, element.reason, review=review)]
        # Of the bases that merely have nothing the last one is named, as in the decision (5.4, between bases).
        decided = None if not gave else gave[-1] if element.reason is Reason.NO_BASIS else gave[0]
        facts = () if decided is None else decided.facts
        if decided is not None and decided.condition in OF_THE_RECORD:
            facts = (*facts, record)
        return Trace(record, element, decided, facts=facts, tried=tuple(one for one in looked if one is not decided))

    def _stopped(self, record: Record, element: ElementDecision, carries: Looked, question: Question) -> Trace:
        basis = carries.basis
        if name := _gate(_BEFORE_COVER, basis, question, record):
            return Trace(record, element, carries, name, (record,))
        uncovered = tuple(
            person
            for person in sorted(record.about)
            if isinstance(cover_of_all(basis, question, frozenset((person,))), Uncovered)
        )
        if uncovered:
            return Trace(record, element, carries, COVER, (record,), uncovered)
        return Trace(record, element, carries, _gate(_AFTER_COVER, basis, question, record), (record,))

    def _question(self, record: Record) -> Question:
        return Question(
            situation=self.situation,
            consents=self._consents,
            holder=record.holder,
            category=record.category,
            regime=record.regime,
            created_on=record.created_on,
            restricted=record.restricted,
        )


def _gave(looked: Looked, reason: Reason | None, *, review: bool) -> bool:
    answer = looked.answer
    return not isinstance(answer, Satisfied) and answer.reason is reason and isinstance(answer, Review) is review


def _gate(gates: Mapping[str, Gate], basis: Basis[Any], question: Question, record: Record) -> str:
    return next((name for name, gate in gates.items() if gate(basis, question, record) is not None), "")
