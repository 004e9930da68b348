"""One round trip for many: what is asked while an earlier question is under way is asked together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")
Work: TypeAlias = Callable[[Sequence[Asked]], Awaitable[Sequence[Found]]]

MOST: Final = 64
"""The most that is asked at one time."""
BESIDE: Final = 8
"""So many have to wait for a second question to set off beside the first: of fewer each would cost more."""


class Together(Generic[Asked, Found]):
    """Asks for all that waits at once, and gives each his own answer. Who is alone never waits for company.

    Each of `works` does one thing at a time, several do so side by side. It gets what was asked, in order, and returns
    as many answers. What it raises, everybody gets who asked it.
    """

    def __init__(self, *works: Work[Asked, Found]) -> None:
        """Take what does the work."""
        self._count = len(works)
        self._at_rest = list(works)
        self._waiting: deque[tuple[Asked, asyncio.Future[Found]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, asked: Asked) -> Found:
        """Return the answer to `asked`."""
        future: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        # Of those who come at once half go first: while the others are under way these have time to go on and come
        # again. Otherwise all would work at one time and wait at one time, and the database the other way round.
        if len(self._at_rest) == self._count:
            self._begin(parts=2)
        elif self._at_rest and len(self._waiting) >= BESIDE:
            self._begin(parts=1)
        return await future

    def _begin(self, *, parts: int) -> None:
        # The one that has rested longest, so that all stay in use: one that is not may have to begin anew, in a burst.
        task = asyncio.create_task(self._run(self._at_rest.pop(0), parts))
        self._tasks.add(task)  # the loop itself would forget it
        task.add_done_callback(self._tasks.discard)

    async def _run(self, work: Work[Asked, Found], parts: int) -> None:
        try:
            batch = self._next(-(-len(self._waiting) // parts))
            while batch:
                await _answer(work, batch)
                batch = self._next(len(self._waiting))
        finally:
            self._at_rest.append(work)

    def _next(self, count: int) -> "list[tuple[Asked, asyncio.Future[Found]]]":
        return [self._waiting.popleft() for _ in range(min(count, MOST))]


async def _answer(work: Work[Asked, Found], batch: "Sequence[tuple[Asked, asyncio.Future[Found]]]") -> None:
    try:
        answers = await work([asked for asked, _ in batch])
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
