"""Two gateways, two sequencers, one log: whichever is killed wherever, it has no gap, loses nothing and is not late.

Source: audit log contract, promises 1 and 3. These tests start and kill real processes.
"""

import asyncio
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from audit.sequencer import SequencerStep
from gateway.failpoints import FAILPOINTS
from tests.faults.killing import Asker, asker
from tests.faults.sequencing import LATE_SECONDS, Findings, Pair, findings, load, pair
from tests.faults.sequencing_worker import Twin

pytestmark = pytest.mark.server

LOADED_SECONDS = 0.5


async def anna_of(both: Pair) -> Asker:
    with both.started(0):
        return await asker(both.on)


async def under_load(both: Pair, twin: Twin, seconds: float = LOADED_SECONDS) -> Findings:
    """Let both gateways work a while, as `twin`."""
    anna = await anna_of(both)
    with both.started(0, twin=twin), both.started(1, twin=twin):
        async with load(both, anna) as held:
            await asyncio.sleep(seconds)
        return await findings(both, held)


async def test_one_of_two_is_killed_at_every_step_and_the_log_is_whole(tmp_path: Path, postgres_url: str) -> None:
    both = await pair(tmp_path, postgres_url)
    anna = await anna_of(both)
    with both.started(0):
        async with load(both, anna) as held:
            for place in FAILPOINTS:
                with both.started(1, ends_at=place) as process:
                    await asyncio.to_thread(process.join, 10)
                    assert process.exitcode == -signal.SIGKILL, place
            with both.started(1):
                await asyncio.sleep(LOADED_SECONDS)
        found = await findings(both, held)
    assert (found.unrecorded, found.lost, found.gaps, found.together) == (0, 0, False, [])
    assert found.waited < LATE_SECONDS
    assert found.verdict.exit_status == 0, found.verdict.line
    assert sum(each.startswith(b"HTTP/1.1 200") for each in held.answers) > len(FAILPOINTS)


async def test_a_sequencer_that_stands_still_in_its_turn_loses_it(tmp_path: Path, postgres_url: str) -> None:
    found = await with_one_frozen(await pair(tmp_path, postgres_url), None)
    assert (found.lost, found.gaps, found.together) == (0, False, [])
    assert found.waited < LATE_SECONDS


async def with_one_frozen(both: Pair, twin: Twin | None) -> Findings:
    """Let one process stand still while it holds the sequencers' lock."""
    anna = await anna_of(both)
    frozen = both.started(1, ends_at=SequencerStep.PLACED, by=signal.SIGSTOP, twin=twin)
    with both.started(0, twin=twin), frozen as process:
        async with load(Pair(both.on, (both.ports[0], both.ports[0]), both.journal), anna) as held:
            await until_frozen(process)
            await asyncio.sleep(LOADED_SECONDS)
        found = await findings(both, held)
        assert process.is_alive()
        return found


async def until_frozen(process: BaseProcess) -> None:
    while not stands_still(process):
        assert process.is_alive()
        await asyncio.sleep(0.02)


def stands_still(process: BaseProcess) -> bool:
    """Return whether the kernel says that the process was stopped (proc(5), `state`)."""
    return Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "T"


async def test_a_sequencer_that_waits_for_one_that_stands_still_is_caught(tmp_path: Path, postgres_url: str) -> None:
    found = await with_one_frozen(await pair(tmp_path, postgres_url), Twin.WAITS_FOR_THE_FROZEN)
    assert found.waited > LATE_SECONDS


async def test_two_sequencers_without_the_lock_are_caught(tmp_path: Path, postgres_url: str) -> None:
    # Long enough for two rounds to meet, also on a machine that has much to do.
    found = await under_load(await pair(tmp_path, postgres_url), Twin.WITHOUT_THE_LOCK, 4 * LOADED_SECONDS)
    assert found.together


async def test_a_sequencer_that_orders_by_number_alone_is_caught(tmp_path: Path, postgres_url: str) -> None:
    # Long enough for several slow writers to be overtaken.
    found = await under_load(await pair(tmp_path, postgres_url), Twin.ORDERED_BY_IDENTITY, 4 * LOADED_SECONDS)
    assert found.lost
    assert found.verdict.exit_status == 1, found.verdict.line
