"""The power goes between decision and answer of an emergency: nothing left without its event and its holder's notice.

These tests start and kill real processes, so they are left out of the quick ones.
"""

import asyncio
import json
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.failpoints import Step
from tests.faults.killing import Kept, asker, kept, left_without_a_record, prepared, since, started
from tests.gateway.emergency.house import DECLARED, crisis_world
from tests.gateway.running import question

pytestmark = pytest.mark.server

OPENED_WITH = {"emergency.opened": 2, "notification.given": 2}
"""What one pull at two holders keeps, besides the event of the exchange."""


def kinds_since(before: Kept, after: Kept) -> dict[str, int]:
    """Return how many events of each kind came on record in between, of those that an emergency makes."""
    came = Counter(after.kinds) - Counter(before.kinds)
    return {kind: came[kind] for kind in ("exchange.disclosed", *OPENED_WITH)}


async def test_the_process_is_killed_at_every_step_and_what_left_has_its_event_and_its_notices(
    tmp_path: Path,
) -> None:
    on = await prepared(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}", crisis_world())
    with started(on):
        kris = replace(await asker(on, "kris"), body=pull())
        assert (await kris.ask()).startswith(b"HTTP/1.1 200")
    before = await kept(on)
    assert before.kinds.count("emergency.opened") == before.kinds.count("notification.given") == 2
    for step in (Step.ASSEMBLED, Step.COMMITTED, Step.RELEASED, Step.DELIVERED):
        with started(on, failpoint=step) as process:
            got = await kris.ask()
            await asyncio.to_thread(process.join, 10)
            assert process.exitcode == -signal.SIGKILL, step
        after = await kept(on)
        assert not left_without_a_record(got, since(before, after)), step
        assert after.verdict.exit_status == 0, (step, after.verdict.line)
        # All of it or nothing, whenever the power goes.
        committed = step is not Step.ASSEMBLED
        whole = {"exchange.disclosed": 1, **OPENED_WITH}
        assert kinds_since(before, after) == (whole if committed else dict.fromkeys(whole, 0)), step
        before = after


def pull() -> bytes:
    return json.dumps(question("sem", "emergency", categories=["risk"], emergency=DECLARED)).encode()
