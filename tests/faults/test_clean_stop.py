"""A gateway that is told to stop finishes what it was asked, and keeps what waits for the log. Real processes."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.killing import asker, kept, left_without_a_record, prepared, started

pytestmark = pytest.mark.server


@pytest.mark.parametrize("times", [1, 5])
async def test_requests_that_run_are_finished_and_their_delivery_is_on_record(
    times: int, tmp_path: Path, database_url: str
) -> None:
    on = await prepared(tmp_path, database_url)
    with started(on, slow_seconds=0.5) as process:
        anna = await asker(on)
        asking = [asyncio.create_task(anna.ask()) for _ in range(times)]
        await asyncio.sleep(0.25)
        process.terminate()
        got = await asyncio.gather(*asking)
        await asyncio.to_thread(process.join, 20)
        assert process.exitcode == 0
    found = await kept(on)
    assert all(each.startswith(b"HTTP/1.1 200") for each in got)
    assert not any(left_without_a_record(each, found.answers) for each in got)
    assert found.kinds.count("exchange.disclosed") == found.kinds.count("exchange.delivered") == times
    assert found.verdict.exit_status == 0


async def test_who_comes_after_the_signal_is_not_let_in_and_nothing_leaves(tmp_path: Path, database_url: str) -> None:
    on = await prepared(tmp_path, database_url)
    with started(on, slow_seconds=0.5) as process:
        anna = await asker(on)
        first = asyncio.create_task(anna.ask())
        await asyncio.sleep(0.25)
        process.terminate()
        await asyncio.sleep(0.15)
        late = await anna.ask()
        await first
    assert late == b""
    assert (await kept(on)).kinds.count("exchange.disclosed") == 1
