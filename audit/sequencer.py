"""The sequencer at work: it places and signs, five times a second, in any number of processes, in one at a time.

Each of them looks after every round how far the tree is behind, also where another does the work: the one that does may
be the one that fails. Source: audit log contract, promise 3; `reference/security.md` 3.4.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.grow import BrokenTreeError, grow, tree_size
from audit.heads import newest_size, sign_head
from audit.sequence import BATCH, START, Waiting, checkpoint, last_placed, oldest_waiting, settled, take_turn
from audit.store import AuditLog

TRUTH_EVERY: Final = timedelta(days=1)
"""How often all events are looked through, not only those after the last that was placed."""


class SequencerStep(StrEnum):
    """The places in a round, in order, where a test may stop the process. After the first only where events wait."""

    LOCKED = "sequencer-locked"
    READ = "sequencer-read"
    PLACED = "sequencer-placed"
    SIGNED = "sequencer-signed"
    COMMITTED = "sequencer-committed"


Reached: TypeAlias = Callable[[SequencerStep], Awaitable[None]]


async def _go_on(_: SequencerStep) -> None:
    return


def _tell_nobody(_: Waiting | None) -> None:
    return


@dataclass
class Sequencer:
    """Places settled events in the tree and signs its heads, every `every`. On SQLite it only signs.

    `failed` hears of a round that failed; the next one comes. `looked` hears after each round which event waits
    longest, or that none does (PostgreSQL).
    """

    engine: AsyncEngine
    log: AuditLog
    every: timedelta
    failed: Callable[[Exception], None]
    looked: Callable[[Waiting | None], None] = _tell_nobody
    reached: Reached = _go_on
    _truth_until: float | None = field(default=None, init=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set.

        Raises:
            BrokenTreeError: the stored tree was changed; nothing more is signed.
        """
        while not stop.is_set():
            placed = 0
            try:
                placed = await self._round()
            except BrokenTreeError:
                raise
            except Exception as error:  # noqa: BLE001 - also what the driver raises of itself must not end this work
                self._truth_until = None  # the database that comes back may be another
                self.failed(error)
            if placed < BATCH:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self.every.total_seconds())

    async def _round(self) -> int:
        if self.engine.dialect.name != "postgresql":
            await self._sign()
            return 0
        placed = await self._place()
        async with self.engine.connect() as connection:
            self.looked(await oldest_waiting(connection))
        return placed

    async def _place(self) -> int:
        now = asyncio.get_running_loop().time()
        known = self._truth_until is not None and now < self._truth_until
        async with self.engine.begin() as connection:
            if not await take_turn(connection):
                return 0
            await self.reached(SequencerStep.LOCKED)
            leaves = await settled(connection, after=await last_placed(connection) if known else START)
            if leaves:
                await self.reached(SequencerStep.READ)
                await grow(connection, self.log.tail, leaves)
                await self.reached(SequencerStep.PLACED)
                await sign_head(connection, self.log.key, self.log.now())
                await self.reached(SequencerStep.SIGNED)
        if not known:
            self._truth_until = now + TRUTH_EVERY.total_seconds()
        if leaves:
            await self.reached(SequencerStep.COMMITTED)
        return len(leaves)

    async def _sign(self) -> None:
        # Looked at first, so that an idle log does not take the one write lock five times a second.
        async with self.engine.connect() as connection:
            grew = await tree_size(connection) != await newest_size(connection)
        if grew:
            async with self.engine.begin() as connection:
                await checkpoint(connection, self.log)
