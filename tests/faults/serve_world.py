"""The process that dies: it serves a prepared database until it is killed. Started by `tests/faults/killing.py`."""

import asyncio
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import uvloop
from sqlalchemy import text

import audit.sequence
import gateway.committing.keeping
import gateway.wiring
from audit.durability import WAIT_FOR_DISK
from audit.prepared import Prepared
from audit.receipt import Receipt
from audit.store import Pending
from consent.known.family import Versions
from consent.world.file import read_world
from gateway.committing.commit import Committer
from gateway.sandbox.running import world_of
from gateway.serving import listen, serve
from gateway.settings import Settings
from tests.gateway.sources import slowly

LATE_SECONDS = 0.3


@dataclass(frozen=True)
class Order:
    """What to serve: a world's bytes, on which settings; whether as a broken twin, and with sources how slow.

    The `broken` twin releases first; the `forgetful` one lets no commit wait for the disk.
    """

    world: bytes
    settings: Settings
    broken: bool = False
    slow_seconds: float = 0.0
    forgetful: bool = False


class ReleasesFirst(Committer):
    """The broken twin: it gives the proof away, and keeps the event a little later."""

    async def commit(self, event: Prepared, versions: Versions, **beside: Any) -> Receipt | None:
        async def late() -> None:
            await asyncio.sleep(LATE_SECONDS)
            await Committer.commit(self, event, versions, **beside)

        _late.append(asyncio.create_task(late()))
        return self.log.receipt(Pending(event, is_open=lambda: False))


_late: list[asyncio.Task[None]] = []


def serve_world(order: Order, ready: Connection) -> None:
    """Serve until the end; `ready` hears one word when requests are taken."""
    if order.broken:
        # In this process only.
        vars(gateway.wiring)["Committer"] = ReleasesFirst
    if order.forgetful:
        keeping, sequencing = vars(gateway.committing.keeping), vars(audit.sequence)
        keeping["_KEEP"] = keeping["_KEEP"].replace(WAIT_FOR_DISK, "''")
        sequencing["_TRY_LOCK"] = text(sequencing["_TRY_LOCK"].text.replace(WAIT_FOR_DISK, "''"))
    file = read_world(order.world)
    world = slowly(world_of(file, file.requests[0]), order.slow_seconds)
    port = int(order.settings.public_url.rpartition(":")[2])
    with listen("127.0.0.1", port) as listening:
        uvloop.run(serve(order.settings, listening, world=world, ready=lambda: ready.send("ready")))
