"""The clock is moved, between any two steps: nothing leaves without an event, and the order of the log stays its order.

There are three clocks: the database's at the reading of the facts, which decides; the machine's, which stands in events
and receipts and judges tokens; and one that nobody can set, by which waiting is measured.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import event

from audit.read import entries
from audit.sequence import checkpoint, waiting
from audit.verifying.database import verify_database
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.exchange import Exchange
from gateway.failpoints import Step
from gateway.identity.claims import SKEW
from gateway.sandbox.call import Answer
from gateway.wiring import World
from tests.audit.make import sequence_from_the_start
from tests.faults.killing import answers_on_record, left_without_a_record
from tests.gateway.facts.attacks.attacking import told
from tests.gateway.holders.world import DECISIONS, INQUIRY, WHY, asked_world
from tests.gateway.running import PLAN, Running, at_step, question, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import YES, world

SECRET = "zij zegt dat zij bang is"
SOURCES = instead(Telling("ggz-west", [element("e1", text=SECRET)]), Telling("school-1"))
MOVES = {"back-an-hour": timedelta(hours=-1), "forward-a-year": timedelta(days=365)}
moved = pytest.mark.parametrize("by", list(MOVES.values()), ids=list(MOVES))


@dataclass
class MovedClock:
    """The machine's clock, and by how much somebody moved it."""

    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


def on(clock: MovedClock, step: Step | None = None, by: timedelta = timedelta(0)) -> Callable[[Exchange], Exchange]:
    """Return what lets an exchange live by `clock`, which is moved `by` so much at `step`."""

    async def move() -> None:
        clock.by = by

    def change(exchange: Exchange) -> Exchange:
        committer = exchange.committer
        timed = replace(committer, log=replace(committer.log, now=clock))
        changed = replace(exchange, committer=timed)
        return changed if step is None else at_step(step, move)(changed)

    return change


async def ask(gateway: Running) -> bytes:
    return await gateway.raw("anna", "POST", PLAN, json.dumps(question("sem", "coordinate-plan")).encode())


async def everything_placed(committer: Committer) -> None:
    """Wait until each event has its place; nobody has to be at work for that, and who is may be waited for."""
    while True:
        async with write_transaction(committer.engine) as connection:
            await sequence_from_the_start(connection, committer.log)
        async with committer.engine.connect() as connection:
            if await waiting(connection) == 0:
                return
        await asyncio.sleep(0.05)


async def written(committer: Committer) -> tuple[list[dict[str, Any]], str]:
    """Return the leaves in the order of the log, and what the verifier says of it."""
    if committer.engine.dialect.name == "postgresql":
        await everything_placed(committer)
    async with write_transaction(committer.engine) as connection:
        await checkpoint(connection, committer.log)
    async with committer.engine.connect() as connection:
        leaves = [orjson.loads(each.leaf) async for each in entries(connection, since=0, size=10**6)]
    verdict = await verify_database(committer.engine, keys=[committer.log.key.verifier])
    return leaves, verdict.line


BETWEEN = [Step.GATHERED, Step.ASSEMBLED]


@moved
@pytest.mark.parametrize("step", BETWEEN)
async def test_the_clock_is_moved_between_reading_and_keeping(
    step: Step, by: timedelta, tmp_path: Path, database_url: str
) -> None:
    clock = MovedClock()
    change = on(clock, step, by)
    async with running(world(), tmp_path, database_url=database_url, change=SOURCES, exchange=change) as gateway:
        committer = gateway.gateway.exchange.committer
        got = [await ask(gateway) for _ in range(3)]
        recorded = await answers_on_record(committer)
        leaves, verdict = await written(committer)
    assert [each[:13] for each in got] == [b"HTTP/1.1 200 "] * 3
    assert not any(left_without_a_record(each, recorded) for each in got)
    assert verdict.startswith("ok: ")
    receipts = [json.loads(each.partition(b"\r\n\r\n")[2])["receipt"]["event"] for each in got]
    disclosed = [leaf for leaf in leaves if leaf["kind"] == "exchange.disclosed"]
    assert [leaf["id"] for leaf in disclosed] == receipts  # the order of the commits, whatever `at` says
    assert abs(datetime.fromisoformat(disclosed[0]["at"]) - datetime.now(UTC) - by) < timedelta(minutes=1)


