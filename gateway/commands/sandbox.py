"""`schakel sandbox`: serve a world file to integrators."""

import logging
import os
from pathlib import Path
from typing import Final

from consent.world.shape import WorldError
from gateway.commands.operating import UNUSABLE, Said, run_work
from gateway.failpoints import FAILPOINTS
from gateway.sandbox.running import Options, SandboxError, run_sandbox
from gateway.simulator.world_files import problems_of, read_world_file

FAILPOINT: Final = "SCHAKEL_INSECURE_FAILPOINT"
"""The one setting that a sandbox takes from the environment, for tests of faults."""


def run_sandbox_file(world: Path, *, request: int, port: int, credentials: Path | None) -> Said:
    """Serve a world file until stopped."""
    try:
        file = read_world_file(world)
    except (OSError, WorldError) as error:
        return UNUSABLE, "\n".join(f"{world}: {problem}" for problem in problems_of(error))
    failpoint = os.environ.get(FAILPOINT)
    if failpoint is not None and failpoint not in {str(each) for each in FAILPOINTS}:
        return UNUSABLE, f"{FAILPOINT}: expected one of {', '.join(FAILPOINTS)}"

    async def work() -> Said:
        options = Options(request=request, port=port, credentials=credentials, failpoint=failpoint)
        await run_sandbox(file, options, say=lambda line: print(line, flush=True))  # noqa: T201 - a command's output
        return 0, ""

    return run_work(work(), refusals=(SandboxError,), level=logging.INFO)
