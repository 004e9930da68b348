"""Followers that say what they were given, and a gateway that is followed only when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.told import Told
from gateway.committing.commit import Committer
from tests.audit.make import settle
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

UNGUARDED = {
    "sqlite": "DROP TRIGGER audit_event_no_update",
    "postgresql": "ALTER TABLE audit_event DISABLE TRIGGER ALL",
}


@dataclass
class Counting:
    """Counts what it was given, and keeps an event of its own about the first fact of each round that a test kept.

    That one may find its place in the tree while he still goes on, or later.
    """

    name: str = "counting"
    seen: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    fails: bool = False
    took: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        about = next((each.person for each in events if _is_of_a_test(each)), None)
        if about is not None:
            await committer.log.append(connection, an_event(Kind.REVIEW_OPENED, about))
        if self.fails:
            raise OSError
        self.seen += [each.seq for each in events if each.seq is not None]
        self.told += events
        self.took.set()


@dataclass
class Refusing(Counting):
    """Stops at whatever comes."""

    name: str = "refusing"
    fails: bool = True


@dataclass
class Only:
    """Notes what it is given in another, and keeps nothing."""

    other: Counting
    name: str = "only"

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        del connection, committer
        self.other.told += events


def _is_of_a_test(event: Told) -> bool:
    """Say whether `event` is of a fact that a test kept, and not one of the family that was there before it."""
    return event.kind is Kind.FACT_RECORDED and event.fields.get(Field.PURPOSE) == "x"


def an_event(kind: Kind, person: str) -> Event:
    return Event(kind, EventOutcome.OK, "system", person=person, fields={Field.SUBJECT: person, Field.PURPOSE: "x"})


@asynccontextmanager
async def followed(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """Give a gateway whose log nobody follows by himself."""
    async with running(world(), tmp_path, database_url=database_url) as one:
        await one.gateway.following.close()
        yield one


async def placed(one: Running) -> None:
    """Have every event in the tree."""
    await settle(one.gateway.engine, one.gateway.log)
