"""The power goes, between any two steps: no byte has left that the log does not tell of (promise I1).

These tests start and kill real processes, so they are left out of the quick ones.
"""

import asyncio
import signal
from pathlib import Path

import pytest

from gateway.failpoints import Step
from tests.faults.killing import Asker, asker, kept, left_without_a_record, prepared, since, started

pytestmark = pytest.mark.server

ASKERS = 8
BEFORE_THE_COMMIT = list(Step)[: list(Step).index(Step.COMMITTED)]


async def test_the_process_is_killed_at_every_step_and_no_byte_left_without_an_event(
    tmp_path: Path, database_url: str
) -> None:
    on = await prepared(tmp_path, database_url)
    with started(on):
        anna = await asker(on)
        assert (await anna.ask()).startswith(b"HTTP/1.1 200")
    before = await kept(on)
    for step in Step:
        with started(on, failpoint=step) as process:
            got = await anna.ask()
            await asyncio.to_thread(process.join, 10)
            assert process.exitcode == -signal.SIGKILL, step
        after = await kept(on)
        recorded = since(before, after)
        assert not left_without_a_record(got, recorded), step
        assert after.verdict.exit_status == 0, (step, after.verdict.line)
        # The harness sees what it should see: when the bytes leave, and when the event is there.
        assert got.startswith(b"HTTP/1.1 200") == (step is Step.DELIVERED), step
        assert len(recorded) == (0 if step in BEFORE_THE_COMMIT else 1), step
        before = after
    with started(on):
        assert (await anna.ask()).startswith(b"HTTP/1.1 200")


async def test_a_gateway_that_releases_before_it_commits_is_caught(tmp_path: Path, database_url: str) -> None:
    on = await prepared(tmp_path, database_url)
    with started(on, failpoint=Step.DELIVERED, broken=True):
        got = await (await asker(on)).ask()
    assert got.startswith(b"HTTP/1.1 200")
    assert left_without_a_record(got, (await kept(on)).answers)


FIRST_ANSWER_SECONDS = 20.0


async def killed_while_many_ask(anna: Asker, kill_after: float, *, broken: bool = False) -> list[bytes]:
    """Let many ask again and again; kill the process in the middle of it; return all that they got."""
    got: list[bytes] = []
    answered = asyncio.Event()

    async def ask_on() -> None:
        while answer := await anna.ask():
            got.append(answer)
            answered.set()

    with started(anna.on, slow_seconds=0.01, broken=broken) as process:
        askers = [asyncio.create_task(ask_on()) for _ in range(ASKERS)]
        async with asyncio.timeout(FIRST_ANSWER_SECONDS):
            await answered.wait()
        await asyncio.sleep(kill_after)
        process.kill()
        await asyncio.gather(*askers)
    return got


async def test_the_process_is_killed_while_many_ask_and_no_byte_left_without_an_event(
    tmp_path: Path, database_url: str
) -> None:
    on = await prepared(tmp_path, database_url)
    with started(on):
        anna = await asker(on)
    for kill_after in (0.31, 0.44, 0.57):
        got = await killed_while_many_ask(anna, kill_after)
        found = await kept(on)
        assert any(each.startswith(b"HTTP/1.1 200") for each in got)
        assert not any(left_without_a_record(each, found.answers) for each in got)
        assert found.verdict.exit_status == 0, found.verdict.line


async def test_a_gateway_that_releases_first_is_caught_while_many_ask(tmp_path: Path, database_url: str) -> None:
    on = await prepared(tmp_path, database_url)
    with started(on):
        anna = await asker(on)
    # When it dies is a matter of luck: between an answer and its commit, or of none just then.
    for kill_after in (0.6, 0.45, 0.75, 0.5, 0.9):
        got = await killed_while_many_ask(anna, kill_after, broken=True)
        found = await kept(on)
        if any(left_without_a_record(each, found.answers) for each in got):
            return
    pytest.fail("nobody got an answer that its process did not live to keep")
