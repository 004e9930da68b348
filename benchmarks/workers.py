"""B10: what a second worker adds, where only the processor works; and what it costs on the whole path.

`schakel serve` runs one process. Whoever wants more starts more of them on one address, behind whatever shares the
connections out; here the kernel does, because both take from one listening socket.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any, Final

from benchmarks.family import PLANNER
from benchmarks.load import Measured, load
from benchmarks.processes import Server, serving
from benchmarks.questions import Session, log_in
from benchmarks.serve import DECIDING, GATEWAY
from benchmarks.stage import Stage
from gateway.identity.keys import new_signing_key
from gateway.serving import listen

FLOOR: Final = 1.6
GOAL: Final = 1.8
CPU_FLOOR: Final = 1.15
_TOKEN: Final = "A" * 700
"""As long as a real one; nobody looks into it."""
_OK: Final = 200


async def workers(stage: Stage, rounds: int, requests: int) -> AsyncIterator[dict[str, Any]]:
    """Yield the line of B10.

    Raises:
        UnexpectedAnswerError: a server did not do what is measured.
    """
    rates: list[float] = []
    one_each: list[float] = []
    costs: list[float] = []
    with _several(stage, DECIDING, 1) as one, _several(stage, DECIDING, 2) as two:
        for _ in range(rounds + 1):
            first, second = [await _decided(each[0], requests) for each in (one, two)]
            rates.append(second.rate / first.rate)
            one_each.append(first.rate)
    with _several(stage, GATEWAY, 1) as one, _several(stage, GATEWAY, 2) as two:
        for _ in range(rounds + 1):
            alone, shared = [await _exchanged(stage, each, requests // 2) for each in (one, two)]
            costs.append(shared / alone)
    # The first round of each warms up.
    ratio, cost = round(median(rates[1:]), 3), round(median(costs[1:]), 3)
    yield {
        "benchmark": "B10",
        "ratio": ratio,
        "floor": FLOOR,
        "goal": GOAL,
        "ok": ratio >= FLOOR and cost <= CPU_FLOOR,
        "per_second": round(median(one_each[1:])),
        "exchange_cpu_ratio": cost,
        "exchange_cpu_floor": CPU_FLOOR,
        "rounds": [round(each, 3) for each in rates[1:]],
    }


@contextmanager
def _several(stage: Stage, name: str, count: int) -> Iterator[list[Server]]:
    """Run `count` servers that take their connections from one socket."""
    with ExitStack() as stack:
        listening = stack.enter_context(listen("127.0.0.1", 0))
        yield [
            stack.enter_context(
                serving(name, stage.database_url, stage.folder, listening=listening.dup())  # each closes its own
            )
            for _ in range(count)
        ]


async def _decided(server: Server, requests: int) -> Measured:
    session = Session(server.url, _TOKEN, new_signing_key())
    return await load(server.port, session.requests(requests), status=_OK)


async def _exchanged(stage: Stage, servers: list[Server], requests: int) -> float:
    """Return the processors' time of one exchange, in seconds."""
    session = await log_in(stage.credentials_for(servers[0]), PLANNER)
    asked = session.requests(requests)
    before = sum(each.cpu_seconds() for each in servers)
    await load(servers[0].port, asked, status=_OK)
    return (sum(each.cpu_seconds() for each in servers) - before) / requests
