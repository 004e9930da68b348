"""What is closed while many requests run counts from its acknowledgement on: nothing is disclosed behind it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.failpoints import Step
from tests.faults.closings.closing import Closing
from tests.faults.closings.every_closing import ALL
from tests.faults.test_withdrawal import ASKERS, disclosures, kinds
from tests.gateway.facts.attacks.attacking import ask
from tests.gateway.running import at_step, running


@ALL
async def test_what_is_closed_while_requests_run_counts_at_once(closing: Closing, tmp_path: Path) -> None:
    world = closing.made()
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    closed, stop = asyncio.Event(), asyncio.Event()
    before: list[int] = []
    after: list[int] = []

    async def a_moment() -> None:
        await asyncio.sleep(0.01)

    slow: Callable[[Any], Any] = at_step(Step.ASSEMBLED, a_moment, times=10**6)
    async with running(world, tmp_path, database_url=url, exchange=slow) as gateway:

        async def asker() -> None:
            while not stop.is_set():
                began_after = closed.is_set()
                status = (await ask(gateway, world)).status
                (after if began_after else before).append(status)

        await ask(gateway, world)
        askers = [asyncio.create_task(asker()) for _ in range(ASKERS)]
        while len(before) < ASKERS:
            await asyncio.wait(askers, timeout=0.005)
        await closing.happens(gateway)
        closed.set()
        disclosed_at_once = await disclosures(gateway)
        while len(after) < ASKERS:
            await asyncio.wait(askers, timeout=0.005)
        stop.set()
        await asyncio.gather(*askers)
        assert (200 in before, set(after)) == (True, {403})
        assert (await kinds(gateway)).count("exchange.disclosed") == disclosed_at_once
