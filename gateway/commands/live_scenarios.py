"""`schakel scenarios --live`: every expectation through a running gateway, with tokens, doors, store and log.

It starts what it needs itself, on a free port of this machine, and leaves nothing behind: not after Ctrl-C or SIGTERM.
"""

import asyncio
import signal
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Final

import uvloop

from consent.world.file import World
from gateway.commands.decide import Found, run_scenarios
from gateway.live.asking import can_be_asked
from gateway.live.running import held_on_the_wire
from gateway.logs import configure_logs

_UNUSABLE: Final = 2
_STOPPED: Final = 128
"""A shell's exit code for a command that a signal stopped is this and the signal's number."""


def run_scenarios_live(paths: list[str]) -> int:
    """Send every request under `paths` that has an expectation, print what differs and the count; return the exit code.

    A request in which nobody asks cannot be sent: it counts as neither passed nor failed, and standard error says how
    many there were.
    """
    configure_logs()
    stopped_by = signal.SIGINT

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal stopped_by
        stopped_by = signal.Signals(number)
        signal.raise_signal(signal.SIGINT)

    # A shell may have started us with Ctrl-C ignored, behind `&`; SIGTERM goes the same way, so it must be heard.
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(signal.SIGTERM, stop),
    }
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            sending = _Sending(runner)
            code = run_scenarios(paths, sending.hold)
    except KeyboardInterrupt:
        return _STOPPED + stopped_by
    except OSError as error:
        sys.stderr.write(f"cannot go on: {error.strerror or type(error).__name__}\n")
        return _UNUSABLE
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if sending.not_sent:
        sys.stderr.write(f"{sending.not_sent} not sent: the holder tells of his own accord, so nobody asks\n")
    if sending.unheard:
        sys.stderr.write(f"{sending.unheard} elements not asked for: held not released, their reason is the core's\n")
    return code


@dataclass(slots=True)
class _Sending:
    """Sends what can be sent, and counts what cannot."""

    runner: asyncio.Runner
    not_sent: int = 0
    unheard: int = 0

    def hold(self, world: World) -> list[Found]:
        expected = [place for place, expect in enumerate(world.expects) if expect is not None]
        asked = [place for place in expected if can_be_asked(world.requests[place])]
        self.not_sent += len(expected) - len(asked)
        if not asked:
            return []
        found = self.runner.run(held_on_the_wire(world, asked))
        self.unheard += sum(each.unheard for _, each in found)
        return [(place, each.differences) for place, each in found]
