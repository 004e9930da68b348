"""A gateway that writes down each step of its sequencer, and dies or freezes at one. Started by `sequencing.py`."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop
from sqlalchemy import text

import audit.sequence
import gateway.wiring
from audit.sequencer import SequencerStep
from consent.world.file import read_world
from gateway.failpoints import Failpoint
from gateway.sandbox.running import world_of
from gateway.serving import listen, serve
from gateway.settings import Settings

SLOW_ROUND_SECONDS = 0.05


class Twin(StrEnum):
    """The broken twins."""

    WITHOUT_THE_LOCK = "without-the-lock"
    ORDERED_BY_IDENTITY = "ordered-by-identity"
    WAITS_FOR_THE_FROZEN = "waits-for-the-frozen"


@dataclass(frozen=True)
class Work:
    """What to serve where, what to write down, and at which place after how many seconds to get which signal."""

    world: bytes
    settings: Settings
    port: int
    journal: Path
    ends_at: Failpoint | None = None
    after_seconds: float = 0.1
    by: signal.Signals = signal.SIGKILL
    twin: Twin | None = None


def work(order: Work, ready: Connection) -> None:
    """Serve until the end; `ready` hears one word when requests are taken."""
    # In this process only.
    vars(gateway.wiring)["_reached"] = lambda _settings: _reached(order)
    if order.twin is not None:
        vars(audit.sequence).update(_BROKEN[order.twin])
    file = read_world(order.world)
    world = world_of(file, file.requests[0])
    with listen("127.0.0.1", order.port) as listening:
        uvloop.run(serve(order.settings, listening, world=world, ready=lambda: ready.send("ready")))


def _reached(order: Work) -> Callable[[Failpoint], Awaitable[None]]:
    journal = os.open(order.journal, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    ends_from = time.monotonic() + order.after_seconds

    async def reached(step: Failpoint) -> None:
        nonlocal ends_from
        if isinstance(step, SequencerStep):
            os.write(journal, f"{os.getpid()} {step}\n".encode())
            if step is SequencerStep.READ:
                await asyncio.sleep(SLOW_ROUND_SECONDS)
        if step is order.ends_at and time.monotonic() >= ends_from:
            ends_from = float("inf")
            os.kill(os.getpid(), order.by)

    return reached


_BROKEN = {
    Twin.WITHOUT_THE_LOCK: {"_TRY_LOCK": text("SELECT true, CAST(:lock AS bigint)")},
    Twin.WAITS_FOR_THE_FROZEN: {"_TRY_LOCK": text("SELECT pg_try_advisory_xact_lock(:lock)")},
    Twin.ORDERED_BY_IDENTITY: {
        "_SETTLED": text(
            "SELECT e.event_id::text AS event_id, e.leaf_hash"
            " FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.event_id"
            " WHERE l.event_id IS NULL AND e.id > CAST(:id AS bigint) AND CAST(:xid AS text) IS NOT NULL"
            " ORDER BY e.id LIMIT :batch"
        )
    },
}
