"""How every command ends that was broken off: nobody is told that it did what it was asked."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from gateway.commands.operating import BROKEN_OFF, Said, run_work


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Let Ctrl-C be heard: who is started in the background by a shell is told to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_who_breaks_a_command_off_is_not_told_that_it_was_done() -> None:
    async def work() -> Said:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        return 0, "done"

    assert run_work(work()) == (BROKEN_OFF, "broken off; run it again, for it may be done in part")
