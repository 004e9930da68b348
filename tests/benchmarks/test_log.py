"""The benchmarks of the log: where its sequencer failed nothing waits for it."""

import asyncio

import pytest

from benchmarks.log import Behind, Logged, settle


class Nobody:
    """In the place of what settling must not come to ask any more."""


async def test_nobody_waits_for_a_sequencer_that_failed() -> None:
    async def fail() -> None:
        raise OSError("the server ended its transaction")

    sequencing = asyncio.create_task(fail())
    await asyncio.wait({sequencing})
    logged = Logged(Nobody(), Nobody(), None, Behind(), sequencing)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="the server ended its transaction"):
        await settle(logged)
