"""What was gathered a moment ago is used again, and is never stale."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.known.family import Family, Gathered
from consent.store.fact_store import FactStore
from consent.store.holding import lock
from consent.store.recording import register, register_person
from consent.store.remembered import Remembered
from gateway.database.engine import write_transaction
from tests.consent.store import make


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def gather(engine: AsyncEngine, store: FactStore, **more: Any) -> Gathered:
    async with engine.connect() as connection:
        return await store.gather(connection, make.BSN, make.SEM, **more)


async def test_what_did_not_change_is_not_opened_again(engine: AsyncEngine, store: FactStore) -> None:
    assert (await gather(engine, store)).facts is (await gather(engine, store)).facts


Change = Callable[[AsyncEngine, FactStore], Any]


async def _consent(engine: AsyncEngine, store: FactStore) -> None:
    await make.record(engine, store, "consents", make.CONSENT)


async def _refusal(engine: AsyncEngine, store: FactStore) -> None:
    await make.record(engine, store, "refusals", {"about": "sem", "given_by": "sem", "on": "2026-03-01"})


async def _newcomer(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        await register_person(connection, store, "oma", family="f1", identifiers={})


async def _organisation(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        await register(connection, store, [("organisations", {"id": "school", "emergency_opt_in": True})])


@pytest.mark.parametrize("change", [_consent, _refusal, _newcomer, _organisation])
async def test_what_was_committed_between_two_gatherings_is_seen(
    engine: AsyncEngine, store: FactStore, change: Change
) -> None:
    before = await gather(engine, store, also=frozenset({"school"}))
    # Another process records: this one's memory hears nothing of it.
    await change(engine, FactStore(make.key_service()))
    after = await gather(engine, store, also=frozenset({"school"}))
    assert after.versions != before.versions
    async with write_transaction(engine) as connection:
        assert not await lock(connection, before.versions)
        assert await lock(connection, after.versions)
    fresh = await gather(engine, FactStore(make.key_service()), also=frozenset({"school"}))
    assert after.facts == fresh.facts


async def test_what_is_rolled_back_is_not_remembered(engine: AsyncEngine, store: FactStore) -> None:
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await make.tell(connection, store, "consents", make.CONSENT)
        await register(connection, store, [("organisations", {"id": "ghost", "kind": "other"})])
        unkept = await store.gather(connection, make.BSN, make.SEM, also=frozenset({"ghost"}))
        assert len(unkept.facts.consents) == 1
        await transaction.rollback()
    await make.record(engine, store, "refusals", {"about": "sem", "given_by": "moeder", "on": "2026-03-01"})
    async with write_transaction(engine) as connection:
        await register(connection, store, [("organisations", {"id": "real", "kind": "other"})])
    kept = await gather(engine, store, also=frozenset({"ghost", "real"}))
    assert kept.versions == unkept.versions
    assert (len(kept.facts.consents), len(kept.facts.refusals)) == (0, 1)
    assert "ghost" not in {each.id for each in kept.facts.organisations}


def family() -> Family:
    return Family(read_at=datetime(2026, 3, 1, tzinfo=UTC))


def test_nothing_is_remembered_longer_than_a_minute() -> None:
    clock = Clock()
    memory: Remembered[str, Family] = Remembered(clock=clock)
    memory.keep("a", family())
    clock.seconds = 59.9
    assert memory.get("a") is not None
    clock.seconds = 60.0
    assert memory.get("a") is None


def test_what_nobody_asks_for_goes_too() -> None:
    clock = Clock()
    memory: Remembered[str, Family] = Remembered(clock=clock)
    memory.keep("a", family())
    clock.seconds = 60.0
    memory.forget_old()
    clock.seconds = 0.0
    assert memory.get("a") is None


def test_no_more_is_remembered_than_agreed() -> None:
    memory: Remembered[int, Family] = Remembered(most=2)
    for number in range(3):
        memory.keep(number, family())
    assert [memory.get(number) is None for number in range(3)] == [True, False, False]
