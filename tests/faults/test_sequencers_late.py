"""The tree falls behind: an alarm first, then nothing is disclosed, and it goes on by itself (`security.md` 3.4)."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.sequence import take_turn
from gateway.database.engine import create_engine
from gateway.health.lag import ALARM_FROM, STOP_FROM, Lag
from tests.gateway.facts.desk import YES
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

pytestmark = pytest.mark.server


@asynccontextmanager
async def left_open(url: str) -> AsyncIterator[None]:
    """Leave a transaction open that wrote something: nothing that comes after it settles."""
    engine = create_engine(url, pool_size=1)
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_current_xact_id()"))
        yield
    await engine.dispose()


def passes(gateway: Running, seconds: float) -> None:
    """Let the clock of the lag, and no other, go on."""
    lag = lag_of(gateway)
    lag.monotonic = lambda: time.monotonic() + seconds


def lag_of(gateway: Running) -> Lag:
    lag = gateway.gateway.exchange.committer.health.lag
    assert lag is not None
    return lag


async def readiness(gateway: Running) -> tuple[bool, list[str]]:
    async with gateway.session.get(f"{gateway.url}/readyz") as answer:
        said = json.loads(await answer.read())
    return said["checks"]["sequencer"], [each for each in said["warnings"] if "have waited" in each]


async def test_a_transaction_left_open_alarms_then_stops_what_leaves_and_says_why(
    tmp_path: Path, postgres_url: str
) -> None:
    async with running(world(), tmp_path, database_url=postgres_url) as gateway:
        async with left_open(postgres_url):
            assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
            await asyncio.sleep(0.5)
            passes(gateway, ALARM_FROM.total_seconds())
            is_well, [warning] = await readiness(gateway)
            assert is_well
            assert re.match(r"events have waited for [5-9] seconds", warning)
            assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200

            passes(gateway, STOP_FROM.total_seconds())
            is_well, [warning] = await readiness(gateway)
            assert not is_well
            assert re.match(r"nothing is disclosed: events have waited for 30\d seconds", warning)
            answer = await gateway.ask("anna", "sem", "coordinate-plan")
            assert (answer.status, json.loads(answer.body)["type"]) == (503, "urn:schakel:problem:log-unavailable")

            given = await gateway.call("sem", "POST", "/api/v1/facts/consents", YES)
            assert given.status == 201
            fact = json.loads(given.body)["id"]
            assert (await gateway.call("sem", "POST", f"/api/v1/facts/consents/{fact}/close", {})).status == 201
        async with asyncio.timeout(5):
            while (await gateway.ask("anna", "sem", "coordinate-plan")).status != 200:  # noqa: ASYNC110 - only it can say
                await asyncio.sleep(0.1)
        assert await readiness(gateway) == (True, [])


async def test_a_session_of_ours_that_does_nothing_in_a_transaction_is_ended(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    async with engine.connect() as connection:
        asked = text("SHOW idle_in_transaction_session_timeout")
        assert (await connection.execute(asked)).scalar_one() == "1min"
        assert await take_turn(connection)
        assert (await connection.execute(asked)).scalar_one() == "3s"
        await connection.rollback()
        assert (await connection.execute(asked)).scalar_one() == "1min"
    await engine.dispose()
