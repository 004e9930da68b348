"""What is gathered about a person."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.known.family import Gathered
from consent.naming import PERSON_SYSTEM
from consent.store.fact_store import FactStore
from consent.store.recording import register
from consent.store.statements import FIND, Prepared
from tests.consent.store import make


async def gather(engine: AsyncEngine, store: FactStore, number: str = make.SEM, **more: Any) -> Gathered:
    async with engine.connect() as connection:
        return await store.gather(connection, more.pop("system", make.BSN), number, **more)


async def test_who_is_named_by_a_number_comes_with_his_whole_family(engine: AsyncEngine, store: FactStore) -> None:
    gathered = await gather(engine, store)
    assert gathered.person == "sem"
    assert {each.id for each in gathered.facts.persons} == {"sem", "moeder", "luus"}


async def test_an_internal_id_names_the_same_person(engine: AsyncEngine, store: FactStore) -> None:
    gathered = await gather(engine, store, "sem", system=PERSON_SYSTEM)
    assert gathered.facts == (await gather(engine, store)).facts


async def test_each_member_has_his_number_in_each_system(engine: AsyncEngine, store: FactStore) -> None:
    gathered = await gather(engine, store)
    assert gathered.identifiers == {make.BSN: {"sem": make.SEM, "moeder": make.MOTHER, "luus": make.AUNT}}


async def test_a_recorded_consent_is_gathered_as_it_was_said(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "consents", make.CONSENT)
    [consent] = (await gather(engine, store)).facts.consents
    assert consent.source == {"id": recorded.id, **make.CONSENT}


async def test_a_change_is_worked_into_the_fact(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "consents", make.CONSENT)
    await make.amend(engine, store, "consents", recorded.id, {"withdrawn_on": "2026-03-01"})
    [consent] = (await gather(engine, store)).facts.consents
    assert consent.source == {"id": recorded.id, **make.CONSENT, "withdrawn_on": "2026-03-01"}


async def test_null_takes_a_field_away(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "consents", {**make.CONSENT, "until": "2026-05-01"})
    await make.amend(engine, store, "consents", recorded.id, {"until": None})
    assert (await gather(engine, store)).facts.consents[0].until is None


async def test_organisations_come_where_a_fact_or_the_caller_names_them(engine: AsyncEngine, store: FactStore) -> None:
    await make.record(engine, store, "consents", make.CONSENT)
    gathered = await gather(engine, store, also=frozenset({"anna", "nobody-knows"}))
    assert [each.id for each in gathered.facts.organisations] == ["team-noord", "ggz-west"]
    assert [each.id for each in gathered.facts.professionals] == ["anna"]


async def test_who_replaces_whom_comes_with_the_professional(engine: AsyncEngine, store: FactStore) -> None:
    replacement = {"id": "r1", "kind": "replacement", "professional": "bert", "replaces": "anna", "since": "2026-01-01"}
    bert = {"id": "bert", "organisation": "team-noord", "role": "youth-professional"}
    async with engine.connect() as connection, connection.begin():
        await register(connection, store, [("professionals", bert), ("involvements", replacement)])
    facts = (await gather(engine, store, also=frozenset({"bert"}))).facts
    assert [each.id for each in facts.involvements] == ["r1"]
    assert {each.id for each in facts.professionals} == {"anna", "bert"}


async def test_a_mandate_with_all_switches_off_is_not_handed_to_decide(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "mandates", make.MANDATE)
    assert (await gather(engine, store)).facts.mandates
    await make.amend(engine, store, "mandates", recorded.id, {"categories": []})
    assert (await gather(engine, store)).facts.mandates == ()
    await make.amend(engine, store, "mandates", recorded.id, {"categories": ["goals"]})
    assert [each.id for each in (await gather(engine, store)).facts.mandates] == [recorded.id]


async def test_nobody_is_an_empty_answer(engine: AsyncEngine, store: FactStore) -> None:
    gathered = await gather(engine, store, "999990044")
    assert (gathered.person, gathered.facts.persons, gathered.versions.persons) == (None, (), ())


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "x" * 5000, "ünïcode", "'; DROP TABLE person; --"])
@pytest.mark.parametrize("system", [make.BSN, PERSON_SYSTEM, "\ud800\0"])
async def test_no_name_however_wild_breaks_the_store(
    engine: AsyncEngine, store: FactStore, system: str, name: str
) -> None:
    assert (await gather(engine, store, name, system=system)).person is None


@pytest.mark.parametrize("round_", ["first", "second"])
async def test_for_nobody_the_same_is_read_as_for_somebody(
    engine: AsyncEngine, store: FactStore, monkeypatch: pytest.MonkeyPatch, round_: str
) -> None:
    reads: list[Prepared] = []
    whole = Prepared.rows

    async def counted(self: Prepared, connection: AsyncConnection, **parameters: Any) -> Sequence[Sequence[Any]]:
        reads.append(self)
        return await whole(self, connection, **parameters)

    await gather(engine, store, make.AUNT)  # the registry is known from here on
    if round_ == "second":
        for number in (make.SEM, "999990044"):
            await gather(engine, store, number)
    monkeypatch.setattr(Prepared, "rows", counted)
    somebody = await gather(engine, store)
    known = list(reads)
    reads.clear()
    nobody = await gather(engine, store, "999990044")
    assert (somebody.person, nobody.person) == ("sem", None)
    assert reads == known
    assert len(reads) == (2 if round_ == "first" else 1)


async def test_nothing_personal_shows_in_a_repr(engine: AsyncEngine, store: FactStore) -> None:
    await make.record(engine, store, "consents", make.CONSENT)
    shown = repr(await gather(engine, store))
    assert not any(secret in shown for secret in (make.SEM, "sem", "2012-05-04", "ggz-west"))


async def test_what_ended_while_it_was_gathered_has_ended(
    engine: AsyncEngine, store: FactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = await make.record(engine, store, "consents", {**make.CONSENT, "on": "2020-01-01"})
    whole = Prepared.rows

    async def withdrawn_between(self: Prepared, connection: AsyncConnection, **parameters: Any) -> Any:
        rows = await whole(self, connection, **parameters)
        if self is FIND and not ended:
            await asyncio.sleep(0.01)
            async with engine.connect() as other:
                ended.append(await store.clock(other))
            await make.amend(engine, store, "consents", recorded.id, {"withdrawn_on": ended[0].isoformat()})
        return rows

    ended: list[datetime] = []
    monkeypatch.setattr(Prepared, "rows", withdrawn_between)
    gathered = await gather(engine, FactStore(make.key_service()))
    [consent] = gathered.facts.consents
    assert consent.withdrawn_on is not None
    assert consent.withdrawn_on <= gathered.at


@pytest.mark.server
async def test_a_connection_that_died_is_given_up_and_the_next_works(postgres_url: str) -> None:
    async with make.engine_at(postgres_url) as engine, make.engine_at(postgres_url) as other:
        store = FactStore(make.key_service())
        await make.populate(engine, store)
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        async with other.connect() as connection:
            await connection.execute(text(f"{kill} AND datname = current_database()"))
        with pytest.raises(SQLAlchemyError):
            await gather(engine, store)
        assert (await gather(engine, store)).person == "sem"
