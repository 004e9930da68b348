"""The two workers of notices: one looks who is to be told, the other announces it. Any number of processes run them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gateway.logs import logger, where
from gateway.notices.looking import Looking
from gateway.notices.sending import Sending

EVERY: Final = timedelta(seconds=2)


@dataclass
class NoticeWorkers:
    """Runs both beside the requests, until it is closed."""

    looking: Looking
    sending: Sending
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(self._run(act)) for act in (self.looking.look, self.sending.send)]

    async def close(self) -> None:
        """Finish what runs, and stop. What is not done is done after the next start."""
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def _run(self, act: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        while not self._stop.is_set():
            try:
                await act(self._stop)
            except Exception as error:  # noqa: BLE001 - whatever went wrong in this round, the next one comes
                logger().error("notices.waiting", **where(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), EVERY.total_seconds())
