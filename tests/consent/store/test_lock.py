"""Facts stand still while an event about them is committed (facts contract, F5)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.known.family import Versions
from consent.store.fact_store import FactStore
from consent.store.holding import lock
from consent.store.recording import register_person
from consent.store.tables import fact, person
from gateway.database.engine import create_engine, write_transaction
from tests.consent.store import make

LONG = 0.3
"""Seconds in which somebody who need not wait would be done."""


async def versions(engine: AsyncEngine, store: FactStore) -> Versions:
    async with engine.connect() as connection:
        return (await store.gather(connection, make.BSN, make.SEM)).versions


async def test_what_did_not_move_is_held(engine: AsyncEngine, store: FactStore) -> None:
    expected = await versions(engine, store)
    async with write_transaction(engine) as connection:
        assert await lock(connection, expected)


async def test_who_is_nobody_is_held_too(engine: AsyncEngine, store: FactStore) -> None:
    registry = (await versions(engine, store)).registry
    async with write_transaction(engine) as connection:
        assert await lock(connection, Versions((), registry))
        assert await lock(connection, Versions((), None))
        assert not await lock(connection, Versions((), -1))


async def test_a_fact_raises_the_version_of_everybody_whom_it_concerns_and_nobody_else(
    engine: AsyncEngine, store: FactStore
) -> None:
    before = dict((await versions(engine, store)).persons)
    await make.record(engine, store, "consents", make.CONSENT)
    after = dict((await versions(engine, store)).persons)
    assert {name: after[name] - before[name] for name in after} == {"sem": 1, "moeder": 1, "luus": 0}


async def test_a_version_that_moved_is_seen_at_the_commit(engine: AsyncEngine, store: FactStore) -> None:
    expected = await versions(engine, store)
    await make.record(engine, store, "refusals", {"about": "sem", "given_by": "sem", "on": "2026-03-01"})
    async with write_transaction(engine) as connection:
        assert not await lock(connection, expected)


async def test_a_relative_who_left_the_family_is_seen_at_the_commit(engine: AsyncEngine, store: FactStore) -> None:
    expected = await versions(engine, store)
    async with engine.begin() as connection:
        await connection.execute(update(person).where(person.c.id == "luus").values(family="elsewhere"))
    async with write_transaction(engine) as connection:
        assert not await lock(connection, expected)


async def test_a_recorder_waits_for_an_exchange_that_holds_the_facts(engine: AsyncEngine, store: FactStore) -> None:
    expected = await versions(engine, store)
    async with write_transaction(engine) as connection:
        assert await lock(connection, expected)
        recorder = asyncio.create_task(make.record(engine, store, "consents", make.CONSENT))
        done, _ = await asyncio.wait({recorder}, timeout=LONG)
        assert not done
    await recorder
    assert await versions(engine, store) != expected


async def test_a_newcomer_waits_for_an_exchange_that_holds_the_family(engine: AsyncEngine, store: FactStore) -> None:
    async def arrive() -> None:
        async with write_transaction(engine) as connection:
            await register_person(connection, store, "oma", family="f1", identifiers={})

    expected = await versions(engine, store)
    async with write_transaction(engine) as connection:
        assert await lock(connection, expected)
        newcomer = asyncio.create_task(arrive())
        done, _ = await asyncio.wait({newcomer}, timeout=LONG)
        assert not done
    await newcomer


async def test_an_exchange_waits_for_a_recorder_and_then_sees_what_was_said(
    engine: AsyncEngine, store: FactStore
) -> None:
    async def commit() -> bool:
        async with write_transaction(engine) as connection:
            return await lock(connection, expected)

    expected = await versions(engine, store)
    async with write_transaction(engine) as connection:
        await make.tell(connection, store, "consents", make.CONSENT)
        exchange = asyncio.create_task(commit())
        done, _ = await asyncio.wait({exchange}, timeout=LONG)
        assert not done
    assert not await exchange


async def test_an_exchange_that_waits_for_a_newcomer_then_sees_him(engine: AsyncEngine, store: FactStore) -> None:
    async def commit() -> bool:
        async with write_transaction(engine) as connection:
            return await lock(connection, expected)

    expected = await versions(engine, store)
    async with write_transaction(engine) as connection:
        await register_person(connection, store, "oma", family="f1", identifiers={})
        exchange = asyncio.create_task(commit())
        done, _ = await asyncio.wait({exchange}, timeout=LONG)
        assert not done
    assert not await exchange


@pytest.mark.server
async def test_two_exchanges_do_not_wait_for_each_other(postgres_url: str) -> None:
    async with make.engine_at(postgres_url) as engine:
        store = FactStore(make.key_service())
        await make.populate(engine, store)
        expected = await versions(engine, store)
        async with write_transaction(engine) as one, write_transaction(engine) as other:
            assert await lock(one, expected)
            assert await asyncio.wait_for(lock(other, expected), timeout=5)


async def test_recorders_at_once_all_count_and_none_is_lost(engine: AsyncEngine, store: FactStore) -> None:
    before = dict((await versions(engine, store)).persons)
    consents = [make.record(engine, store, "consents", make.CONSENT) for _ in range(4)]
    refusals = [
        make.record(engine, store, "refusals", {"about": "moeder", "given_by": "sem", "on": "2026-03-01"})
        for _ in range(4)
    ]
    await asyncio.gather(*consents, *refusals)
    after = dict((await versions(engine, store)).persons)
    assert {name: after[name] - before[name] for name in after} == {"sem": 8, "moeder": 8, "luus": 0}


async def test_a_recorder_who_fails_leaves_nothing_behind(engine: AsyncEngine, store: FactStore) -> None:
    expected = await versions(engine, store)

    async def fail() -> None:
        async with write_transaction(engine) as connection:
            await make.tell(connection, store, "consents", make.CONSENT)
            raise RuntimeError("after the fact")

    with pytest.raises(RuntimeError, match="after the fact"):
        await fail()
    assert await versions(engine, store) == expected


async def test_the_time_of_knowing_is_read_after_the_waiting(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        await make.tell(connection, store, "consents", make.CONSENT)
        second = asyncio.create_task(
            make.record(engine, store, "refusals", {"about": "sem", "given_by": "sem", "on": "2026-03-01"})
        )
        await asyncio.sleep(LONG)
        # This machine's own clock: the database's is what is tested, and has whole milliseconds on SQLite.
        end = datetime.now(UTC) - timedelta(milliseconds=1)
    assert (await second).recorded_at >= end


async def test_facts_become_known_in_the_order_of_their_versions(engine: AsyncEngine, store: FactStore) -> None:
    for _ in range(3):
        await make.record(engine, store, "consents", make.CONSENT)
    async with engine.connect() as connection:
        rows = (
            await connection.execute(
                select(fact.c.version, fact.c.recorded_at).where(fact.c.person == "sem").order_by(fact.c.seq)
            )
        ).all()
    assert rows == sorted(rows)


async def test_a_full_disk_of_waiters_ends_in_an_error_not_in_a_yes(tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('busy') / 'schakel.db'}"
    async with make.engine_at(url) as engine:
        store = FactStore(make.key_service())
        await make.populate(engine, store)
        impatient = create_engine(url)
        expected = await versions(engine, store)
        async with write_transaction(engine):
            async with impatient.connect() as connection:
                await connection.exec_driver_sql("PRAGMA busy_timeout = 1")
            with pytest.raises(Exception, match="database is locked"):
                async with write_transaction(impatient) as connection:
                    assert not await lock(connection, expected)
        await impatient.dispose()
