import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from adapters.contract import Mapped, RecordSource, SourceMalformedError, SourceRecord, SourceSilentError
from adapters.memory import MemorySource
from adapters.resilience import Breaker, guarded
from schemas.permits import Permit
from tests.adapters import make


class Moody(MemorySource):
    """Does what it is told before it answers."""

    def __init__(self) -> None:
        super().__init__("noord", "dossier", make.BSN, [])
        self.mood: Exception | None = None
        self.pause = 0.0
        self.asked = 0
        self.inside = 0
        self.most_inside = 0

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        self.asked += 1
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await asyncio.sleep(self.pause)
            if self.mood is not None:
                raise self.mood
            return await super().fetch(permit)
        finally:
            self.inside -= 1


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def around(source: Moody, *, seconds: float = 5, limit: int = 2, clock: Clock | None = None) -> RecordSource:
    breaker = Breaker(threshold=2, rest=timedelta(seconds=10), now=clock or Clock())
    return guarded(source, deadline=timedelta(seconds=seconds), limit=limit, breaker=breaker)


async def silences(source: RecordSource, times: int) -> list[str]:
    said = []
    for _ in range(times):
        with pytest.raises(SourceSilentError) as caught:
            await source.fetch(make.permit())
        said.append(str(caught.value))
    return said


async def test_what_is_behind_it_shines_through() -> None:
    source = around(Moody())
    assert (source.organisation, source.system, source.identifier_system) == ("noord", "dossier", make.BSN)
    assert await source.fetch(make.permit()) == []
    assert source.map([], make.permit()) == Mapped((), ())
    await source.close()


async def test_a_slow_source_is_silent_after_its_deadline() -> None:
    moody = Moody()
    moody.pause = 1
    assert await silences(around(moody, seconds=0.02), 1) == ["no answer within 0.02 s"]


async def test_waiting_for_a_place_counts_towards_the_deadline() -> None:
    moody = Moody()
    moody.pause = 0.1
    source = around(moody, seconds=0.15, limit=1)
    answers = await asyncio.gather(*(source.fetch(make.permit()) for _ in range(2)), return_exceptions=True)
    assert [isinstance(each, SourceSilentError) for each in answers] == [False, True]


async def test_no_more_questions_at_one_time_than_the_limit() -> None:
    moody = Moody()
    moody.pause = 0.01
    source = around(moody, limit=2)
    await asyncio.gather(*(source.fetch(make.permit()) for _ in range(6)))
    assert (moody.asked, moody.most_inside) == (6, 2)


async def test_after_some_silences_it_is_left_in_peace_and_then_tried_once() -> None:
    moody, clock = Moody(), Clock()
    moody.mood = SourceSilentError("down")
    source = around(moody, clock=clock)
    assert await silences(source, 3) == [
        "down",
        "down",
        "not asked: it was silent several times; it is tried again later",
    ]
    clock.seconds = 11
    assert (await silences(source, 2))[0] == "down"
    assert moody.asked == 3
    clock.seconds = 22
    moody.mood = None
    await source.fetch(make.permit())
    await source.fetch(make.permit())
    assert moody.asked == 5


async def test_only_one_probe_goes_through_at_a_time() -> None:
    moody, clock = Moody(), Clock()
    moody.mood = SourceSilentError("down")
    source = around(moody, clock=clock)
    await silences(source, 2)
    clock.seconds, moody.pause, moody.mood = 11, 0.02, None
    answers = await asyncio.gather(*(source.fetch(make.permit()) for _ in range(3)), return_exceptions=True)
    assert [isinstance(each, SourceSilentError) for each in answers] == [False, True, True]


async def test_an_answer_that_cannot_be_read_does_not_count_as_silence() -> None:
    moody = Moody()
    moody.mood = SourceMalformedError("page 1")
    source = around(moody)
    for _ in range(4):
        with pytest.raises(SourceMalformedError):
            await source.fetch(make.permit())
    assert moody.asked == 4


async def test_a_fault_of_an_adapter_is_named_without_its_text() -> None:
    moody = Moody()
    moody.mood = KeyError(make.SEM)
    with pytest.raises(SourceMalformedError, match=r"^fault in the adapter: KeyError$") as caught:
        await around(moody).fetch(make.permit())
    assert caught.value.__cause__ is None


async def test_who_stops_waiting_is_not_told_that_the_source_is_silent() -> None:
    moody = Moody()
    moody.pause = 1
    task = asyncio.create_task(around(moody).fetch(make.permit()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_closing_waits_for_who_was_let_in_and_refuses_who_comes_later() -> None:
    source = Moody()
    source.pause = 0.05
    guard = around(source, limit=1)
    asking = [asyncio.create_task(guard.fetch(make.permit())) for _ in range(2)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(guard.close())
    await asyncio.sleep(0)
    assert await silences(guard, 1) == ["not asked: it is asked no more"]
    await closing
    assert [each.done() for each in asking] == [True, True]
    assert await asyncio.gather(*asking) == [[], []]
