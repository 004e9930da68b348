"""The steps of one decision: from a record to the basis on which it may leave, or to what stops it.

Source: decision contract, section 3, steps 1 to 8.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from consent.alike import Alike, named_in
from consent.answers import Answer, No, Review, Satisfied
from consent.cover import RULES as COVER_RULES
from consent.cover import Finds, Uncovered, cover_of_all, covers
from consent.entries import Record
from consent.gates import AFTER_COVER, BEFORE_COVER, no_confidence_is_broken, talk_with_the_youth_first
from consent.given import Consents
from consent.law.basis import Basis, Question, own_answer, weigh
from consent.law.purposes import Bases, bases_for
from consent.situation import Situation
from schemas.words import Category, Purpose, Reason, Regime


@dataclass(frozen=True, slots=True)
class Way:
    """The way on which a record may leave: its basis, and the cover of everybody else in it."""

    basis: Basis[Any]
    answer: Satisfied
    cover: Finds
    regime: Regime | None


@dataclass(frozen=True, slots=True)
class Stop:
    """What stopped a record, at which basis, and whether to talk with the youth first (step 8)."""

    answer: No | Review
    basis: Basis[Any] | None = None
    youth_first: bool = False


@dataclass(frozen=True, slots=True)
class _Opened:
    """Step 2 to 5 passed: the basis that carries, and what it answered."""

    basis: Basis[Any]
    answer: Satisfied


@dataclass(frozen=True, slots=True)
class _Questions:
    """Puts the questions of one request to its bases."""

    situation: Situation
    consents: Consents
    remembered: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def about(
        self,
        holder: str,
        category: Category,
        regime: Regime | None,
        *,
        created_on: datetime | None = None,
        restricted: bool = False,
    ) -> Question:
        """Return the question about a record."""
        return Question(
            situation=self.situation,
            consents=self.consents,
            holder=holder,
            category=category,
            regime=regime,
            created_on=created_on or self.situation.at,
            restricted=restricted,
            remembered=self.remembered,
        )


class Steps:
    """The steps for the records of one request; what alike records share is weighed once."""

    def __init__(self, situation: Situation) -> None:
        """Look up the bases of the purpose."""
        self._situation = situation
        self._consents = Consents(situation)
        self._questions = _Questions(situation, self._consents)
        self._bases = bases_for(situation.request.purpose, situation.today)
        # Nothing of the steps themselves: what holds itself stays in memory after its request.
        self._answers_for = partial(
            _answers_for, self._questions, [basis for basis in self._bases if basis.looks_at_holder_only]
        )
        self._looks_at_creation = situation.request.purpose is Purpose.MENTOR_SUPPORT
        self._opened: dict[tuple[object, ...], _Opened | Stop] = {}
        self._applying: dict[bool, Bases] = {}
        medical = any(basis.only_medical for basis in self._bases)
        self.regimes = (Regime.JEUGDWET, Regime.WGBO) if medical else (Regime.JEUGDWET,)
        """The regimes that could open anything: a medical record opens where others do, or for feedback."""
        self._named = named_in(self._consents.words((situation.person.id,)))
        self.alone = Alike(self._bases, self._named, self._answers_for)
        """Who and what is alike in records about the person alone: steps 1 to 5 look at nobody else."""

    def alike(self, others: Iterable[str]) -> Alike:
        """Return which holders and categories are alike in records about the person and some of `others`."""
        named = named_in(self._consents.words({self._situation.person.id, *others}))
        return self.alone if named == self._named else Alike(self._bases, named, self._answers_for)

    def key(self, record: Record, alike: Alike) -> tuple[object, ...]:
        """Return all of a record that the steps look at: alike ones are weighed alike."""
        return (
            alike.pair(record.holder, record.category),
            record.about,
            record.regime,
            record.restricted,
            record.origin,
            record.created_on if self._looks_at_creation else None,
            record.told_in_confidence,
            record.confidential_from,
            record.good_care_veto,
        )

    def find_way(self, record: Record) -> Way | Stop:
        """Take the steps for one record; the first that stops it decides."""
        question = self._question(record)
        # Steps 1 to 5 look at this of a record, and at nobody but the person.
        key = (
            self.alone.pair(record.holder, record.category),
            record.regime,
            record.restricted,
            record.origin,
            record.created_on if self._looks_at_creation else None,
        )
        opened = self._opened.get(key)
        if opened is None:
            opened = self._opened[key] = self._open(record, question)
        if isinstance(opened, Stop):
            return opened
        basis = opened.basis
        cover = cover_of_all(basis, question, record.about)
        if isinstance(cover, Uncovered):
            kind = Review if cover.review else No
            return Stop(kind(cover.reason, COVER_RULES), basis)
        for gate in AFTER_COVER:
            if (stopped := gate(basis, question, record)) is not None:
                confidence = gate is no_confidence_is_broken and isinstance(stopped, No)
                return Stop(stopped, basis, confidence and talk_with_the_youth_first(self._situation))
        return Way(basis, opened.answer, cover, record.regime)

    def covered(self, way: Way, holder: str, category: Category, others: Iterable[str]) -> list[str]:
        """Return about whom of `others` a plain record of `holder` and `category` could leave too, on its `way`."""
        question = self._questions.about(holder, category, way.regime)
        return [other for other in others if covers(way.basis, question, other)]

    def _open(self, record: Record, question: Question) -> _Opened | Stop:
        """Take the steps that look at nobody in the record."""
        if record.category is Category.WORKING_NOTES:
            return Stop(No(Reason.CATEGORY_EXCLUDED, ("G-06",)))
        basis, answer = _first_that_decides(self._applicable(question), question)
        if not isinstance(answer, Satisfied):
            return Stop(answer, basis)
        if basis is None:
            raise TypeError("only a basis can be satisfied")
        for gate in BEFORE_COVER:
            if (stopped := gate(basis, question, record)) is not None:
                return Stop(stopped, basis)
        return _Opened(basis, answer)

    def _applicable(self, question: Question) -> Bases:
        """Return the bases that apply; of a record only whether it is medical decides about that."""
        medical = question.regime is Regime.WGBO
        if medical not in self._applying:
            self._applying[medical] = tuple(basis for basis in self._bases if basis.applies(question))
        return self._applying[medical]

    def _question(self, record: Record) -> Question:
        return self._questions.about(
            record.holder, record.category, record.regime, created_on=record.created_on, restricted=record.restricted
        )


def _answers_for(questions: _Questions, bases: Sequence[Basis[Any]], holder: str) -> tuple[Answer, ...]:
    """Return what `bases` answer that look at nothing of a record but its holder."""
    if not bases:
        return ()
    any_record = questions.about(holder, Category.GOALS, Regime.JEUGDWET)
    return tuple([own_answer(basis, any_record) for basis in bases])


def plain(holder: str, category: Category, regime: Regime, situation: Situation) -> Record:
    """Return a record about the person alone, as new as can be, with no flag."""
    return Record(
        id="",
        holder=holder,
        about=frozenset((situation.person.id,)),
        category=category,
        regime=regime,
        created_on=situation.at,
    )


_Weighed: TypeAlias = tuple[Basis[Any] | None, Answer]


def _first_that_decides(bases: Iterable[Basis[Any]], question: Question) -> _Weighed:
    """Return the first basis that is satisfied, else the first that asks for review, else the reason of the no."""
    review: _Weighed | None = None
    refused: No | None = None
    for basis in bases:
        answer = weigh(basis, question)
        if isinstance(answer, Satisfied):
            return basis, answer
        if isinstance(answer, Review):
            review = review or (basis, answer)
        elif refused is None or refused.reason is Reason.NO_BASIS:
            # Between bases the first reason that says more than "no basis" is told (5.4).
            refused = answer
    return review or (None, refused or No(Reason.NO_BASIS))
