"""Erases Sem in the house of the environment, and is killed at a step: run in a process of its own."""

import asyncio
import os
import signal
import sys
from dataclasses import replace

from gateway.commands.log import log_of
from gateway.erasing.erasing import ErasingStep
from gateway.erasing.opening import erasing_in
from gateway.settings_check import load_settings


async def erase(place: ErasingStep) -> None:
    async def kill(step: ErasingStep) -> None:
        if step is place:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = load_settings(os.environ)
    async with log_of(settings) as committer, erasing_in(settings, committer) as erasing:
        await replace(erasing, reached=kill).erase("sem", acts=lambda _: {}, why={})


if __name__ == "__main__":
    asyncio.run(erase(ErasingStep(sys.argv[1])))
