"""A line to PostgreSQL: one connection for question after question, another where it broke, none after its engine."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.database.engine import create_engine
from gateway.database.line import BrokenLineError, Line

pytestmark = pytest.mark.server
_WHO = "SELECT pg_backend_pid()"
_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
_END = "SELECT pg_terminate_backend($1, 5000)"


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(postgres_url, pool_size=1)
    yield engine
    await engine.dispose()


async def who(line: Line) -> int:
    return int((await line.fetch(_WHO))[0][0])


async def test_a_line_stays_and_takes_nothing_from_the_pool(engine: AsyncEngine) -> None:
    line, other = Line(engine), Line(engine)
    first = await who(line)
    async with engine.connect():  # the only one that the pool lends
        assert await who(line) == first
    assert await who(other) != first


async def test_a_question_as_long_as_a_turn_of_events_leaves_at_once(engine: AsyncEngine) -> None:
    line = Line(engine)
    await who(line)
    transport = line._driver._transport
    asking, left = asyncio.create_task(line.fetch("SELECT length($1::bytea)", bytes(350_000))), 0
    while not asking.done():
        await asyncio.sleep(0)
        left = max(left, transport.get_write_buffer_size())
    assert (await asking)[0][0] == 350_000
    assert left == 0


async def test_who_is_stopped_while_a_line_begins_leaves_no_connection_behind(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:  # so that the pool holds one that waits
        await connection.execute(text("SELECT 1"))
    stopped = 0
    for looks in range(60):
        line = Line(engine)
        asking = asyncio.create_task(who(line))
        for _ in range(looks):
            await asyncio.sleep(0)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
            continue
        stopped += 1
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined] # of a pool that lends
    assert stopped


async def test_what_breaks_is_said_and_the_next_question_goes_over_another_line(engine: AsyncEngine) -> None:
    line = Line(engine)
    first = await who(line)
    with pytest.raises(BrokenLineError):
        await line.fetch("SELECT nonsense")
    second = await who(line)
    stopped = asyncio.create_task(line.fetch("SELECT pg_sleep(30)"))
    await asyncio.sleep(0.05)
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    assert len({first, second, await who(line)}) == 3


async def test_a_line_that_the_server_ended_is_replaced_unseen_also_where_the_pool_holds_dead_ones(
    engine: AsyncEngine,
) -> None:
    line, other = Line(engine), Line(engine)
    async with engine.connect() as connection:
        pooled = (await connection.get_raw_connection()).driver_connection
        assert pooled is not None
        waits = await pooled.fetchval(_WHO)
    first = await who(line)
    assert waits == first  # a line begins with one that waits
    async with engine.connect() as connection:
        pooled = (await connection.get_raw_connection()).driver_connection
        assert pooled is not None
        waits = await pooled.fetchval(_WHO)
    third = create_engine(str(engine.url), pool_size=1)
    for ended in (first, waits):
        assert (await Line(third).fetch(_END, ended))[0][0]
    await third.dispose()
    await asyncio.sleep(0.05)
    assert await who(line) not in {first, waits}
    assert await who(other) not in {first, waits}


async def test_a_line_that_rested_is_not_trusted(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(engine)
    first = await who(line)
    monkeypatch.setattr("gateway.database.line.REST_SECONDS", 0)
    assert await who(line) != first


async def test_a_connection_that_does_not_answer_is_given_up_and_the_next_question_is_answered(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(engine)
    first = await who(line)
    monkeypatch.setattr("gateway.database.line.ANSWER_SECONDS", 0.3)
    os.kill(first, signal.SIGSTOP)  # as a machine that is gone without a word
    try:
        with pytest.raises(BrokenLineError):
            await line.fetch(_WHO)
        assert await who(line) != first
    finally:
        os.kill(first, signal.SIGCONT)


async def test_one_that_waits_in_the_pool_and_does_not_answer_becomes_no_line(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine.connect() as connection:
        pooled = (await connection.get_raw_connection()).driver_connection
        assert pooled is not None
        waits: int = await pooled.fetchval(_WHO)
    monkeypatch.setattr("gateway.database.line._ALIVE_SECONDS", 0.3)
    os.kill(waits, signal.SIGSTOP)
    try:
        assert await who(Line(engine)) != waits
    finally:
        os.kill(waits, signal.SIGCONT)


async def test_where_no_connection_is_to_be_had_nothing_was_asked(engine: AsyncEngine, postgres_url: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0"))
    refused = create_engine(
        make_url(postgres_url).set(username="crowded").render_as_string(hide_password=False), pool_size=1
    )
    with pytest.raises(OSError, match="no connection to the database"):
        await Line(refused).fetch(_WHO)
    await refused.dispose()
    async with engine.begin() as connection:
        await connection.execute(text("DROP ROLE crowded"))


async def test_a_line_ends_with_its_engine(engine: AsyncEngine, postgres_url: str) -> None:
    first = await who(Line(engine))
    await engine.dispose()
    other = create_engine(postgres_url, pool_size=1)
    looking = Line(other)
    for _ in range(100):
        if (await looking.fetch(_OPEN, first))[0][0] == 0:
            break
        await asyncio.sleep(0.05)
    assert (await looking.fetch(_OPEN, first))[0][0] == 0
    await other.dispose()
