"""What an officer opens while who it is about is erased, or his ticket ends, or his colleague: it does not leave."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.events import Kind
from gateway.database.engine import write_transaction
from gateway.erasing.belongings import destroy, hold_still
from gateway.erasing.reading import hold
from gateway.log.persons import Persons
from gateway.log.searching import Searching
from gateway.log.tickets.rows import ticket_named
from gateway.registry.barred import bar
from tests.gateway.log.office import LOG, found, indexed, office, second, told
from tests.gateway.running import Running
from tests.gateway.waiting import somebody_waits


@pytest.mark.parametrize("who", ["sem", "moeder"])
async def test_no_content_leaves_of_who_is_erased_meanwhile(
    postgres_url: str, tmp_path: Path, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, postgres_url) as gateway:
        another = await second(gateway, "operator")
        event = (await found(gateway, "officer", "?actor=anna&basis=LB-01"))["events"][0]["id"]
        asked = {"reason": "complaint", "scope": {"event": event}, "times": 2}
        name = json.loads((await gateway.call("officer", "POST", f"{LOG}/tickets", asked)).body)["id"]
        assert (await gateway.call(another, "POST", f"{LOG}/tickets/{name}/approve")).status == 200
        with_key = Persons.with_key

        async def late(self: Persons, person: str) -> str | None:
            await erase(gateway, who)
            return await with_key(self, person)

        path, body = f"{LOG}/{event}/content", {"ticket": name}
        with monkeypatch.context() as patched:
            patched.setattr(Persons, "with_key", late)
            assert (await gateway.call("officer", "POST", path, body)).status == 503
        answer = await gateway.call("officer", "POST", path, body)
        assert answer.status == 200
        assert "facts" not in json.loads(answer.body)["content"]
        await indexed(gateway)
        assert [each.kind for each in await told(gateway)].count(Kind.LOG_UNMASKED) == 1


async def erase(gateway: Running, person: str) -> None:
    async with write_transaction(gateway.gateway.engine) as connection:
        await hold(connection, person)
        await hold_still(connection)
        await destroy(connection, person)


async def test_no_report_leaves_of_who_is_erased_while_it_is_made(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, database_url) as gateway:
        key, waits = Searching.key, ["sem"]

        async def late(self: Searching) -> bytes:
            while waits:
                await erase(gateway, waits.pop())
            return await key(self)

        monkeypatch.setattr(Searching, "key", late)
        answer = await gateway.call("officer", "POST", f"{LOG}/access-report", {"person": "sem"})
        nobody = await gateway.call("officer", "POST", f"{LOG}/access-report", {"person": "nobody-here"})
        assert (waits, answer.status, nobody.status) == ([], 403, 403)


async def approved(gateway: Running, event: str, **more: Any) -> str:
    """Return a ticket to `event` of the officer of ggz-west, which another of them approved."""
    another = await second(gateway, "ggz-west")
    asked = {"reason": "complaint", "scope": {"event": event}, **more}
    name = json.loads((await gateway.call("officer:ggz-west", "POST", f"{LOG}/tickets", asked)).body)["id"]
    assert (await gateway.call(another, "POST", f"{LOG}/tickets/{name}/approve")).status == 200
    return str(name)


async def opened(gateway: Running, event: str, ticket: str) -> int:
    return (await gateway.call("officer:ggz-west", "POST", f"{LOG}/{event}/content", {"ticket": ticket})).status


async def event_of(gateway: Running) -> str:
    return str((await found(gateway, "officer:ggz-west", "?basis=LB-01"))["events"][0]["id"])


async def test_a_ticket_that_ends_while_somebody_is_waited_for_opens_nothing(postgres_url: str, tmp_path: Path) -> None:
    async with office(tmp_path, postgres_url) as gateway:
        event, engine = await event_of(gateway), gateway.gateway.engine
        until = datetime.now(UTC) + timedelta(seconds=1.5)
        ticket = await approved(gateway, event, until=until.isoformat())
        async with write_transaction(engine) as connection:
            await hold(connection, "sem")
            opening = asyncio.create_task(opened(gateway, event, ticket))
            await somebody_waits(engine)
            assert datetime.now(UTC) < until
            await asyncio.sleep((until - datetime.now(UTC)).total_seconds() + 0.05)
        assert await opening == 403


async def test_what_was_approved_by_who_was_ended_since_opens_nothing(database_url: str, tmp_path: Path) -> None:
    async with office(tmp_path, database_url) as gateway:
        event = await event_of(gateway)
        ticket = await approved(gateway, event, times=2)
        assert await opened(gateway, event, ticket) == 200
        async with write_transaction(gateway.gateway.engine) as connection:
            kept = await ticket_named(connection, ticket)
            assert kept is not None
            await bar(connection, str(kept.approved_by), "ggz-west", by="test", at="2026-11-25T09:00:00+01:00")
        assert await opened(gateway, event, ticket) == 403
