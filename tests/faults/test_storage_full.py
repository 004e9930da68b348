"""Room runs out at any point of an exchange: nothing leaves without an event, it is said why, and then it goes on."""

import asyncio
import json
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from gateway.committing.commit import Committer
from gateway.exchange import Exchange
from tests.faults.failing import Failing, Fault, counted, failing
from tests.faults.killing import answers_on_record, left_without_a_record
from tests.faults.serve_world import LATE_SECONDS, ReleasesFirst
from tests.gateway.running import PLAN, Running, question, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import world

SECRET = "zij zegt dat zij bang is"
SOURCES = instead(Telling("ggz-west", [element("e1", text=SECRET)]), Telling("school-1"))
MOST_CALLS = 40
MOST_PAGES = 40


async def ask(gateway: Running) -> bytes:
    return await gateway.raw("anna", "POST", PLAN, json.dumps(question("sem", "coordinate-plan")).encode())


def is_refused(got: bytes) -> bool:
    """Say whether this is the 503 that says why, without a word of any record."""
    return (
        got.startswith(b"HTTP/1.1 503 ")
        and b'"type":"urn:schakel:problem:log-unavailable"' in got
        and SECRET.encode() not in got
    )


async def left(gateway: Running, got: bytes) -> bool:
    """Say whether `got` is an answer that is not on record."""
    return left_without_a_record(got, await answers_on_record(gateway.gateway.exchange.committer))


class Alone(Committer):
    """Keeps every event in a transaction of its own, as where facts change or a question is kept beside it."""

    _together = None


def alone(exchange: Exchange) -> Exchange:
    one = exchange.committer
    return replace(exchange, committer=Alone(one.engine, one.facts, one.log, one.sealer, one.health))


def together(exchange: Exchange) -> Exchange:
    return exchange


def releases_first(exchange: Exchange) -> Exchange:
    """Return the broken twin."""
    one = exchange.committer
    return replace(exchange, committer=ReleasesFirst(one.engine, one.facts, one.log, one.sealer, one.health))


async def each_call(
    gateway: Running, one: Failing, fault: Fault, then: Callable[[bytes, str], Any], *, late: float = 0.0
) -> list[tuple[bytes, str]]:
    """Ask again and again, and fail each time a later call, until none is left to fail; return what came back."""
    found: list[tuple[bytes, str]] = []
    for number in range(1, MOST_CALLS):
        one.begin(number, fault)
        got = await ask(gateway)
        await asyncio.sleep(late)
        failed = one.failed
        if not failed:
            return found
        one.begin(0, fault)
        found.append((got, failed))
        await then(got, failed)
    raise AssertionError("a request makes more calls than this test can fail")


@pytest.mark.server
@pytest.mark.parametrize("fault", list(Fault), ids=[each.name.lower() for each in Fault])
@pytest.mark.parametrize("kept", [together, alone])
async def test_postgresql_fails_at_any_call_of_an_exchange(
    kept: Callable[[Exchange], Exchange], fault: Fault, tmp_path: Path, postgres_url: str
) -> None:
    said: list[MutableMapping[str, Any]]

    async def then(got: bytes, failed: str) -> None:
        assert is_refused(got) or got.startswith(b"HTTP/1.1 200 "), (failed, got[:300])
        assert not await left(gateway, got)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")

    async with running(world(), tmp_path, database_url=postgres_url, change=SOURCES, exchange=kept) as gateway:
        gateway.app = counted(gateway.app)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")
        with failing(gateway.gateway.engine) as one, capture_logs() as said:
            found = await each_call(gateway, one, fault, then)
    refused = [got for got, _ in found if is_refused(got)]
    assert refused
    assert any("INSERT INTO audit_event" in failed for _, failed in found)
    assert kept is together or "COMMIT;" in {failed for _, failed in found}
    assert len([each for each in said if each.get("why") and each["event"] == "audit.unavailable"]) == len(refused)


@pytest.mark.server
async def test_a_gateway_that_releases_first_is_caught_by_a_call_that_fails(tmp_path: Path, postgres_url: str) -> None:
    caught: list[bytes] = []

    async def then(got: bytes, _: str) -> None:
        caught.extend([got] if await left(gateway, got) else [])

    async with running(
        world(), tmp_path, database_url=postgres_url, change=SOURCES, exchange=releases_first
    ) as gateway:
        gateway.app = counted(gateway.app)
        await ask(gateway)
        with failing(gateway.gateway.engine) as one:
            await each_call(gateway, one, Fault.FULL, then, late=2 * LATE_SECONDS)
    assert caught


async def each_room(gateway: Running, then: Callable[[bytes], Any], *, late: float = 0.0) -> list[bytes]:
    """Leave SQLite room for no page, for one, for two, until an answer gets through; return what came back."""
    limit = 0

    @event.listens_for(gateway.gateway.engine.sync_engine, "checkout")
    def _checked_out(connection: Any, _record: object, _proxy: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count = {limit or 2**31 - 2}")

    found: list[bytes] = []
    for room in count():
        assert room < MOST_PAGES
        async with gateway.gateway.engine.connect() as connection:
            limit = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one() + room
        found.append(await ask(gateway))
        await asyncio.sleep(late)
        limit = 0
        await then(found[-1])
        if found[-1].startswith(b"HTTP/1.1 200 ") and len(found) > 1:
            return found
    raise AssertionError


async def test_sqlite_runs_out_of_room_at_any_page(tmp_path: Path) -> None:
    async def then(got: bytes) -> None:
        assert is_refused(got) or got.startswith(b"HTTP/1.1 200 "), got[:300]
        assert not await left(gateway, got)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")

    async with running(world(), tmp_path, change=SOURCES) as gateway:
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")
        found = await each_room(gateway, then)
    assert any(is_refused(each) for each in found)


async def test_a_gateway_that_releases_first_is_caught_by_a_full_disk(tmp_path: Path) -> None:
    caught: list[bytes] = []

    async def then(got: bytes) -> None:
        caught.extend([got] if await left(gateway, got) else [])

    async with running(world(), tmp_path, change=SOURCES, exchange=releases_first) as gateway:
        await gateway.headers("anna", "POST", PLAN)
        await each_room(gateway, then, late=2 * LATE_SECONDS)
    assert caught
