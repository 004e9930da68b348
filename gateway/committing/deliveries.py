"""Step 10's last line: that the bytes of an answer were handed to the network, or were not; and that a source failed.

These events do not hold up an answer: they wait in a queue and are kept a few at a time. The disclosure itself is on
record before a byte leaves; an event lost here (a crash between) leaves that record, without its echo.
"""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.events import Event
from audit.prepared import Prepared
from audit.store import AuditLog
from gateway.committing.keeping import NO_FACTS, Keeper, Resting
from gateway.database.engine import write_transaction
from gateway.logs import logger

MOST_AT_ONCE: Final = 100
MOST_WAITING: Final = 10_000
"""Of more the newest are lost, and the running log counts them: a database that is down must not fill our memory."""
GATHER_SECONDS: Final = 0.1


@dataclass
class Deliveries:
    """Keeps what became of answers, and of sources that failed, behind the requests."""

    engine: AsyncEngine
    log: AuditLog
    _waiting: asyncio.Queue[Prepared | None] = field(default_factory=asyncio.Queue)
    _task: asyncio.Task[None] | None = None

    def report(self, event: Event) -> None:
        """Take `event` to be kept soon. It is sealed at once: the key of its person is at hand only for a while."""
        if self._waiting.qsize() >= MOST_WAITING:
            _lost(1, "QueueFull")
            return
        try:
            self._waiting.put_nowait(self.log.build(event))
        except Exception as error:  # noqa: BLE001 - the answer has left: whatever went wrong must not reach its sender
            _lost(1, type(error).__name__)

    def start(self) -> None:
        """Begin to keep what is reported."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Keep what still waits, and stop. Nothing may be reported any more."""
        if self._task is not None:
            self._waiting.put_nowait(None)
            await self._task

    async def _run(self) -> None:
        going_on = True
        while going_on:
            batch = [await self._waiting.get()]
            if batch != [None]:
                await asyncio.sleep(GATHER_SECONDS)
            while not self._waiting.empty() and len(batch) < MOST_AT_ONCE:
                batch.append(self._waiting.get_nowait())
            going_on = None not in batch
            await self._keep([each for each in batch if each is not None])

    @cached_property
    def _keeper(self) -> Keeper:
        return Keeper(self.engine)

    async def _keep(self, prepared: list[Prepared]) -> None:
        try:
            if self.engine.dialect.name == "postgresql":
                kept = await self._keeper.keep([Resting(each, NO_FACTS) for each in prepared])
                prepared = [each for each, is_kept in zip(prepared, kept, strict=True) if not is_kept]
            if not prepared:
                return
            async with write_transaction(self.engine) as connection:
                for each in prepared:
                    await self.log.insert(connection, each)
        except Exception as error:  # noqa: BLE001 - whatever went wrong with these, those that come later are kept
            _lost(len(prepared), type(error).__name__)


def _lost(count: int, error_type: str) -> None:
    logger().error("deliveries.lost", count=count, error_type=error_type)
