"""What is recorded must be an entry of the contract and fit what is known (facts contract, F7)."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.known.contradictions import ContradictionError, require_amendable
from consent.known.registered import EMPTY
from consent.known.rows import Known
from consent.naming import PERSON_SYSTEM
from consent.store.appending import log_key
from consent.store.fact_store import FactStore
from consent.store.recording import UnknownPersonError, record, register, register_person
from consent.store.tables import fact
from consent.world.shape import WorldError
from gateway.database.engine import write_transaction
from tests.consent.store import make


async def rows(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return len((await connection.execute(select(fact.c.seq))).all())


@pytest.mark.parametrize(
    ("section", "told", "place"),
    [
        ("consents", {**make.CONSENT, "colour": "red"}, "consents.colour"),
        ("consents", {**make.CONSENT, "purposes": []}, "consents.purposes"),
        ("consents", {**make.CONSENT, "categories": ["gossip"]}, "consents.categories[0]"),
        ("consents", {**make.CONSENT, "given_by": "stranger"}, "consents.given_by"),
        ("consents", {**make.CONSENT, "recipients": ["team-noord", "nowhere"]}, "consents.recipients[1]"),
        ("consents", {**make.CONSENT, "holders": ["sem"]}, "consents.holders[0]"),
        ("mandates", {**make.MANDATE, "until": "2025-01-01"}, "mandates.until"),
        ("mandates", {**make.MANDATE, "mentor": "anna"}, "mandates.mentor"),
    ],
)
async def test_what_is_no_entry_is_refused_with_its_place(
    engine: AsyncEngine, store: FactStore, section: str, told: Mapping[str, Any], place: str
) -> None:
    before = await rows(engine)
    with pytest.raises(WorldError, match=place.replace("[", r"\[")):
        await make.record(engine, store, section, told)
    assert await rows(engine) == before


async def test_an_order_about_who_is_outside_the_family_is_refused(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        await register_person(connection, store, "buurman", family="f2", identifiers={})
        family = await store.held(connection, "buurman")
        with pytest.raises(UnknownPersonError):
            await record(connection, store, family, "consents", make.CONSENT, recorded_by=make.BY)


async def test_a_second_birth_date_is_a_contradiction(engine: AsyncEngine, store: FactStore) -> None:
    with pytest.raises(ContradictionError) as refused:
        await make.amend(engine, store, "persons", "sem", {"born": "2012-05-05"})
    assert refused.value.field == "born"
    with pytest.raises(ContradictionError) as refused:
        await make.record(engine, store, "persons", {"id": "sem", "born": "2012-05-05"})
    assert refused.value.field == "id"


@pytest.mark.parametrize("change", [{"about": "moeder"}, {"given_by": "luus"}, {"id": "other"}])
async def test_whom_a_fact_is_about_and_whose_word_it_is_stay(
    engine: AsyncEngine, store: FactStore, change: Mapping[str, Any]
) -> None:
    recorded = await make.record(engine, store, "consents", make.CONSENT)
    with pytest.raises(ContradictionError) as refused:
        await make.amend(engine, store, "consents", recorded.id, change)
    assert refused.value.field == next(iter(change))


async def test_an_end_before_its_start_is_a_contradiction(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "consents", make.CONSENT)
    with pytest.raises(ContradictionError) as refused:
        await make.amend(engine, store, "consents", recorded.id, {"withdrawn_on": "2026-01-31"})
    assert refused.value.field == "withdrawn_on"
    await make.amend(engine, store, "consents", recorded.id, {"withdrawn_on": "2026-02-01"})


async def test_a_change_that_makes_nonsense_is_refused(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "mandates", make.MANDATE)
    for change in ({"categories": ["gossip"]}, {"colour": "red"}, {"categories": [], "until": "never"}):
        with pytest.raises(WorldError):
            await make.amend(engine, store, "mandates", recorded.id, change)


async def test_a_number_names_one_person_only(engine: AsyncEngine, store: FactStore) -> None:
    with pytest.raises(ContradictionError):
        async with write_transaction(engine) as connection:
            await register_person(connection, store, "other", family="f2", identifiers={make.BSN: make.SEM})


async def test_the_same_number_in_another_system_is_somebody_elses(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        await register_person(connection, store, "other", family="f2", identifiers={"urn:test:client": make.SEM})
    async with engine.connect() as connection:
        assert (await store.gather(connection, "urn:test:client", make.SEM)).person == "other"
        assert (await store.gather(connection, make.BSN, make.SEM)).person == "sem"


async def test_an_assignment_belongs_to_whom_its_order_is_about(engine: AsyncEngine, store: FactStore) -> None:
    order = {
        "id": "ots",
        "kind": "supervision-order",
        "subject": "sem",
        "executor": "team-noord",
        "since": "2026-01-01",
        "until": "2027-01-01",
    }
    async with write_transaction(engine) as connection:
        family = await store.held(connection, "sem")
        await record(connection, store, family, "orders", order, recorded_by=make.BY)
        family = await store.held(connection, "sem")
        assignment = {"order": "ots", "provider": "school", "since": "2026-02-01"}
        assigned = await record(connection, store, family, "assignments", assignment, recorded_by=make.BY)
    assert assigned.person == "sem"
    async with engine.connect() as connection:
        facts = (await store.gather(connection, PERSON_SYSTEM, "sem")).facts
    assert [each.source for each in facts.assignments] == [assignment]


@pytest.mark.parametrize(
    "entry",
    [
        ("professionals", {"id": "x", "organisation": "nowhere", "role": "teacher"}),
        ("professionals", {"id": "x", "role": "teacher"}),
        ("organisations", {"id": "x", "kind": "spaceship"}),
        (
            "involvements",
            {"id": "x", "kind": "replacement", "professional": "nobody", "replaces": "anna", "since": "2026-01-01"},
        ),
    ],
)
async def test_the_registry_takes_only_what_holds_together(
    engine: AsyncEngine, store: FactStore, entry: tuple[str, Mapping[str, Any]]
) -> None:
    with pytest.raises(WorldError):
        async with write_transaction(engine) as connection:
            await register(connection, store, [entry])
    async with engine.connect() as connection:
        assert "x" not in await store.registry(connection)


async def test_a_later_registration_changes_the_earlier_and_keeps_its_place(
    engine: AsyncEngine, store: FactStore
) -> None:
    async with write_transaction(engine) as connection:
        await register(connection, store, [("professionals", {"id": "anna", "role": "therapist"})])
    async with engine.connect() as connection:
        found = (await store.registry(connection)).named({"anna"})
    assert [each.source for each in found.professionals] == [
        {"id": "anna", "organisation": "team-noord", "role": "therapist"}
    ]


async def test_the_logs_own_key_is_made_once(engine: AsyncEngine, store: FactStore) -> None:
    async with write_transaction(engine) as connection:
        first = await log_key(connection, store.keys)
    async with write_transaction(engine) as connection:
        again = await log_key(connection, store.keys)
    sealed = first.seal(b"x", at=b"here", nonce=bytes(12))
    assert again.open(sealed, at=b"here") == b"x"


def test_an_end_is_taken_although_nobody_in_the_fact_is_known_any_more() -> None:
    said = Known("consents", "c1", "sem", 1, {"id": "c1", **make.CONSENT})
    require_amendable(said, {"withdrawn_on": "2026-12-01"}, {}, EMPTY)


def test_a_fact_that_names_somebody_who_is_not_known_any_more_can_end_and_nothing_else() -> None:
    persons = {("persons", name): Known("persons", name, name, 1, {"id": name}) for name in ("sem", "vader")}
    mandate = {
        "id": "m1",
        "mentor": "buurvrouw",
        "youth": "sem",
        "youth_chose_on": "2026-11-15",
        "identity_verified_on": "2026-11-15",
        "confidentiality_statement_on": "2026-11-15",
        "since": "2026-11-15",
        "until": "2027-04-01",
        "categories": ["goals"],
    }
    said = Known("mandates", "m1", "sem", 1, mandate)
    with pytest.raises(ContradictionError, match=r"^mentor: is not known any more"):
        require_amendable(said, {"parent_agreements": [{"by": "vader", "on": "2026-11-16"}]}, persons, EMPTY)
    require_amendable(said, {"suspended_on": "2026-12-01"}, persons, EMPTY)
    known = persons | {("persons", "buurvrouw"): Known("persons", "buurvrouw", "buurvrouw", 1, {"id": "buurvrouw"})}
    with pytest.raises(WorldError, match="unknown id"):
        require_amendable(said, {"parent_agreements": [{"by": "moeder", "on": "2026-11-16"}]}, known, EMPTY)
