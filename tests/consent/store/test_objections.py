"""What is objected to stays so where it is recorded again, and as known before nothing had been objected to."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.entries import Involvement, Referral
from consent.known.family import Family
from consent.known.objections import Objection, objected_on
from consent.store.fact_store import FactStore
from gateway.database.engine import write_transaction
from tests.consent.store import make

REFERRAL = {"about": "sem", "by": "anna", "to": "ggz-west", "on": "2026-01-08", "client_informed": True}
JOINT = {"kind": "joint-help", "about": "sem", "organisations": ["team-noord", "ggz-west"], "since": "2026-01-08"}
OBJECTED = {"objection_on": "2026-02-01"}
SAID = [("referrals", REFERRAL), ("involvements", JOINT)]


async def family(engine: AsyncEngine, store: FactStore) -> Family:
    async with write_transaction(engine) as connection:
        return await store.held(connection, "sem")


def handed(found: Family, registry: Any, section: str) -> list[Referral | Involvement]:
    return list(getattr(found.facts(registry, frozenset()), section))


@pytest.mark.parametrize(("section", "said"), SAID)
async def test_as_known_before_an_objection_nobody_had_objected(
    engine: AsyncEngine, store: FactStore, section: str, said: dict[str, Any]
) -> None:
    once = await make.record(engine, store, section, said)
    objected = await make.amend(engine, store, section, once.id, OBJECTED)
    again = await make.record(engine, store, section, said)
    now = await family(engine, store)
    async with engine.connect() as connection:
        registry = await store.registry(connection)
    assert all(one.objection_on for one in handed(now, registry, section))
    assert [one.id for one in handed(now, registry, section)] == [once.id, again.id]
    if once.recorded_at < objected.recorded_at:
        [then] = handed(now.as_known_at(once.recorded_at), registry, section)
        assert then.objection_on is None
    if objected.recorded_at < again.recorded_at:
        [then] = handed(now.as_known_at(objected.recorded_at), registry, section)
        assert (then.id, then.objection_on is None) == (once.id, False)


@pytest.mark.parametrize(("section", "said"), SAID)
async def test_what_was_told_with_its_objection_says_nothing_of_what_stands_beside_it(
    engine: AsyncEngine, store: FactStore, section: str, said: dict[str, Any]
) -> None:
    # As a world file tells it, which is taken as it stands.
    await make.record(engine, store, section, said | OBJECTED)
    other = await make.record(engine, store, section, said)
    async with engine.connect() as connection:
        registry = await store.registry(connection)
    found = handed(await family(engine, store), registry, section)
    assert [one.objection_on is None for one in found if one.id == other.id] == [True]


def on(section: str, source: Mapping[str, Any], before: Mapping[str, Any], *, version: int = 9) -> str | None:
    homes = {"anna": "team-noord", "bert": "team-noord"}
    objections = [Objection(section, {**before, **OBJECTED}, 5)]
    return objected_on(section, source, version, objections, homes)


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({}, True),
        ({"by": "bert"}, True),
        ({"by": "team-noord"}, True),
        ({"by": "oscar"}, False),
        ({"to": "school"}, False),
        ({"about": "luus"}, False),
    ],
)
def test_a_referral_is_told_again_by_whomever_of_the_same_organisation(*, more: dict[str, Any], holds: bool) -> None:
    assert (on("referrals", REFERRAL | more, REFERRAL) is not None) is holds


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({}, True),
        ({"organisations": ["ggz-west", "school", "team-noord"]}, True),
        ({"organisations": ["team-noord"]}, True),
        ({"organisations": ["team-noord", "school"]}, False),
        ({"organisations": ["school"]}, False),
        ({"organisations": []}, False),
        ({"kind": "help"}, False),
        ({"about": "luus"}, False),
    ],
)
def test_joint_help_is_told_again_where_two_of_its_partners_are(*, more: dict[str, Any], holds: bool) -> None:
    assert (on("involvements", JOINT | more, JOINT) is not None) is holds


def test_an_objection_holds_from_when_it_was_said_and_for_nothing_that_was_recorded_before() -> None:
    assert on("referrals", REFERRAL, REFERRAL, version=5) is None
    assert on("referrals", REFERRAL, REFERRAL, version=6) == "2026-02-01"
    assert on("referrals", REFERRAL | {"on": "2026-03-01"}, REFERRAL) == "2026-03-01"
    assert on("referrals", REFERRAL | {"objection_on": "2026-01-20"}, REFERRAL) == "2026-01-20"
    assert on("referrals", REFERRAL | {"objection_on": "2026-02-20"}, REFERRAL) == "2026-02-01"


def test_an_objection_holds_for_joint_help_that_was_to_begin_later_though_it_was_recorded_before() -> None:
    later = JOINT | {"since": "2026-03-01"}
    assert on("involvements", later, JOINT, version=3) == "2026-03-01"
    assert on("involvements", JOINT | {"since": "2026-02-01"}, JOINT, version=3) is None
    assert on("involvements", later | {"organisations": ["team-noord", "school"]}, JOINT, version=3) is None
