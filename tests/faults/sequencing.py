"""Two gateways on one database under load, everything that their clients hold afterwards, and what became of it."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import func, select

from audit.base64_strict import decode
from audit.events import Event, EventOutcome, Kind
from audit.sequencer import SequencerStep
from audit.tables import audit_event, audit_leaf
from audit.verifying.checks import Verdict
from audit.verifying.database import verify_database
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.failpoints import Failpoint
from tests.faults.killing import (
    Asker,
    Prepared,
    answers_on_record,
    committing,
    free_port,
    left_without_a_record,
    prepared,
    running_process,
)
from tests.faults.sequencing_worker import Twin, Work, work
from tests.gateway.worlds import world

ASKERS_OF_EACH = 2
LATE_SECONDS = 5.0
"""How long an event may wait for its place (audit log contract, promise 3)."""
SLOW_SECONDS = 0.25
"""How long the slowest writer keeps his transaction open: meanwhile others commit what was numbered later."""
BETWEEN_SECONDS = 0.03


@dataclass
class Held:
    """What clients got: every byte, the leaf hash of every receipt, and how long each own event took to be placed."""

    answers: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """Two ports, of which processes serve the same gateway; and the journal of their sequencers."""

    on: Prepared
    ports: tuple[int, int]
    journal: Path

    @contextmanager
    def started(
        self,
        which: int,
        *,
        ends_at: Failpoint | None = None,
        by: signal.Signals = signal.SIGKILL,
        twin: Twin | None = None,
    ) -> Iterator[BaseProcess]:
        bytes_of_world = json.dumps(world()).encode()
        order = Work(bytes_of_world, self.on.settings, self.ports[which], self.journal, ends_at, by=by, twin=twin)
        with running_process(work, order) as process:
            yield process


async def pair(folder: Path, database_url: str) -> Pair:
    on = await prepared(folder, database_url)
    return Pair(on, (on.port, free_port()), folder / "journal")


@asynccontextmanager
async def load(of: Pair, anna: Asker) -> AsyncIterator[Held]:
    """Ask both gateways and write beside them, quickly and slowly, until the end; wait then for what is late."""
    held, stop = Held(), asyncio.Event()
    async with committing(of.on) as committer:
        tasks = [asyncio.create_task(_asks(anna, port, held, stop)) for port in of.ports for _ in range(ASKERS_OF_EACH)]
        tasks += [asyncio.create_task(_writes(committer, slow, held, stop)) for slow in (0.0, SLOW_SECONDS)]
        try:
            yield held
        finally:
            stop.set()
            await asyncio.gather(*tasks)


async def _asks(anna: Asker, port: int, held: Held, stop: asyncio.Event) -> None:
    while not stop.is_set():
        got = await anna.ask(port)
        held.answers.append(got)
        receipt = _receipt_of(got)
        if receipt is None:
            await asyncio.sleep(0.05)
        else:
            held.receipts.append(receipt)


def _receipt_of(got: bytes) -> bytes | None:
    if not got.startswith(b"HTTP/1.1 200"):
        return None
    try:
        return decode(json.loads(got.partition(b"\r\n\r\n")[2])["receipt"]["leaf_hash"])
    except ValueError:
        return None


async def _writes(committer: Committer, slow: float, held: Held, stop: asyncio.Event) -> None:
    waiting = []
    while not stop.is_set():
        async with write_transaction(committer.engine) as connection:
            pending = await committer.log.append(connection, Event(Kind.LOGIN, EventOutcome.OK, "system"))
            await asyncio.sleep(slow)
        receipt = committer.log.receipt(pending)
        held.receipts.append(receipt.leaf_hash)
        waiting.append(asyncio.create_task(_until_placed(committer, receipt.leaf_hash)))
        await asyncio.sleep(BETWEEN_SECONDS)
    held.waited += await asyncio.gather(*waiting)


async def _until_placed(committer: Committer, leaf_hash: bytes) -> float:
    began = time.monotonic()
    while True:
        async with committer.engine.connect() as connection:
            found = await connection.execute(select(audit_leaf.c.seq).where(audit_leaf.c.leaf_hash == leaf_hash))
            waited = time.monotonic() - began
            if found.first() is not None or waited > LATE_SECONDS:
                return waited
        await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Findings:
    """What is wrong with a log after all that; `verdict` is the verifier's."""

    unrecorded: int
    lost: int
    gaps: bool
    together: list[str]
    waited: float
    verdict: Verdict


async def findings(of: Pair, held: Held) -> Findings:
    """Judge what is stored by what clients hold. Places nothing: what the sequencers left out stays out."""
    async with committing(of.on) as committer:
        if max(held.waited) < LATE_SECONDS:
            await _until_settled(committer)
        async with committer.engine.connect() as connection:
            placed = [row.leaf_hash for row in await connection.execute(select(audit_leaf.c.leaf_hash))]
            last = (await connection.execute(select(func.max(audit_leaf.c.seq)))).scalar_one()
        recorded = await answers_on_record(committer)
        keys = [committer.log.key.verifier]
        return Findings(
            unrecorded=sum(left_without_a_record(each, recorded) for each in held.answers),
            lost=sum(placed.count(each) != 1 for each in held.receipts),
            gaps=last + 1 != len(placed),
            together=together(of.journal.read_text(encoding="utf-8").splitlines()),
            waited=max(held.waited),
            verdict=await verify_database(committer.engine, keys=keys, promised=held.receipts),
        )


async def _until_settled(committer: Committer) -> None:
    """Wait until every event has its place, for as long as an event may wait."""
    until = time.monotonic() + LATE_SECONDS
    while time.monotonic() < until:
        async with committer.engine.connect() as connection:
            events, places = [
                (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (audit_event, audit_leaf)
            ]
        if events == places:
            return
        await asyncio.sleep(0.05)


def together(journal: list[str]) -> list[str]:
    """Return the lines of sequencers that worked while another did: between two steps of a round nobody else acts.

    The lock is free again before a process can say that it committed, so that word may come late.
    """
    lines = [line.split() for line in journal if not line.endswith(SequencerStep.COMMITTED)]
    return [
        f"{who} {step}"
        for (before, _), (who, step) in pairwise(lines)
        if step != SequencerStep.LOCKED and who != before
    ]