async def disclosed_with(gateway: Running, clock: MovedClock) -> tuple[list[dict[str, Any]], list[str]]:
    """Ask while the clock goes to and fro; return the leaves of what was disclosed, and the receipts as they came."""
    receipts = []
    for by in (timedelta(0), *MOVES.values(), timedelta(0)):
        clock.by = by
        got = await ask(gateway)
        receipts.append(json.loads(got.partition(b"\r\n\r\n")[2])["receipt"]["event"])
    leaves, verdict = await written(gateway.gateway.exchange.committer)
    assert verdict.startswith("ok: ")
    return [leaf for leaf in leaves if leaf["kind"] == "exchange.disclosed"], receipts


async def test_the_order_is_that_of_the_commits_and_who_orders_by_the_instants_is_caught(
    tmp_path: Path, database_url: str
) -> None:
    clock = MovedClock()
    async with running(world(), tmp_path, database_url=database_url, change=SOURCES, exchange=on(clock)) as gateway:
        leaves, receipts = await disclosed_with(gateway, clock)
    assert [leaf["id"] for leaf in leaves] == receipts
    by_instant = sorted(leaves, key=lambda leaf: str(leaf["at"]))
    assert [leaf["id"] for leaf in by_instant] != receipts


BEFORE_THE_END = datetime(2026, 11, 12, 12, tzinfo=UTC)
ENDED = [{"id": "c1", **YES, "until": "2026-11-15"}]


async def asked_after_the_end(tmp_path: Path, decided_at: Callable[[datetime], datetime] | None = None) -> bytes:
    """Ask on a yes that has ended, on a machine whose clock was set back to when it held."""
    clock = MovedClock(BEFORE_THE_END - datetime.now(UTC))

    def change(told: World) -> World:
        return replace(SOURCES(told), decided_at=decided_at or (lambda read: read))

    async with running(world(consents=ENDED), tmp_path, change=change, exchange=on(clock)) as gateway:
        return await ask(gateway)


async def test_a_yes_is_judged_by_the_clock_of_the_reading_and_not_by_that_of_the_log(tmp_path: Path) -> None:
    got = await asked_after_the_end(tmp_path)
    assert got.startswith(b"HTTP/1.1 403 ")
    assert b'"type":"urn:schakel:problem:not-available"' in got
    assert SECRET.encode() not in got


async def test_a_gateway_that_decides_by_a_clock_that_was_set_back_is_caught(tmp_path: Path) -> None:
    assert (await asked_after_the_end(tmp_path, lambda _: BEFORE_THE_END)).startswith(b"HTTP/1.1 200 ")


def live_by(gateway: Running, clock: MovedClock) -> None:
    gateway.gateway.identity = replace(gateway.gateway.identity, clock=clock)
    gateway.change(lambda exchange: exchange)


@pytest.mark.parametrize("by", [timedelta(seconds=301), timedelta(days=365)])
async def test_a_token_of_the_past_opens_nothing_and_it_is_said_why(by: timedelta, tmp_path: Path) -> None:
    clock = MovedClock()
    async with running(world(), tmp_path, change=SOURCES) as gateway:
        live_by(gateway, clock)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")
        clock.by = by
        got = await ask(gateway)
    assert got.startswith(b"HTTP/1.1 401 ")
    assert b'"type":"urn:schakel:problem:unauthenticated"' in got
    assert SECRET.encode() not in got


