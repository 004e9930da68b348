"""Bringing in orders, about persons and with executors who are known here."""

from collections.abc import Sequence

from consent.registers.answered import Answered, kept, require_latest
from consent.registers.of_orders import after_answer
from consent.registers.problems import Problem
from consent.registers.said import OrdersSaid
from gateway.registers.taking import Takes
from gateway.registers.work import Work, known_person


async def take_orders(takes: Takes, said: Sequence[OrdersSaid], work: Work) -> None:
    """Take what a register says about orders."""
    await _require_executors(takes, said, work)
    if work.problems:
        return
    found = [(await takes.find(each.number), each) for each in said]
    for person in sorted({here[1] for here, _ in found if here is not None}):
        await takes.family(person)  # Held in one order, so that two imports never wait for each other.
    for here, each in found:
        if here is None:
            work.nothing(each.place, "nobody of this number is known here")
            continue
        await _answer(takes, each, here[0], work)


async def _require_executors(takes: Takes, said: Sequence[OrdersSaid], work: Work) -> None:
    registry = await takes.facts.registry(takes.connection)
    for order in (order for each in said for order in each.orders):
        if order.executor is not None and registry.source("organisations", order.executor) is None:
            what = "no organisation has this id here; register it with `schakel org add`, or correct it"
            work.problems.append(Problem(f"{order.place}, column `executor`", what))


async def _answer(takes: Takes, said: OrdersSaid, person: str, work: Work) -> None:
    family = await takes.family(person)
    answered = Answered(f"{takes.by.kind}:{said.court}", said.answered_on, said.digest)
    with work.telling(said.place):
        known = known_person(family, person, said.place)
        require_latest(known, answered, said.place)
        steps = after_answer(said, person, await takes.seen(family))
        await work.take(takes, person, said.place, [*steps, *kept(known, answered)])
