"""Following the log: every event once, in tree order, and what is done behind it with the place or not at all."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.tables import audit_event
from audit.told import Told
from gateway.commit import Committer
from gateway.log.following import Following, place_of
from gateway.wiring import sequence_the_rest
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

_SEALED = audit_event.c.sealed_person.is_not(None)
_UNGUARDED = {
    "sqlite": "DROP TRIGGER audit_event_no_update",
    "postgresql": "ALTER TABLE audit_event DISABLE TRIGGER ALL",
}


@dataclass
class Counting:
    """Counts what it was given, and keeps an event of its own about the first person of each round."""

    name: str = "counting"
    seen: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    fails: bool = False

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        about = next((each.person for each in events if each.kind is Kind.FACT_RECORDED), None)
        if about is not None:
            await committer.log.append(connection, _event(Kind.REVIEW_OPENED, about))
        if self.fails:
            raise OSError
        self.seen += [each.seq for each in events if each.seq is not None]
        self.told += events


def _event(kind: Kind, person: str) -> Event:
    return Event(kind, EventOutcome.OK, "system", person=person, fields={Field.SUBJECT: person, Field.PURPOSE: "x"})


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(world(), tmp_path, database_url=database_url) as one:
        await one.gateway.following.close()
        yield one


async def _placed(one: Running) -> None:
    await sequence_the_rest(one.gateway.engine, one.gateway.log)


async def _opened(one: Running) -> int:
    async with one.gateway.engine.connect() as connection:
        leaves = (await connection.execute(select(audit_event.c.leaf))).scalars()
        return sum(b'"review.opened"' in leaf for leaf in leaves)


async def test_each_event_is_taken_once_and_in_order_whoever_leads(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    person = "sem"
    await committer.gather("urn:schakel:person", person, also=frozenset())
    await committer.keep(_event(Kind.FACT_RECORDED, person))
    await _placed(gateway)
    follower = Counting()
    two = [Following(committer, [follower]) for _ in range(2)]
    await asyncio.gather(*(each.catch_up() for each in two))
    for each in two:
        await each.catch_up()
    await _placed(gateway)
    await two[0].catch_up()
    assert follower.seen == list(range(len(follower.seen)))
    assert await _opened(gateway) == 1
    [kept] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert (kept.person, kept.fields[Field.PURPOSE]) == (person, "x")


async def test_what_fails_moves_no_place_and_leaves_nothing_behind(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    await _placed(gateway)
    follower = Counting(fails=True)
    with pytest.raises(OSError):  # noqa: PT011 - the follower's own, which says nothing more
        await Following(committer, [follower]).catch_up()
    async with gateway.gateway.engine.connect() as connection:
        assert await place_of(connection, follower.name) == 0
    assert await _opened(gateway) == 0
    follower.fails = False
    await Following(committer, [follower]).catch_up()
    assert follower.seen[0] == 0
    assert await _opened(gateway) == 1


async def test_an_event_whose_seal_was_broken_comes_without_what_it_held(gateway: Running) -> None:
    committer = gateway.gateway.exchange.committer
    await committer.gather("urn:schakel:person", "sem", also=frozenset())
    await committer.keep(_event(Kind.FACT_RECORDED, "sem"))
    async with gateway.gateway.engine.begin() as connection:
        await connection.execute(text(_UNGUARDED[connection.dialect.name]))
        await connection.execute(update(audit_event).values(sealed_person=audit_event.c.sealed_log).where(_SEALED))
    await _placed(gateway)
    follower = Counting()
    await Following(committer, [follower]).catch_up()
    [broken] = [each for each in follower.told if each.kind is Kind.FACT_RECORDED]
    assert not broken.fields
