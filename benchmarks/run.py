"""The benchmarks B1, B2, B9 and B3, one JSON line for each ratio; the others stand in modules of their own."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from benchmarks import decision
from benchmarks.decision import ROUNDS
from benchmarks.family import PLANNER, STRANGER
from benchmarks.growth import Growth
from benchmarks.load import load
from benchmarks.measuring import Cost, compared, cost_of
from benchmarks.processes import Server
from benchmarks.questions import log_in, plain
from benchmarks.stage import Stage

OK: Final = 200
NOT_AVAILABLE: Final = 403
MEBIBYTE: Final = 2**20
_CHUNK: Final = 1000
"""Requests whose proofs are made at one time: they hold for half a minute."""
_ANCHOR_TIMES: Final = 3
"""The anchor answers faster, so it gets more requests, for rounds of some length."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: rounds, requests, exchanges for the growth of memory, starts; for B3, B4 and the log."""

    rounds: int = 5
    requests: int = 1200
    exchanges: int = 10_000
    starts: int = 3
    decisions: int = ROUNDS
    consents: int = 1_000_000
    events: int = 1_000_000

    @property
    def growth(self) -> Growth:
        """What B4 compares."""
        return Growth(many=self.consents, rounds=self.rounds, requests=self.requests // 2)


@dataclass(frozen=True, slots=True)
class _Rounds:
    insert: list[Cost]
    permit: list[Cost]
    deny: list[Cost]


async def run(stage: Stage, size: Size) -> AsyncIterator[dict[str, Any]]:
    """Yield one line for each benchmark.

    Raises:
        UnexpectedAnswerError: a server did not do what is measured.
        DisagreementError: Cedar was asked something else than we were.
    """
    yield await _starts(stage, size)
    with stage.insert() as insert, stage.hello() as hello, stage.gateway() as gateway:
        await _warm_up(stage, size, insert, hello, gateway)
        before = gateway.memory()
        rounds = _Rounds([], [], [])
        for _ in range(size.rounds):
            await _round(stage, size, insert, gateway, rounds)
        permit = compared(rounds.insert, rounds.permit)
        yield _line("B1", 0.20, 0.35, **permit)
        yield _line("B1-cpu", 7.0, 4.0, permit["cpu_ratio"])
        yield _line("B2", 0.45, 0.55, **compared(rounds.insert, rounds.deny))
        done = 2 * size.rounds * size.requests
        await _exchanges(stage, gateway, size.exchanges - done)
        after, least = gateway.memory(), hello.memory()
        yield _line("B9", 1.6, 1.3, round(after / least, 2), memory_mib=_mib(after), hello_memory_mib=_mib(least))
        yield _line("B9-growth", 1.05, 1.05, round(after / before, 3), exchanges=max(done, size.exchanges))
    yield decision.measured(size.decisions)


async def _warm_up(stage: Stage, size: Size, insert: Server, hello: Server, gateway: Server) -> None:
    count = min(size.requests, _CHUNK)
    await load(insert.port, plain(insert.url, count), status=OK)
    await load(hello.port, plain(hello.url, count), status=OK)
    await _exchanges(stage, gateway, count)


async def _round(stage: Stage, size: Size, insert: Server, gateway: Server, rounds: _Rounds) -> None:
    anchor = plain(insert.url, size.requests * _ANCHOR_TIMES)
    rounds.insert.append(await cost_of(stage, insert, anchor, status=OK))
    for who, status, costs in ((PLANNER, OK, rounds.permit), (STRANGER, NOT_AVAILABLE, rounds.deny)):
        session = await log_in(stage.credentials_for(gateway), who)
        costs.append(await cost_of(stage, gateway, session.requests(size.requests), status=status))


async def _exchanges(stage: Stage, gateway: Server, count: int) -> None:
    while count > 0:
        session = await log_in(stage.credentials_for(gateway), PLANNER)
        await load(gateway.port, session.requests(min(count, _CHUNK)), status=OK)
        count -= _CHUNK


async def _starts(stage: Stage, size: Size) -> dict[str, Any]:
    gateway = [await _start(stage.gateway(), lambda server: _first_exchange(stage, server)) for _ in range(size.starts)]
    hello = [await _start(stage.hello(), _first_hello) for _ in range(size.starts)]
    ours, least = median(gateway), median(hello)
    return _line("B9-start", 2.0, 2.0, round(ours / least, 2), start_s=round(ours, 2), hello_start_s=round(least, 2))


async def _start(starting: AbstractContextManager[Server], ask: Callable[[Server], Awaitable[None]]) -> float:
    began = time.perf_counter()
    with starting as server:
        await ask(server)
        return time.perf_counter() - began


async def _first_exchange(stage: Stage, server: Server) -> None:
    await _exchanges(stage, server, 1)


async def _first_hello(server: Server) -> None:
    await load(server.port, plain(server.url, 1), status=OK)


def _line(name: str, floor: float, goal: float, ratio: float, **beside: Any) -> dict[str, Any]:
    """Return a line; where the goal does not lie above the floor, the floor is the most that there may be."""
    ok = ratio >= floor if goal > floor else ratio <= floor
    return {"benchmark": name, "ratio": ratio, "floor": floor, "goal": goal, "ok": ok, **beside}


def _mib(size: int) -> float:
    return round(size / MEBIBYTE, 1)
