"""Many questions in one: each gets his own answer, nobody waits for company, and a failure is everybody's."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.together import MOST, Together


class Work:
    """Doubles numbers, and remembers what it was asked at one time; `gate` holds it up."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails = False

    async def __call__(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        await self.gate.wait()
        if self.fails:
            raise OSError
        return [2 * each for each in asked]


async def test_one_alone_is_asked_at_once() -> None:
    work = Work()
    assert await Together(work).ask(3) == 6
    assert work.batches == [[3]]


async def test_what_comes_meanwhile_is_asked_together_and_each_gets_his_own_answer() -> None:
    work = Work()
    together = Together(work)
    work.gate.clear()
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(together.ask(n)) for n in (5, 4, 5)]
    await asyncio.sleep(0.01)
    work.gate.set()
    assert await asyncio.gather(first, *others) == [2, 10, 8, 10]
    assert work.batches == [[1], [5, 4, 5]]


async def test_of_those_who_come_at_once_half_go_first_so_that_half_work_while_half_wait() -> None:
    work = Work()
    together = Together(work)

    async def come_three_times() -> None:
        for n in range(3):
            assert await together.ask(n) == 2 * n

    await asyncio.gather(*(come_three_times() for _ in range(5)))
    assert [len(batch) for batch in work.batches] == [3, 2] * 3


async def test_no_more_than_the_most_are_asked_at_one_time() -> None:
    work = Work()
    together = Together(work)
    answers = await asyncio.gather(*(together.ask(n) for n in range(2 * MOST + 1)))
    assert answers == [2 * n for n in range(2 * MOST + 1)]
    assert [len(batch) for batch in work.batches] == [MOST, MOST, 1]


async def test_a_failure_is_told_to_all_who_asked_and_to_nobody_after_them() -> None:
    work = Work()
    together = Together(work)
    work.fails = True
    failed = await asyncio.gather(together.ask(1), together.ask(2), return_exceptions=True)
    assert [type(each) for each in failed] == [OSError, OSError]
    work.fails = False
    assert await together.ask(3) == 6


async def test_who_goes_away_takes_nobody_with_him() -> None:
    work = Work()
    together = Together(work)
    work.gate.clear()
    gone, stays = asyncio.create_task(together.ask(1)), asyncio.create_task(together.ask(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.sleep(0.01)
    work.gate.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone
