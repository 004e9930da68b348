"""One measurement: a load on one server, with what it cost the server and the database."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from benchmarks.load import Measured, load
from benchmarks.processes import Server
from benchmarks.stage import Stage

_AFTERMATH: Final = 0.3
"""Seconds in which what an answer leaves to do is done: it counts as its cost."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one load met. CPU in seconds for each request, of the whole process tree."""

    measured: Measured
    cpu: float
    database_cpu: float


async def cost_of(stage: Stage, server: Server, requests: Sequence[bytes], *, status: int) -> Cost:
    """Return what `requests` cost on `server`.

    Raises:
        UnexpectedAnswerError: an answer has another status.
    """
    cpu, database_cpu = server.cpu_seconds(), stage.database_cpu()
    measured = await load(server.port, requests, status=status)
    await asyncio.sleep(_AFTERMATH)
    cpu, database_cpu = server.cpu_seconds() - cpu, stage.database_cpu() - database_cpu
    return Cost(measured, cpu / measured.count, database_cpu / measured.count)


def compared(anchors: Sequence[Cost], costs: Sequence[Cost]) -> dict[str, Any]:
    """Return how `costs` stand to `anchors`, round by round, and the medians; times in ms or microseconds."""
    ratios = [cost.measured.rate / anchor.measured.rate for anchor, cost in zip(anchors, costs, strict=True)]
    cpu_ratios = [cost.cpu / anchor.cpu for anchor, cost in zip(anchors, costs, strict=True)]
    return {
        "ratio": round(median(ratios), 3),
        "cpu_ratio": round(median(cpu_ratios), 2),
        **figures(costs),
        "anchor": figures(anchors),
        "rounds": [round(each, 3) for each in ratios],
    }


def figures(costs: Sequence[Cost]) -> dict[str, Any]:
    """Return the medians of several rounds of one load."""
    return {
        "per_second": round(median(each.measured.rate for each in costs)),
        "cpu_us": round(median(each.cpu for each in costs) * 1e6),
        "database_cpu_us": round(median(each.database_cpu for each in costs) * 1e6),
        "p50_ms": round(median(each.measured.milliseconds(0.50) for each in costs), 1),
        "p99_ms": round(median(each.measured.milliseconds(0.99) for each in costs), 1),
    }
