"""One round trip for many: what is asked while an earlier question is under way is asked together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")

MOST: Final = 64
"""The most that is asked at one time."""


class Together(Generic[Asked, Found]):
    """Asks `work` for all that waits at once, and gives each his own answer. Who is alone never waits for company.

    `work` gets what was asked, in order, and returns as many answers. What it raises, everybody gets.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Found]]]) -> None:
        """Take what does the work."""
        self._work = work
        self._waiting: deque[tuple[Asked, asyncio.Future[Found]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Found:
        """Return the answer to `asked`."""
        future: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            # Of those who come at once half go first: while the others are under way these have time to go on and come
            # again. Otherwise all would work at one time and wait at one time, and the database the other way round.
            await self._answer(self._next((len(self._waiting) + 1) // 2))
            while self._waiting:
                await self._answer(self._next(len(self._waiting)))
        finally:
            self._task = None

    def _next(self, count: int) -> "list[tuple[Asked, asyncio.Future[Found]]]":
        return [self._waiting.popleft() for _ in range(min(count, MOST))]

    async def _answer(self, batch: Sequence[tuple[Asked, "asyncio.Future[Found]"]]) -> None:
        try:
            answers = await self._work([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever asked hears of it
            for _, future in batch:
                if not future.done():  # who has gone meanwhile gets nothing
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        finally:
            for _, future in batch:
                future.cancel()  # where we are stopped; a future that is done stays as it is
