"""What a flood of refusals leaves in the log: each that was only counted stands in an event about a minute later."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from audit.events import Event
from gateway.identity import refusal_log
from gateway.identity.refusal_log import Refusal, RefusalLog
from gateway.identity.refusals import UnrecordedError
from tests.gateway.identity.world import World

REFUSAL = Refusal(where="api", error="invalid_token", why="no token")


async def flood(refusals: RefusalLog, over: int) -> None:
    for _ in range(refusal_log.EACH_MINUTE + over):
        await refusals.record(REFUSAL)


async def counted(world: World, number: int) -> list[int]:
    """Wait until the log says of `number` refusals that they were counted, and return how many each event says."""
    async with asyncio.timeout(5):
        while True:
            found = [sum(each["opened"]["detail"]["refused"].values()) for each in await world.logged("flood")]
            if sum(found) >= number:
                return found
            await asyncio.sleep(0.01)


@pytest.fixture
def refusals(world: World, monkeypatch: pytest.MonkeyPatch) -> RefusalLog:
    monkeypatch.setattr(refusal_log, "_UNTIL_TOLD", 0.02)
    return world.services.refusals


def first(refusals: RefusalLog, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[None]]) -> None:
    """Have `act` done before the first count is written."""
    append, acts = refusals.append, [act]

    async def appended(event: Event) -> None:
        if event.kind == "flood" and acts:
            await acts.pop()()
        await append(event)

    monkeypatch.setattr(refusals, "append", appended)


async def test_what_the_log_did_not_take_is_tried_again(
    world: World, refusals: RefusalLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse() -> None:
        raise UnrecordedError("full")

    first(refusals, monkeypatch, refuse)
    await flood(refusals, 3)
    assert await counted(world, 3) == [3]


async def test_what_is_refused_while_the_count_is_written_is_in_the_next(
    world: World, refusals: RefusalLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(refusals, monkeypatch, lambda: refusals.record(REFUSAL))
    await flood(refusals, 3)
    assert await counted(world, 4) == [3, 1]


async def test_who_closes_while_the_count_is_written_waits_for_it(
    world: World, refusals: RefusalLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = asyncio.Event()

    async def slow() -> None:
        writing.set()
        await asyncio.sleep(0.05)

    first(refusals, monkeypatch, slow)
    await flood(refusals, 3)
    await writing.wait()
    await refusals.close()
    assert await counted(world, 3) == [3]


async def test_who_closes_waits_for_no_log_that_hangs_and_what_was_counted_is_not_lost(
    world: World, refusals: RefusalLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusal_log, "_LAST", 0.05)
    writing = asyncio.Event()

    async def hang() -> None:
        writing.set()
        await asyncio.Event().wait()

    first(refusals, monkeypatch, hang)
    await flood(refusals, 3)
    await writing.wait()
    async with asyncio.timeout(5):
        with pytest.raises(UnrecordedError):
            await refusals.close()
    await refusals.close()
    assert await counted(world, 3) == [3]
