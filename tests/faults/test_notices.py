"""The power goes between any two steps of a notice: none is lost, none is given twice. Real processes."""

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.database.engine import write_transaction
from gateway.notices.places import Place
from tests.faults.notice_worker import Order, work
from tests.gateway.notices.receiving import Receiver, receiver
from tests.gateway.notices.told import Told, told

pytestmark = pytest.mark.server

AFTER_THE_FIRST_WAIT = 21
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.notice_worker"])


async def worked(house: Told, *, dies_at: Place | None = None, broken: bool = False, processes: int = 1) -> list[int]:
    """Let real processes look and send, each once; return how each ended."""
    order = Order(house.gateway.gateway.settings, dies_at, broken)
    started = [_PROCESSES.Process(target=work, args=(order,), daemon=True) for _ in range(processes)]
    for each in started:
        each.start()
    for each in started:
        await asyncio.to_thread(each.join, 60)
    return [each.exitcode if each.exitcode is not None else 1 for each in started]


@asynccontextmanager
async def withdrawn(folder: Path, url: str) -> AsyncIterator[tuple[Told, Receiver, str]]:
    """Run a gateway in which a consent that was relied on is withdrawn, and nobody is told yet."""
    async with receiver() as there, told(folder, url) as house:
        asked = await house.ask("anna")
        assert asked is not None
        await house.register("team-noord", there.url)
        assert (await house.withdraw()).status == 201
        there.keys = []
        yield house, there, asked


async def is_told(house: Told, there: Receiver, asked: str) -> bool:
    """Say whether there is the one notice, with its one event, and the receiver heard of it and of no other."""
    found = await house.notices("team-noord")
    events = (await house.kinds()).count("notification.given")
    return (
        [each["requests"] for each in found] == [[asked]]
        and events == 1
        and set(there.ids) == {each["id"] for each in found}
    )


@pytest.mark.parametrize("place", list(Place))
async def test_a_worker_that_is_killed_at_a_step_loses_no_notice_and_gives_none_twice(
    tmp_path: Path, database_url: str, place: Place
) -> None:
    async with withdrawn(tmp_path, database_url) as (house, there, asked):
        assert await worked(house, dies_at=place) == [-signal.SIGKILL]
        # The harness sees what it should see: what is there already when the power goes.
        assert len(await house.notices("team-noord")) == (0 if place is Place.LOOKED else 1)
        assert len(there.got) == (1 if place is Place.SENT else 0)
        await house.later(AFTER_THE_FIRST_WAIT)
        assert await worked(house) == [0]
        assert await is_told(house, there, asked)
        assert len(there.got) == (2 if place is Place.SENT else 1)
        await house.later(AFTER_THE_FIRST_WAIT)
        before = len(there.got)
        assert await worked(house) == [0]
        assert len(there.got) == before


async def test_two_processes_at_once_give_one_notice_and_send_it_once(tmp_path: Path, database_url: str) -> None:
    async with withdrawn(tmp_path, database_url) as (house, there, asked):
        assert await worked(house, processes=3) == [0, 0, 0]
        await worked(house)
        assert await is_told(house, there, asked)
        assert len(there.got) == 1


async def test_a_worker_that_marks_before_it_gives_is_caught(tmp_path: Path, database_url: str) -> None:
    async with withdrawn(tmp_path, database_url) as (house, there, asked):
        assert await worked(house, dies_at=Place.LOOKED, broken=True) == [-signal.SIGKILL]
        assert await worked(house) == [0]
        assert not await is_told(house, there, asked)


async def test_a_withdrawal_of_which_nobody_could_be_told_is_not_acknowledged_and_changes_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with told(tmp_path, database_url) as house:
        await house.ask("anna")
        async with write_transaction(house.gateway.gateway.engine) as connection:
            await connection.execute(text("ALTER TABLE notice_due RENAME TO gone"))
        assert (await house.withdraw()).status == 503
        assert await house.ask("anna") is not None
        assert "consent.withdrawn" not in await house.kinds()


async def test_a_database_that_is_away_for_a_while_loses_no_notice(tmp_path: Path, database_url: str) -> None:
    async with withdrawn(tmp_path, database_url) as (house, there, asked):
        async with write_transaction(house.gateway.gateway.engine) as connection:
            await connection.execute(text("ALTER TABLE notice RENAME TO gone"))
        assert await worked(house) == [1]
        async with write_transaction(house.gateway.gateway.engine) as connection:
            await connection.execute(text("ALTER TABLE gone RENAME TO notice"))
        assert await worked(house) == [0]
        assert await is_told(house, there, asked)
