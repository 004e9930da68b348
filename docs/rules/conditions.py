"""The conditions of a basis in their order, each with the answer where it is not met, read off the row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from consent.answers import Review
from consent.cover import cover_of_all
from consent.explanation.catalogue import Texts
from consent.gates import AFTER_COVER, BEFORE_COVER
from consent.given import LINES
from consent.law.basis import Basis, Condition
from consent.law.holder import decision_that_counts
from consent.law.listing import made_with, name_of
from docs.rules.answering import NO, REVIEW, Function, ways_of
from schemas.words import Reason


@dataclass(frozen=True, slots=True)
class Step:
    """A condition as a reader reads it, and what the answer is where it is not met."""

    text: str
    otherwise: str


def conditions(basis: Basis[Any], words: Texts) -> Iterator[Step]:
    """Yield every condition of a basis in the order in which they are asked."""
    if basis.consent is not None:
        yield from (Step(words(f"line.{name_of(line)}"), answers_of(line, words)) for line in LINES)
    yield from _each(basis.asks, words)
    if basis.facts is not None:
        yield Step(words(f"fact.{name_of(basis.facts)}"), _no(basis.without, words))
    yield from _each(basis.meets, words)
    if basis.holder_decides:
        yield Step(words("condition.decision_that_counts"), answers_of(decision_that_counts, words))
    yield from _each(basis.decided, words)
    if basis.categories is not None:
        yield Step(words("condition.the_category"), _no(Reason.CATEGORY_EXCLUDED, words))
    if not basis.opens_restricted:
        yield Step(words("condition.no_restriction"), _no(Reason.RESTRICTED, words))


def gates(words: Texts) -> Iterator[Step]:
    """Yield what a record passes after a basis carried, in order."""
    passed: tuple[Function, ...] = (*BEFORE_COVER, cover_of_all, *AFTER_COVER)
    for gate in passed:
        yield Step(words(f"gate.{name_of(gate)}"), answers_of(gate, words))


def _each(found: Iterable[Condition[Any]], words: Texts) -> Iterator[Step]:
    for condition in found:
        reason = condition.otherwise.reason
        review = isinstance(condition.otherwise, Review)
        yield Step(
            _text(condition.holds, words),
            words("row.review", reason=f"`{reason}`") if review else _no(reason, words),
        )


def _no(reason: Reason, words: Texts) -> str:
    return words("row.reason", reason=f"`{reason}`")


def _text(holds: Callable[..., bool], words: Texts) -> str:
    """Return a condition in words, with what it was made with: an age, kinds of organisation or order, a role."""
    name, made = name_of(holds), dict(made_with(holds))
    if "role" in made:
        made["role"] = words(f"role.{made['role']}")
        name += "_in" if made["kinds"] else ""
    if "kinds" in made:
        made["kinds"] = ", ".join(_kind(kind, words) for kind in made["kinds"])
    return words(f"condition.{name}", **made)


def _kind(kind: str, words: Texts) -> str:
    key = f"organisation.{kind}"
    return words(key if key in words else f"order-kind.{kind}")


def answers_of(function: Function, words: Texts) -> str:
    """Return the reasons that a line, a gate or the holder's decision can answer: for a no, a review, or either."""
    ways = ways_of(function)
    told = []
    for kind, those in (("row.reason", {NO}), ("row.review", {REVIEW}), ("row.either", {NO, REVIEW})):
        reasons = [f"`{reason}`" for reason in Reason if ways.get(reason) == those]
        if reasons:
            told.append(words(kind, reason=", ".join(reasons)))
    return "; ".join(told)
