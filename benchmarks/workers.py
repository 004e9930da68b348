"""B10: what a second worker adds, where only the processor works; and what it costs on the whole path.

`schakel serve` runs one process. Whoever wants more starts more of them on one address, behind whatever shares the
connections out; here the kernel does, because both take from one listening socket.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any, Final

from sqlalchemy import func, select

from audit.sequence import waiting
from audit.tables import audit_leaf
from benchmarks.family import PLANNER
from benchmarks.load import Measured, load
from benchmarks.processes import Server, serving
from benchmarks.questions import Session, log_in
from benchmarks.serve import DECIDING, GATEWAY
from benchmarks.stage import Stage
from gateway.database.engine import create_engine
from gateway.identity.keys import new_signing_key
from gateway.log.tables import log_follower
from gateway.serving import listen

FLOOR: Final = 1.6
GOAL: Final = 1.8
CPU_FLOOR: Final = 1.15
_TOKEN: Final = "A" * 700
"""As long as a real one; nobody looks into it."""
_OK: Final = 200
_WARMING: Final = 300
"""Requests before any that count."""
_LAST: Final = select(func.max(audit_leaf.c.seq))
_FIRST_OPEN: Final = select(func.min(log_follower.c.next))
_LOOKS_AGAIN: Final = 0.1
"""Seconds."""


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
    for _ in range(rounds):
        alone, shared = [await _exchanged(stage, count, requests // 2) for count in (1, 2)]
        costs.append(shared / alone)
    # The first round of decisions warms up.
    ratio, cost = round(median(rates[1:]), 3), round(median(costs), 3)
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


async def _exchanged(stage: Stage, count: int, requests: int) -> float:
    """Return the processors' time of one exchange at `count` servers, in seconds, with all that follows it.

    No other server runs meanwhile: of those on one database any one works off what stands behind the requests of all.
    """
    with _several(stage, GATEWAY, count) as servers:
        session = await log_in(stage.credentials_for(servers[0]), PLANNER)
        times: list[float] = []
        for part in (_WARMING, requests):  # what loads at first is no cost of an exchange
            await load(servers[0].port, session.requests(part), status=_OK)
            await _followed(stage)
            times.append(sum(each.cpu_seconds() for each in servers))
        return (times[1] - times[0]) / requests


async def _followed(stage: Stage) -> None:
    """Wait until every event has its place and all that follows the log has taken it."""
    engine = create_engine(stage.database_url, pool_size=1)
    try:
        while True:
            async with engine.connect() as connection:
                last = await connection.scalar(_LAST)
                if await waiting(connection) == 0 and await connection.scalar(_FIRST_OPEN) == last + 1:
                    return
            await asyncio.sleep(_LOOKS_AGAIN)
    finally:
        await engine.dispose()