async def test_a_proof_of_the_future_opens_nothing_and_it_is_said_why(tmp_path: Path) -> None:
    clock = MovedClock()
    async with running(world(), tmp_path, change=SOURCES) as gateway:
        live_by(gateway, clock)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")
        clock.by = -timedelta(hours=1)
        got = await ask(gateway)
        clock.by = timedelta(0)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")
    assert got.startswith(b"HTTP/1.1 401 ")
    assert b'error="invalid_dpop_proof"' in got


async def test_a_clock_that_is_set_back_does_not_let_a_proof_be_used_twice(tmp_path: Path) -> None:
    clock = MovedClock()
    async with running(world(), tmp_path, change=SOURCES) as gateway:
        live_by(gateway, clock)
        headers = await gateway.headers("anna", "POST", PLAN)
        body = json.dumps(question("sem", "coordinate-plan"))

        async def send() -> Answer:
            sent = {**headers, "Content-Type": "application/json"}
            async with gateway.session.post(f"{gateway.url}{PLAN}", data=body, headers=sent) as answer:
                return Answer(answer.status, answer.content_type, await answer.read())

        assert (await send()).status == 200
        clock.by = -timedelta(seconds=SKEW - 1)
        assert (await send()).status == 401


def of_the_database(gateway: Running) -> MovedClock:
    """Return the clock of the SQLite database of `gateway`, for whoever sets it."""
    clock = MovedClock()

    def strftime(_form: str, _when: str) -> str:
        at = clock()
        return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}000"

    def set_in(connection: Any, *_: Any) -> None:
        connection.run_async(lambda driver: driver.create_function("strftime", 2, strftime))

    event.listen(gateway.gateway.exchange.committer.engine.sync_engine.pool, "checkout", set_in)
    return clock


def by_its_own_clock(told: World) -> World:
    return replace(told, decided_at=lambda read: read)


async def test_a_no_counts_though_the_databases_clock_was_set_back_since_the_yes(tmp_path: Path) -> None:
    yes = {name: YES[name] for name in ("about", "holders", "recipients", "purposes", "categories")}
    async with running(world(consents=[]), tmp_path, change=by_its_own_clock) as gateway:
        clock = of_the_database(gateway)
        await told(gateway, "sem", "consents", yes)
        assert (await ask(gateway)).startswith(b"HTTP/1.1 200 ")
        clock.by = -timedelta(minutes=1)
        await told(gateway, "sem", "refusals", {"about": "sem", "recipients": ["team-noord"]})
        assert (await ask(gateway)).startswith(b"HTTP/1.1 403 ")


async def test_a_holders_no_counts_though_the_databases_clock_was_set_back_since_his_yes(tmp_path: Path) -> None:
    says = {"about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY, "reason": WHY}
    async with running(asked_world(), tmp_path, change=by_its_own_clock) as gateway:
        clock = of_the_database(gateway)
        for body in (says | {"approved": True, "categories": ["goals"]}, says | {"approved": False}):
            assert (await gateway.call("chris", "POST", DECISIONS, body)).status == 201
            got = await gateway.ask("bo", "sem", INQUIRY)
            assert got.status == (200 if body["approved"] else 403)
            clock.by = -timedelta(minutes=1)


async def test_whose_authority_ended_sees_no_facts_though_the_databases_clock_was_set_back_since(
    tmp_path: Path,
) -> None:
    help_ = {"id": "h1", "kind": "help", "about": "zus", "organisations": ["team-noord"], "since": "2026-01-01"}
    async with running(world(involvements=[help_]), tmp_path, change=by_its_own_clock) as gateway:
        clock = of_the_database(gateway)
        assert (await gateway.call("moeder", "GET", "/api/v1/persons/zus/facts")).status == 200
        await told(gateway, "anna", "authority/a2/close", {"field": "until"})
        clock.by = -timedelta(minutes=1)
        assert (await gateway.call("moeder", "GET", "/api/v1/persons/zus/facts")).status == 403
