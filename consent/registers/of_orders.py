"""What becomes of the orders about somebody when a register of orders has answered.

An order opens and closes nothing for anybody else, so what the register does not say ends, whoever recorded it: of the
kinds that it is about, and that began before it was asked. What a person ended, whoever had recorded it, stays ended
until somebody records it anew; then the register's word confirms it.

Source: facts contract, *Who* (order), F3 and F4.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from consent.known.rows import Known
from consent.registers.problems import Problem, RegisterError
from consent.registers.said import KINDS, OrderSaid, OrdersSaid
from consent.registers.seen import Act, Amend, How, New, Note, Seen, Step, ended, written
from schemas.calendar import parse_moment
from schemas.words import OrderKind

_INSTANTS: Final = frozenset({"since", "until", "ended_on", "verified_on"})


def after_answer(said: OrdersSaid, person: str, seen: Seen) -> list[Step]:
    """Return the steps that an answer about `person` leads to.

    Raises:
        RegisterError: it contradicts what cannot change.
    """
    return list(_Answer(said, person, seen).steps())


class _Answer:
    """One answer, held against what is known."""

    def __init__(self, said: OrdersSaid, person: str, seen: Seen) -> None:
        self._said = said
        self._person = person
        self._seen = seen
        self._about = [
            each for each in seen.of("orders", subject=person) if OrderKind(each.source["kind"]) in KINDS[said.court]
        ]

    def steps(self) -> Iterator[Step]:
        for order in self._said.orders:
            yield from self._told(order)
        for each in self._about:
            if self._seen.stands(each) and not self._is_said(each):
                yield ended(each, "ended_on", self._said.answered_on)

    def _told(self, order: OrderSaid) -> Iterator[Step]:
        own = self._own(order)
        if own is not None and own.source["kind"] != order.kind:
            what = "this reference is known as an order of another kind; an order has a reference of its own"
            raise RegisterError([Problem(order.place, f"`kind`: {what}")])
        if own is None or (not self._seen.stands(own) and self._is_in_force(order)):
            yield from self._begun(order, own)
            return
        if self._seen.stands(own) and own.source.get("executor") != order.executor:
            # Who is let in is another, so it is another fact: what the first one did rests on his own.
            yield ended(own, "ended_on", self._said.answered_on)
            yield from self._begun(order, own)
            return
        yield from self._changed(own, order)

    def _own(self, order: OrderSaid) -> Known | None:
        """Return the last fact that a register told of this order."""
        of_it = [each for each in self._about if each.source.get("reference") == order.reference]
        own = [each for each in of_it if self._seen.told_by_register(each)]
        return own[-1] if own else None

    def _begun(self, order: OrderSaid, before: Known | None) -> Iterator[Step]:
        if not self._is_in_force(order):
            return  # It is over, and nobody here knew of it.
        by_hand = [each for each in self._about if not self._seen.told_by_register(each) and _is_of(each, order)]
        known = by_hand if before is None else [*by_hand, before]
        if any(self._is_ended_by_hand(each, order) for each in known):
            again = [each for each in self._seen.told_anew(known) if _agrees(each, order)]
            if not again:
                yield Note(
                    "somebody here ended this order, and the register does not; it stays ended until recorded anew"
                )
            yield from (_confirmed(each, self._said.answered_on) for each in again if "verified_on" not in each.source)
            return
        yield New("orders", {"subject": self._person, **self._fields(order)})

    def _changed(self, own: Known, order: OrderSaid) -> Iterator[Step]:
        if not self._seen.stands(own):
            return
        told = self._fields(order)
        if order.ended_on is not None:
            told["ended_on"] = written(order.ended_on)
        changed = {name: value for name, value in told.items() if not _is_same(name, own.source.get(name), value)}
        had = own.source.get("ended_on")
        if had is not None and (order.ended_on is None or order.ended_on > parse_moment(had)):
            # An end that is set is never moved to later: that would open again what was closed.
            changed.pop("ended_on", None)
        if changed:
            yield _amended(own, changed)

    def _fields(self, order: OrderSaid) -> dict[str, Any]:
        executor = {} if order.executor is None else {"executor": order.executor}
        return {
            "reference": order.reference,
            "kind": str(order.kind),
            **executor,
            "since": written(order.since),
            "until": written(order.until),
            "verified_on": written(self._said.answered_on),
        }

    def _is_in_force(self, order: OrderSaid) -> bool:
        at = self._seen.at
        return order.until > at and (order.ended_on is None or order.ended_on > at)

    def _is_ended_by_hand(self, fact: Known, order: OrderSaid) -> bool:
        """Return whether a hand ended it, at once or for later; without a reference only after `order` had begun."""
        if not self._seen.is_ended_by_hand(fact):
            return False
        return "reference" in fact.source or order.since < parse_moment(fact.source["ended_on"])

    def _is_said(self, fact: Known) -> bool:
        if self._seen.told_by_register(fact):
            return any(order.reference == fact.source.get("reference") for order in self._said.orders)
        begins_later = parse_moment(fact.source["since"]) > self._said.answered_on
        return begins_later or any(_agrees(fact, order) and self._is_in_force(order) for order in self._said.orders)


def _amended(own: Known, changed: dict[str, Any]) -> Amend:
    key = (own.section, own.id)
    if "ended_on" in changed:
        return Amend(key, changed, Act.CLOSE, "ended_on", how=How.ENDS)
    return Amend(key, changed, Act.RECORD)


def _confirmed(fact: Known, on: datetime) -> Amend:
    return Amend((fact.section, fact.id), {"verified_on": written(on)}, Act.CONFIRM, "verified_on")


def _is_of(fact: Known, order: OrderSaid) -> bool:
    """Return whether it tells of `order`: by its reference, whoever carries it out, or without one by all else."""
    is_named = (fact.source.get("reference"), fact.source["kind"]) == (order.reference, order.kind)
    return is_named or _agrees(fact, order)


def _agrees(fact: Known, order: OrderSaid) -> bool:
    reference = fact.source.get("reference")
    same = fact.source["kind"] == order.kind and fact.source.get("executor") == order.executor
    return same and reference in {None, order.reference}


def _is_same(name: str, before: Any, told: Any) -> bool:
    if before is None or name not in _INSTANTS:
        return bool(before == told)
    return parse_moment(before) == parse_moment(told)
