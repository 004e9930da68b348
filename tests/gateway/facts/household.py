"""The desk of the whole cast of the table's tests (`tests.consent.whose.cast`), who go by the names they have there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.entry import Entry
from consent.known.rows import Known
from consent.store.fact_store import FactStore
from consent.whose.hand import Form
from gateway.database.engine import write_transaction
from gateway.sandbox.loading import load_world
from tests.consent.whose.cast import AT, FACTS, HANDS
from tests.gateway.facts.desk import Desk, Said, desk_at

SEEN = {"evidence": {"document_sha256": "ab" * 32}}


@dataclass
class Clock:
    """The clock of decisions; stands still until it is set."""

    at: datetime


@dataclass
class Household:
    """The desk, and everybody who comes to it."""

    desk: Desk
    clock: Clock

    async def say(self, name: str, path: str, body: object, **more: Any) -> Said:
        return await self.desk.post(path, body, by=by(name), **more)

    async def told(self, name: str, path: str, body: object, **more: Any) -> str:
        """Say what must be taken, and return the id of the fact."""
        answer = await self.say(name, path, body, **more)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    async def refused(self, name: str, path: str, body: object, **more: Any) -> None:
        """Say what must not be: one answer, one event, and nothing stored."""
        before = await self.facts()
        answer = await self.say(name, path, body, **more)
        assert (answer.status, answer.body["type"]) == (403, "urn:schakel:problem:not-available"), answer.body
        [(event, _)] = await self.desk.events(answer.body["request_id"])
        assert event.leaf_json["kind"] == "fact.refused"
        assert await self.facts() == before

    async def wrong(self, name: str, path: str, body: object, status: int = 422) -> list[str]:
        """Say what is taken badly, and return the fields named; nothing is stored."""
        before = await self.facts()
        answer = await self.say(name, path, body)
        assert answer.status == status, answer.body
        assert await self.facts() == before
        return [each["path"] for each in answer.body["errors"]]

    async def facts(self) -> dict[str, tuple[Entry, ...]]:
        facts = (await self.desk.gathered()).facts
        return {name: getattr(facts, name) for name in facts.as_world()}

    async def handed(self, section: str, **where: Any) -> list[Any]:
        """Return what `decide` is given of a section, as far as it is so."""
        found = getattr((await self.desk.gathered()).facts, section)
        return [one for one in found if all(getattr(one, name) == value for name, value in where.items())]

    async def known(self, section: str, fact: str, person: str = "sem") -> Known:
        """Return a fact as it is stored, with its word."""
        async with write_transaction(self.desk.engine) as connection:
            family = await self.desk.committer.facts.held(connection, person)
        return family.known[section, fact]

    async def kind_of(self, answer: Said) -> str:
        [(event, _)] = await self.desk.events(answer.body["request_id"])
        return str(event.leaf_json["kind"])


def by(name: str) -> str:
    hand = HANDS[name]
    if hand.form is not Form.PROFESSIONAL:
        return f"{hand.form}:{hand.id}"
    return f"professional:{hand.id}@{hand.organisation}/{hand.role}"


async def _populate(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        await load_world(connection, store, FACTS)


@asynccontextmanager
async def household_at(url: str) -> AsyncIterator[Household]:
    clock = Clock(AT)
    async with desk_at(url, populate=_populate, decided_at=lambda _: clock.at) as desk:
        yield Household(desk, clock)
