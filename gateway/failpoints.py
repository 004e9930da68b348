"""Named places between the steps of the exchange and of the sequencer, where a test may stop or change the world.

In a running gateway they do nothing, unless the setting `insecure_failpoint` names one: then the process is killed
there, as a power cut would (refused in production). Source: the promises I1 and I2 of the design.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final, TypeAlias

from audit.sequencer import SequencerStep


class Step(StrEnum):
    """The places of the exchange, in the order in which a request passes them."""

    AUTHENTICATED = "authenticated"
    GATHERED = "gathered"
    ASKED = "asked"
    FETCHED = "fetched"
    MAPPED = "mapped"
    DECIDED = "decided"
    ASSEMBLED = "assembled"
    COMMITTED = "committed"
    RELEASED = "released"
    DELIVERED = "delivered"


Failpoint: TypeAlias = Step | SequencerStep
FAILPOINTS: Final = (*Step, *SequencerStep)

_SENDING_SECONDS: Final = 0.02

Reached: TypeAlias = Callable[[Step], Awaitable[None]]
"""What is called at each place."""


async def nothing(step: Failpoint) -> None:
    """Go on: what every place does unless a test says otherwise."""


def kill_at(place: Failpoint) -> Callable[[Failpoint], Awaitable[None]]:
    """Return what kills the process, uncatchably, when `place` is reached."""

    async def kill(step: Failpoint) -> None:
        if step is place:
            # What was handed to the network is on its way first, as it may be when the power goes.
            await asyncio.sleep(_SENDING_SECONDS)
            os.kill(os.getpid(), signal.SIGKILL)

    return kill
