"""Many questions in one: each gets his own answer, nobody waits for company, and a failure is everybody's."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from gateway.database.together import BESIDE, MOST, Together


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


async def test_who_works_takes_turns_so_that_none_is_cold_when_many_come() -> None:
    first, second = Work(), Work()
    together = Together(first, second)
    for n in range(4):
        await together.ask(n)
    assert (first.batches, second.batches) == ([[0], [2]], [[1], [3]])


async def test_a_second_question_sets_off_beside_the_first_where_enough_wait() -> None:
    first, second = Work(), Work()
    together = Together(first, second)
    first.gate.clear()
    held = asyncio.create_task(together.ask(0))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(together.ask(n)) for n in range(1, BESIDE + 1)]
    async with asyncio.timeout(20):
        assert await asyncio.gather(*others) == [2 * n for n in range(1, BESIDE + 1)]
    first.gate.set()
    assert await held == 0
    assert (first.batches, second.batches) == ([[0]], [list(range(1, BESIDE + 1))])


async def test_fewer_wait_for_the_first() -> None:
    first, second = Work(), Work()
    together = Together(first, second)
    first.gate.clear()
    held = asyncio.create_task(together.ask(0))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(together.ask(n)) for n in range(1, BESIDE)]
    await asyncio.sleep(0.01)
    first.gate.set()
    assert await asyncio.gather(held, *others) == [2 * n for n in range(BESIDE)]
    assert (first.batches, second.batches) == ([[0], list(range(1, BESIDE))], [])


@pytest.mark.parametrize("seed", range(40))
async def test_whoever_comes_and_goes_gets_his_answer_and_no_work_does_two_things_at_a_time(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    works = [_Slow(chance) for _ in range(chance.randint(1, 3))]
    together = Together(*works)

    async def come() -> None:
        for _ in range(10):
            await asyncio.sleep(chance.choice((0, 0, 0.001)))
            n = chance.randrange(1000)
            asking = asyncio.create_task(together.ask(n))
            if chance.random() < 0.1:
                await asyncio.sleep(0)
                asking.cancel()
                await asyncio.wait([asking])
            elif chance.random() < 0.8:
                assert await asking == 2 * n
            else:
                assert (await asyncio.gather(asking, together.ask(n + 1)))[1] == 2 * n + 2

    async with asyncio.timeout(20):
        await asyncio.gather(*(come() for _ in range(chance.randint(1, 40))))
    assert max(each.most for each in works) == 1


class _Slow:
    def __init__(self, chance: random.Random) -> None:
        self.chance, self.under_way, self.most = chance, 0, 0

    async def __call__(self, asked: Sequence[int]) -> list[int]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(self.chance.choice((0, 0.001, 0.002)))
        self.under_way -= 1
        return [2 * each for each in asked]


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
