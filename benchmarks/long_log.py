"""A log with a million events: what verifying it costs, what a proof, what one more append, and what a search.

The events are one real event under new ids, so of the right size, and each leaf is another; they are placed and signed
by the sequencer.
"""

import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from audit.export import export
from audit.heads import newest_size
from audit.prepared import Prepared
from audit.proving import inclusion_proof
from audit.tree import leaf_hash
from benchmarks.log import Logged, logged_on, rate, settle
from benchmarks.search import searches
from benchmarks.stage import Stage

FEW: Final = 10_000
VERIFY_SECONDS: Final = 60
VERIFY_MEBIBYTES: Final = 300
PROOF_MILLISECONDS: Final = 1.0
APPEND_RATIO: Final = 1.2
_AT_ONCE: Final = 10_000
_COLUMNS: Final = ("event_id", "leaf", "leaf_hash", "sealed_log", "sealed_person")
_PROOFS: Final = 500
_VERIFY: Final = """\
import resource, sys
from gateway.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""
"""`schakel`, which says at its end how many KiB it took at most."""


async def long_logs(
    stages: tuple[Stage, Stage], events: int, rounds: int, appends: int
) -> AsyncIterator[dict[str, Any]]:
    """Yield the lines of a log with `events` events. `stages` are two, on PostgreSQL: a short and a long one."""
    short, long = stages
    async with logged_on(short) as few, logged_on(long) as many:
        await fill(few, min(FEW, events))
        await fill(many, events)
        yield await _append(few, many, short, rounds, appends)
        yield await _proof(many)
        for line in await searches((few, many), long, events, rounds):
            yield line
        out, began = long.folder / "export", time.perf_counter()
        size = await export(many.committer.engine, out, keys=[many.committer.log.key.verifier])
        exported = time.perf_counter() - began
    # Only once nobody gives events their place any more: a transaction that stands still for so long is ended.
    yield _verify(out, size, exported)


async def fill(logged: Logged, events: int) -> None:
    """Add `events` events, and wait until each has its place."""
    await logged.bring_keys()
    built = logged.committer.log.build(logged.event())
    for first in range(0, events, _AT_ONCE):
        count = min(_AT_ONCE, events - first)
        await logged.pool.copy_records_to_table("audit_event", records=_records(built, count), columns=_COLUMNS)
    await settle(logged)
    await logged.pool.execute("VACUUM ANALYZE audit_event, audit_leaf, audit_node")


def _records(built: Prepared, count: int) -> Iterator[tuple[Any, ...]]:
    for _ in range(count):
        name = _named()
        leaf = built.leaf.replace(built.event_id.encode(), name.encode())
        yield name, leaf, leaf_hash(leaf), built.sealed_log, built.sealed_person


def _named() -> str:
    """Return an id as the log gives it, of now (RFC 9562, UUID version 7): what is found later lies beside it."""
    drawn = uuid.uuid4().int & ((1 << 76) - 1)
    return str(uuid.UUID(int=int(time.time() * 1000) << 80 | 7 << 76 | drawn & ~(3 << 62) | 2 << 62))


async def _append(few: Logged, many: Logged, stage: Stage, rounds: int, appends: int) -> dict[str, Any]:
    ratios, costs = [], []
    for number in range(rounds):
        sides = (few, many) if number % 2 else (many, few)
        cost = {id(side): await _cpu(side, stage, appends) for side in sides}
        ratios.append(cost[id(many)] / cost[id(few)])
        costs.append(cost[id(many)])
    return {
        "benchmark": "append-grown",
        "ratio": round(median(ratios), 2),
        "floor": APPEND_RATIO,
        "goal": APPEND_RATIO,
        "ok": median(ratios) <= APPEND_RATIO,
        "cpu_us": round(median(costs) * 1e6),
        "rounds": [round(each, 2) for each in ratios],
    }


async def _cpu(logged: Logged, stage: Stage, appends: int) -> float:
    """Return the seconds of the processors that an append costs, its place in the tree included."""
    await logged.bring_keys()
    began = time.process_time() + stage.database_cpu()
    await rate([lambda: logged.committer.keep(logged.event())] * appends)
    await settle(logged)
    return (time.process_time() + stage.database_cpu() - began) / appends


async def _proof(logged: Logged) -> dict[str, Any]:
    times, drawn = [], Random(6962)  # noqa: S311 - which leaves are proven is no secret
    async with logged.committer.engine.connect() as connection:
        size = await newest_size(connection) or 0
        for _ in range(_PROOFS):
            began = time.perf_counter()
            await inclusion_proof(connection, drawn.randrange(size), size)
            times.append((time.perf_counter() - began) * 1000)
    return {
        "benchmark": "proof",
        "ratio": round(median(times), 3),
        "floor": PROOF_MILLISECONDS,
        "goal": PROOF_MILLISECONDS,
        "ok": median(times) <= PROOF_MILLISECONDS,
        "unit": "ms",
        "events": size,
        "p99": round(sorted(times)[int(len(times) * 0.99)], 3),
    }


def _verify(out: Path, size: int, exported: float) -> dict[str, Any]:
    began = time.perf_counter()
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", _VERIFY, "audit", "verify", str(out)], capture_output=True, text=True, check=False
    )
    seconds, said = time.perf_counter() - began, ran.stdout
    if not said.startswith(f"ok: {size} events"):
        raise RuntimeError(f"the export does not verify: {said}{ran.stderr}")
    mebibytes = int(ran.stderr.split()[-1]) / 1024
    return {
        "benchmark": "verify",
        "ratio": round(max(seconds / VERIFY_SECONDS, mebibytes / VERIFY_MEBIBYTES), 2),
        "floor": 1.0,
        "goal": 1.0,
        "ok": seconds <= VERIFY_SECONDS and mebibytes <= VERIFY_MEBIBYTES,
        "seconds": round(seconds, 1),
        "mebibytes": round(mebibytes),
        "export_seconds": round(exported, 1),
        "events": size,
    }
