"""`python -m benchmarks.profile`: how long one exchange works in each of its stages.

The gateway runs in this process, on a fresh PostgreSQL; requests go to the application itself, one after the other, so
what is measured is our own work: no server, no network, no waiting. The smallest of many times counts, because whatever
else the machine does only adds.
"""

import argparse
import sys
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import uvloop

from benchmarks.family import PLANNER, STRANGER
from benchmarks.questions import log_in
from benchmarks.records import sources
from benchmarks.serve import url_of
from benchmarks.stage import Stage, stage_on
from gateway.api.exchange import PATH
from gateway.app import create_app
from gateway.counting import Counted
from gateway.failpoints import Step
from gateway.sandbox.running import Options, sandbox_settings
from gateway.serving import listen, served
from gateway.wiring import World, open_gateway
from tests import postgres

STAGES: Final = {
    Step.AUTHENTICATED: "HTTP in, token and proof",
    Step.GATHERED: "the facts of the family",
    Step.ASKED: "what may be asked",
    Step.FETCHED: "asking the sources",
    Step.MAPPED: "mapping",
    Step.DECIDED: "deciding",
    Step.ASSEMBLED: "assembling the plan, building the event",
    Step.COMMITTED: "keeping the event",
    Step.RELEASED: "the receipt, and whether he is let in still",
    Step.DELIVERED: "HTTP out",
}
"""What a stage is, by the step that ends it; of the last one, the echo of the delivery comes behind."""

ECHO: Final = "the echo of the delivery"


@dataclass
class Clock:
    """Notes how long this thread worked until each step. Other threads, and what is waited for, do not count."""

    stages: list[tuple[str, float]] = field(default_factory=list)
    _last: float = 0.0

    def begin(self) -> None:
        """Start over."""
        self.stages, self._last = [], time.thread_time()

    def end(self, stage: str) -> None:
        """Note the time since the stage before."""
        now = time.thread_time()
        self.stages.append((stage, now - self._last))
        self._last = now

    async def reached(self, step: Step) -> None:
        """Note that a stage of the exchange is done."""
        self.end(STAGES[step])


async def profile(stage: Stage, who: str, *, requests: int, rounds: int) -> dict[str, float]:
    """Return the microseconds of each stage of an exchange that `who` asks for, in their order."""
    clock = Clock()
    found: dict[str, list[float]] = {}
    with listen("127.0.0.1", 0) as listening:
        settings = sandbox_settings(stage.folder, url_of(listening), Options(database_url=stage.database_url))
        world = World(sources(date.today()), lambda now: now)  # noqa: DTZ011 - the local day is near enough
        async with open_gateway(settings, world) as gateway, served(gateway, listening):
            gateway.exchange = replace(gateway.exchange, reached=clock.reached)
            app = Counted(create_app(gateway), gateway.counters)
            credentials = replace(stage.credentials, gateway_url=settings.public_url)
            for _ in range(rounds):
                session = await log_in(credentials, who)
                for request in session.requests(requests):
                    clock.begin()
                    await _answered(app, request)
                    clock.end(ECHO)
                    for name, seconds in clock.stages:
                        found.setdefault(name, []).append(seconds * 1e6)
    return {name: min(times) for name, times in found.items()}


async def _answered(app: Any, request: bytes) -> None:
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")[1:]
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        pass

    await app(scope, receive, send)


def table(permit: Mapping[str, float], deny: Mapping[str, float]) -> str:
    """Return both as a table of Markdown: microseconds and share of each stage."""
    lines = ["| stage | permitted, us | share | denied, us | share |", "|---|---|---|---|---|"]
    for name in permit:
        cells = [_cells(name, each) for each in (permit, deny)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines.append(f"| **together** | **{sum(permit.values()):.0f}** | | **{sum(deny.values()):.0f}** | |")
    return "\n".join(lines)


def _cells(name: str, found: Mapping[str, float]) -> str:
    if name not in found:
        return "| "
    return f"{found[name]:.0f} | {found[name] / sum(found.values()):.0%}"


async def _both(stage: Stage, *, requests: int, rounds: int) -> str:
    permit = await profile(stage, PLANNER, requests=requests, rounds=rounds)
    return table(permit, await profile(stage, STRANGER, requests=requests, rounds=rounds))


def main() -> int:
    """Print the table; return 2 where there is no PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="requests in a round (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each with a token of its own (%(default)s)")
    given = parser.parse_args()
    if not postgres.BINARIES.is_dir():
        sys.stderr.write("PostgreSQL 15 is not on this machine; install it with: apt-get install postgresql-15\n")
        return 2
    with postgres.server() as server, stage_on(server) as stage:
        sys.stdout.write(uvloop.run(_both(stage, requests=given.requests, rounds=given.rounds)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
