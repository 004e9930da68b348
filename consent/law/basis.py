"""What a basis is, and how one is weighed.

Source: decision contract, section 3 step 2, section 4, and *Several facts* of section 2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Generic, ParamSpec, TypeVar

from consent.answers import Answer, No, Review, Satisfied
from consent.ends import SELF_EVIDENT, Support, last, together
from consent.given import Consents
from consent.law.holder import decision_that_counts
from consent.request import HolderDecision
from consent.situation import Situation
from schemas.words import Category, Reason, Regime

P = ParamSpec("P")
F = TypeVar("F")

JEUGDWET_BEGAN: Final = date(2015, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What a basis may look at: the world of the request, and of a record no more than this."""

    situation: Situation
    consents: Consents
    holder: str
    category: Category
    regime: Regime | None
    created_on: datetime
    restricted: bool
    remembered: dict[tuple[str, str], Answer] = field(default_factory=dict)
    """Answers that look at nothing of a record but its holder, by basis and holder."""


@dataclass(frozen=True, slots=True)
class Condition(Generic[P]):
    """A sentence that must be true, and what the basis answers where it is not."""

    holds: Callable[P, bool]
    otherwise: No | Review


def must(holds: Callable[P, bool], otherwise: Reason = Reason.NO_BASIS) -> Condition[P]:
    """Return a condition without which the basis does not carry."""
    return Condition(holds, No(otherwise))


def should(holds: Callable[P, bool], otherwise: Reason) -> Condition[P]:
    """Return a condition without which somebody of the holder must look first."""
    return Condition(holds, Review(otherwise))


def always(_: Question) -> bool:
    """Apply whatever is asked."""
    return True


def rests_on_nothing(_: Question, __: Any) -> Support:
    """Rest on no fact that can end."""
    return SELF_EVIDENT


@dataclass(frozen=True, slots=True)
class Title:
    """What a basis is called."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis(Generic[F]):
    """One row of the law.

    A basis `applies` or is passed over; of a record this may look at the regime alone. `asks` are the conditions on
    who asks what. `facts` finds the facts that it may rest on, one of which must meet every condition of `meets`, in
    their order; where there is none at all the answer is `without`. Where the `holder_decides`, his decision must
    meet `decided`. `categories` is `None` where his decision alone says which. `consent` stands in place of all
    these where they are a section of their own (5.3).
    """

    number: str
    title: Title
    articles: tuple[str, ...]
    obligations: frozenset[str]
    categories: frozenset[Category] | None
    applies: Callable[[Question], bool] = always
    asks: tuple[Condition[[Question]], ...] = ()
    facts: Callable[[Question], Sequence[F]] | None = None
    without: Reason = Reason.NO_BASIS
    meets: tuple[Condition[[Question, F]], ...] = ()
    support: Callable[[Question, F], Support] = rests_on_nothing
    holder_decides: bool = False
    decided: tuple[Condition[[Question, HolderDecision]], ...] = ()
    approves_by_itself: frozenset[Category] | None = None
    """What an approval without categories covers, where the law lists it (LB-23)."""
    consent: Callable[[Question], Answer] | None = None
    opens_restricted: bool = False
    is_duty: bool = False
    only_medical: bool = False
    """Opens only records kept under the WGBO."""
    looks_at_holder_only: bool = False
    """Nothing of a record but its holder plays a part in `asks`, `facts` and `meets`."""
    at_12_to_15: frozenset[str] = frozenset()
    """Obligations that join while the person is 12-15."""
    lasts: timedelta | None = None
    in_force_from: date = JEUGDWET_BEGAN
    in_force_until: date | None = None

    @property
    def looks_at_voices_only(self) -> bool:
        """Whether of a category nothing plays a part but the list of the basis and what was said about it."""
        return not self.holder_decides and (self.consent is not None or self.looks_at_holder_only)

    def is_law_on(self, day: date) -> bool:
        """Return whether the row is in force on an Amsterdam calendar day."""
        return self.in_force_from <= day and (self.in_force_until is None or day < self.in_force_until)


def weigh(basis: Basis[Any], question: Question) -> Answer:
    """Return what `basis` answers: its own conditions first, then the holder, the category, the restriction."""
    answer = own_answer(basis, question)
    if not isinstance(answer, Satisfied):
        return answer
    if basis.holder_decides:
        answer = _after_the_holder(basis, question, answer)
        if not isinstance(answer, Satisfied):
            return answer
    if basis.categories is not None and question.category not in basis.categories:
        return No(Reason.CATEGORY_EXCLUDED, (basis.number, "G-06"))
    if question.restricted and not basis.opens_restricted:
        return No(Reason.RESTRICTED, (basis.number,))
    return answer


def own_answer(basis: Basis[Any], question: Question) -> Answer:
    """Return what the conditions of `basis` itself answer."""
    if basis.consent is not None:
        return basis.consent(question)
    if not basis.looks_at_holder_only:
        return _conditions(basis, question)
    key = (basis.number, question.holder)
    if key not in question.remembered:
        question.remembered[key] = _conditions(basis, question)
    return question.remembered[key]


def _conditions(basis: Basis[Any], question: Question) -> Answer:
    for condition in basis.asks:
        if not condition.holds(question):
            return _numbered(basis, condition.otherwise)
    if basis.facts is None:
        return Satisfied(rules=(basis.number,))
    return _furthest(basis, question, basis.facts(question))


def _furthest(basis: Basis[F], question: Question, facts: Sequence[F]) -> Answer:
    """Return the answer of the fact that gets furthest; of several that satisfy, rest on the one that ends last."""
    satisfying: list[F] = []
    reached = -1
    for fact in facts:
        failed = _first_failed(basis, question, fact)
        if failed is None:
            satisfying.append(fact)
        elif failed > reached:
            reached = failed
    if not satisfying:
        return No(basis.without, (basis.number,)) if reached < 0 else _numbered(basis, basis.meets[reached].otherwise)
    return Satisfied(lambda: last(basis.support(question, fact) for fact in satisfying), (basis.number,))


def _first_failed(basis: Basis[F], question: Question, fact: F) -> int | None:
    for position, condition in enumerate(basis.meets):
        if not condition.holds(question, fact):
            return position
    return None


def _numbered(basis: Basis[Any], answer: No | Review) -> No | Review:
    return type(answer)(answer.reason, (basis.number,))


def _after_the_holder(basis: Basis[Any], question: Question, answer: Satisfied) -> Answer:
    decision = decision_that_counts(
        question.situation, question.holder, question.category, by_itself=basis.approves_by_itself
    )
    if not isinstance(decision, HolderDecision):
        return _numbered(basis, decision)
    for condition in basis.decided:
        if not condition.holds(question, decision):
            return _numbered(basis, condition.otherwise)
    named = Support(evidence=(question.situation.name(decision),))
    return Satisfied(lambda: together(answer.support(), named), answer.rules)
