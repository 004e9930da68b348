"""What works beside the requests: in rounds, until it is closed, whatever went wrong in the round before."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from gateway.logs import logger, where

Act = Callable[[], Awaitable[object]]


@dataclass
class InRounds(ABC):
    """Does each of its `acts` again and again, beside the others, and rests in between for `every`."""

    waits: ClassVar[str]
    """The event of the running log that says that a round went wrong."""

    every: timedelta = field(kw_only=True)
    _stop: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    @abstractmethod
    def acts(self) -> Sequence[Act]:
        """Return what is done in a round; one that takes long looks whether it must stop."""

    def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(self._run(each)) for each in self.acts()]

    async def close(self) -> None:
        """Finish what runs, and stop. What is not done is done after the next start."""
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def _run(self, act: Act) -> None:
        while not self._stop.is_set():
            try:
                await act()
            except Exception as error:  # noqa: BLE001 - whatever went wrong in this round, the next one comes
                logger().error(self.waits, **where(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self.every.total_seconds())
