"""PostgreSQL falls over while many ask: no byte has left without an event, and the gateway goes on by itself after it.

The server loses what nobody forced to its disk: it does not wait for it by itself, and its writer of the WAL is frozen.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.database.engine import create_engine
from tests import postgres
from tests.faults.killing import Asker, Kept, Prepared, asker, kept, left_without_a_record, prepared, started

pytestmark = pytest.mark.server

ASKERS = 6
LOADED_SECONDS = 0.7
GONE_SECONDS = 0.4
BACK_SECONDS = 10
FORGETS = ("synchronous_commit=off", "wal_writer_delay=10s")


@dataclass
class Asked:
    """What came back before, during and after the fall; `back` says after how many seconds the first answer."""

    got: list[bytes] = field(default_factory=list)
    back: float = BACK_SECONDS

    @property
    def answers(self) -> list[bytes]:
        return [each for each in self.got if each.startswith(b"HTTP/1.1 200")]

    @property
    def refusals(self) -> list[bytes]:
        return [each for each in self.got if not each.startswith(b"HTTP/1.1 200")]


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgres.server(*FORGETS) as folder:
        yield folder


@pytest.fixture
def url(server: Path) -> Iterator[str]:
    with postgres.database(server) as one:
        yield one


async def fallen(on: Prepared, server: Path, *, broken: bool = False, forgetful: bool = False) -> tuple[Asked, Kept]:
    """Ask on and on while the server falls and comes back; return what came of it and what is on record."""
    asked, stop = Asked(), asyncio.Event()
    with started(on, broken=broken, forgetful=forgetful) as process:
        anna = await asker(on)
        writer = await _frozen_writer(on.settings.database_url)
        asking = [asyncio.create_task(_ask(anna, asked, stop)) for _ in range(ASKERS)]
        await asyncio.sleep(LOADED_SECONDS)
        os.kill(writer, signal.SIGKILL)
        await asyncio.to_thread(postgres.crash, server)
        await asyncio.sleep(GONE_SECONDS)
        await asyncio.to_thread(postgres.start_again, server, *FORGETS)
        asked.back = await _until_answered(asked)
        stop.set()
        await asyncio.gather(*asking)
        assert process.is_alive()
    return asked, await kept(on)


async def _frozen_writer(url: str) -> int:
    """Freeze the process that writes what nobody waits for; return its number."""
    engine = create_engine(url, pool_size=1)
    async with engine.connect() as connection:
        asked = text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
        writer = int((await connection.execute(asked)).scalar_one())
    await engine.dispose()
    os.kill(writer, signal.SIGSTOP)
    return writer


async def _ask(anna: Asker, asked: Asked, stop: asyncio.Event) -> None:
    while not stop.is_set():
        asked.got.append(await anna.ask())


async def _until_answered(asked: Asked) -> float:
    began, before = time.monotonic(), len(asked.answers)
    while len(asked.answers) <= before + ASKERS and time.monotonic() - began < BACK_SECONDS:  # noqa: ASYNC110 - polls
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_nothing_leaves_without_an_event_and_it_goes_on_by_itself(tmp_path: Path, server: Path, url: str) -> None:
    asked, found = await fallen(await prepared(tmp_path, url), server)
    assert asked.answers
    assert asked.refusals
    assert not any(left_without_a_record(each, found.answers) for each in asked.got)
    for each in asked.refusals:
        assert each.startswith(b"HTTP/1.1 503 "), each[:200]
        assert b'"type":"urn:schakel:problem:log-unavailable"' in each
    assert asked.back < BACK_SECONDS
    assert found.verdict.exit_status == 0, found.verdict.line


async def test_a_gateway_whose_commit_does_not_wait_for_the_disk_is_caught(
    tmp_path: Path, server: Path, url: str
) -> None:
    asked, found = await fallen(await prepared(tmp_path, url), server, forgetful=True)
    assert any(left_without_a_record(each, found.answers) for each in asked.answers)


async def test_a_gateway_that_releases_first_is_caught(tmp_path: Path, server: Path, url: str) -> None:
    asked, found = await fallen(await prepared(tmp_path, url), server, broken=True)
    assert any(left_without_a_record(each, found.answers) for each in asked.answers)
