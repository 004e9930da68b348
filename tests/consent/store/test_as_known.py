"""Facts as they were known at an instant, who recorded them, and the word of those who have to confirm."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.keys import SealBrokenError
from consent.known.family import Family, handed
from consent.known.rows import Known
from consent.known.word import Word
from consent.store.fact_store import FactStore
from consent.store.recorders import read_recorders
from gateway.database.engine import write_transaction
from tests.consent.store import make


async def family(engine: AsyncEngine, store: FactStore) -> Family:
    async with write_transaction(engine) as connection:
        return await store.held(connection, "sem")


async def test_what_was_said_later_was_not_known_before(engine: AsyncEngine, store: FactStore) -> None:
    said = await make.record(engine, store, "consents", make.CONSENT)
    ended = await make.amend(engine, store, "consents", said.id, {"withdrawn_on": "2026-03-01"})
    now = await family(engine, store)
    before = said.recorded_at - timedelta(microseconds=1)
    assert ("consents", said.id) not in now.as_known_at(before).known
    then = now.as_known_at(said.recorded_at)
    if said.recorded_at < ended.recorded_at:
        assert "withdrawn_on" not in then.known["consents", said.id].source
    assert "withdrawn_on" in now.as_known_at(ended.recorded_at).known["consents", said.id].source


async def test_as_known_now_is_what_is_known(engine: AsyncEngine, store: FactStore) -> None:
    said = await make.record(engine, store, "consents", make.CONSENT)
    await make.amend(engine, store, "consents", said.id, {"withdrawn_on": "2026-03-01"})
    now = await family(engine, store)
    known = now.as_known_at(datetime.max.replace(tzinfo=UTC))
    assert (known.known, known.sections, known.members) == (now.known, now.sections, now.members)
    assert now.as_known_at(datetime(2015, 1, 1, tzinfo=UTC)).known == {}


async def test_every_row_says_who_recorded_it(engine: AsyncEngine, store: FactStore) -> None:
    said = await make.record(engine, store, "consents", make.CONSENT)
    async with engine.connect() as connection:
        found = await read_recorders(connection, store.keys, "moeder")
        assert await read_recorders(connection, store.keys, "nobody") == {}
    assert (found["sem", said.version].who, found["sem", said.version].recorded_at) == (make.BY, said.recorded_at)
    assert {person for person, _ in found} == {"sem", "moeder", "luus"}


async def test_a_recorder_that_was_moved_to_another_row_is_noticed(store: FactStore, engine: AsyncEngine) -> None:
    said = [await make.record(engine, store, "consents", make.CONSENT) for _ in range(2)]
    if engine.dialect.name == "postgresql":
        pytest.skip("its rows cannot be changed without the owner's hand; the seal is the same")
    async with write_transaction(engine) as connection:
        await connection.execute(text("DROP TRIGGER fact_no_update"))
        await connection.execute(
            text(
                "UPDATE fact SET recorded_by = (SELECT recorded_by FROM fact WHERE version = :other AND person = 'sem')"
                " WHERE version = :one AND person = 'sem'"
            ),
            {"one": said[0].version, "other": said[1].version},
        )
    async with engine.connect() as connection:
        with pytest.raises(SealBrokenError):
            await read_recorders(connection, store.keys, "sem")


JOINT = {"id": "j", "kind": "joint-help", "about": "sem", "organisations": ["a", "b"], "since": "2026-01-01"}


def known(word: Word) -> Known:
    return Known("involvements", "j", "sem", 1, JOINT, word)


def test_a_joint_help_that_everybody_left_is_not_one_that_was_told_by_a_register() -> None:
    left = Word(partners={})
    assert Word(**left.as_json()).partners == {}
    assert handed(known(Word(**left.as_json()))) is None
    assert handed(known(Word(**Word().as_json()))) == JOINT


def test_what_waits_for_a_word_is_handed_over_once_it_was_given() -> None:
    waits = Word(needs=("confirmed_on",))
    assert handed(known(waits)) is None
    assert handed(known(replace(waits, given={"confirmed_on": "2026-01-02"}))) == JOINT
    assert handed(known(replace(waits, given={"confirmed_on": "2026-01-02"}, closed_on="2026-01-03"))) is None
