"""Who was objected to records the same again, alone or with the same partners; the objection holds for that too."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from schemas.calendar import parse_moment
from schemas.words import Relation
from tests.consent.make import authority, order
from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, told
from tests.gateway.facts.attacks.test_of_help import ACCEPTED, CLIENT_KNOWS, JOINT, MANDATE, REFERRED
from tests.gateway.facts.attacks.test_of_who_people_are import FOSTER
from tests.gateway.facts.household import SEEN
from tests.gateway.running import PERSON, Running, running
from tests.properties.every_basis import world_of_basis

INFORMED = REFERRED | {"client_informed": True}
OBJECT: Json = {"field": "objection_on"}
IDENTITY: Json = {"field": "identity_verified_on", "evidence": {"identity": "identity-document"}}
LATER = parse_moment("2026-04-01")
OBJECTORS = ("sem", "moeder", "zoe")


def referred() -> Json:
    return world_of_basis("LB-26", referrals=[], involvements=helps("team", "zorg"), authority=[authority("moeder")])


def helped() -> Json:
    return world_of_basis("LB-04", involvements=helps("team", "zorg"), authority=[authority("moeder")])


async def joint(gateway: Running, body: Json = JOINT, *partners: str) -> str:
    """Have the team record joint help, its partners accept, and who helps without it tell the client."""
    fact = await told(gateway, "anna", "involvements", body)
    for name in partners or ("chris",):
        await told(gateway, name, f"involvements/{fact}/confirm", ACCEPTED)
    await told(gateway, "zoe", f"involvements/{fact}/confirm", CLIENT_KNOWS)
    return fact


@pytest.mark.parametrize("objector", OBJECTORS)
async def test_an_objection_holds_for_what_the_same_organisation_refers_again(
    tmp_path: Path, database_url: str, objector: str
) -> None:
    at = referred()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "anna", "referrals", INFORMED)
        assert await opens(gateway, at)
        await told(gateway, objector, f"referrals/{once}/close", OBJECT)
        assert not await opens(gateway, at)
        # Whoever of it says so, and however long ago it is said to be.
        for name, more in (("anna", {}), ("anna", {"on": "2026-01-01"}), ("bert", {})):
            await told(gateway, name, "referrals", INFORMED | more)
            assert not await opens(gateway, at)


async def test_an_objection_leaves_the_referral_by_another_as_it_is(tmp_path: Path) -> None:
    at = referred()
    async with running(at, tmp_path) as gateway:
        for name, more in (("zoe", {}), ("anna", {"to": "zorg"})):
            other = await told(gateway, name, "referrals", INFORMED | more)
            await told(gateway, "sem", f"referrals/{other}/close", OBJECT)
        await told(gateway, "anna", "referrals", INFORMED)
        assert await opens(gateway, at)


async def test_an_objection_leaves_the_referral_that_stood_beside_it_as_it_was(tmp_path: Path) -> None:
    at = referred()
    async with running(at, tmp_path) as gateway:
        once, _ = [await told(gateway, "anna", "referrals", INFORMED) for _ in range(2)]
        await told(gateway, "sem", f"referrals/{once}/close", OBJECT)
        assert await opens(gateway, at)


@pytest.mark.parametrize("objector", OBJECTORS)
async def test_an_objection_holds_for_joint_help_that_the_same_partners_record_again(
    tmp_path: Path, database_url: str, objector: str
) -> None:
    at = helped()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await joint(gateway)
        assert await opens(gateway, at)
        await told(gateway, objector, f"involvements/{once}/close", OBJECT)
        assert not await opens(gateway, at)
        await joint(gateway)
        assert not await opens(gateway, at)
        await joint(gateway, JOINT | {"organisations": ["team", "ggz", "gi"]}, "chris", "jan")
        assert not await opens(gateway, at)


@pytest.mark.parametrize("before", [(), ("chris",)], ids=["nobody else", "who accepted"])
async def test_joint_help_that_waited_at_an_objection_to_the_same_opens_no_more(
    tmp_path: Path, database_url: str, before: tuple[str, ...]
) -> None:
    at = helped()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await joint(gateway)
        waits = await told(gateway, "anna", "involvements", JOINT)
        for name in before:
            await told(gateway, name, f"involvements/{waits}/confirm", ACCEPTED)
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        for name in {"chris"} - {*before}:
            await told(gateway, name, f"involvements/{waits}/confirm", ACCEPTED)
        await told(gateway, "zoe", f"involvements/{waits}/confirm", CLIENT_KNOWS)
        assert not await opens(gateway, at)


async def test_joint_help_that_was_to_begin_after_an_objection_to_the_same_is_objected_to(
    tmp_path: Path, database_url: str
) -> None:
    at = helped()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await joint(gateway)
        later = await joint(gateway, JOINT | {"since": "2026-04-01"})
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
        [found] = [one for one in gathered.facts.involvements if one.id == later]
        assert found.objection_on == found.since


async def test_an_objection_leaves_the_joint_help_that_stood_beside_it_as_it_was(tmp_path: Path) -> None:
    at = helped()
    async with running(at, tmp_path) as gateway:
        once, other = [await joint(gateway) for _ in range(2)]
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        # Who says again what he said opens nothing by it.
        await told(gateway, "chris", f"involvements/{other}/confirm", ACCEPTED)
        await told(gateway, "zoe", f"involvements/{other}/confirm", CLIENT_KNOWS)
        assert await opens(gateway, at)


async def test_partners_who_left_what_was_objected_to_do_not_begin_anew(tmp_path: Path) -> None:
    at = helped()
    async with running(at, tmp_path) as gateway:
        once = await joint(gateway)
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        for name in ("anna", "chris"):
            await told(gateway, name, f"involvements/{once}/close", {"field": "left_by"})
        await joint(gateway)
        assert not await opens(gateway, at)


async def test_an_objection_leaves_joint_help_of_others_as_it_is(tmp_path: Path) -> None:
    at = helped()
    async with running(at, tmp_path) as gateway:
        other = await joint(gateway, JOINT | {"organisations": ["team", "gi"]}, "jan")
        await told(gateway, "sem", f"involvements/{other}/close", OBJECT)
        await joint(gateway)
        assert await opens(gateway, at)


@pytest.mark.parametrize("first", [{}, {"switched off": True}], ids=["on", "off"])
async def test_two_helpers_do_not_choose_again_the_mentor_whom_the_youth_took_back(tmp_path: Path, first: Json) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        if first:
            await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": False, "appointments": False}})
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        assert not await opens(gateway, at)
        for name in ("sem", "anna"):
            fact = await told(gateway, name, "mandates", MANDATE)
            await told(gateway, "zoe", f"mandates/{fact}/confirm", IDENTITY)
            await told(gateway, "mentor:luus", f"mandates/{fact}/confirm", {"field": "confidentiality_statement_on"})
            assert await opens(gateway, at)


async def test_a_mandate_that_helpers_have_ready_brings_nobody_back_whom_the_youth_took_back(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "mandates", MANDATE)
        await told(gateway, "mentor:luus", f"mandates/{ready}/confirm", {"field": "confidentiality_statement_on"})
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "zoe", f"mandates/{ready}/confirm", IDENTITY, status=422)
        # Nor is another one chosen for him because that one stands behind the one he took back.
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        assert not await opens(gateway, at)


async def test_a_mandate_that_the_youth_chose_himself_goes_on_where_he_takes_an_earlier_one_back(
    tmp_path: Path,
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        other = await told(gateway, "sem", "mandates", MANDATE)
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "zoe", f"mandates/{other}/confirm", IDENTITY)
        await told(gateway, "mentor:luus", f"mandates/{other}/confirm", {"field": "confidentiality_statement_on"})
        assert await opens(gateway, at)


@pytest.mark.parametrize("before", [{"since": "2025-08-01", "until": "2026-02-01"}, {"categories": ["appointments"]}])
async def test_what_the_youth_chose_before_he_took_his_mentor_back_is_no_choice_after_it(
    tmp_path: Path, before: Json
) -> None:
    at = world_of_basis("LB-27", mandates=[], involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        await told(gateway, "sem", "mandates", MANDATE | before)
        chosen = await told(gateway, "anna", "mandates", MANDATE)
        await told(gateway, "zoe", f"mandates/{chosen}/confirm", IDENTITY)
        await told(gateway, "mentor:luus", f"mandates/{chosen}/confirm", {"field": "confidentiality_statement_on"})
        assert await opens(gateway, at)
        await told(gateway, "sem", f"mandates/{chosen}/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        assert not await opens(gateway, at)


async def test_two_helpers_do_not_choose_for_a_mentor_what_the_youth_switched_off_for_him(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    statement: Json = {"field": "confidentiality_statement_on"}
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "mandates", MANDATE)
        await told(gateway, "mentor:luus", f"mandates/{ready}/confirm", statement)
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": False}})
        await refused(gateway, "zoe", f"mandates/{ready}/confirm", IDENTITY, status=422)
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        await told(gateway, "anna", "mandates", MANDATE | {"categories": ["appointments", "professionals"]})
        assert not await opens(gateway, at)
        # He says it himself: he switches it on again, or chooses it anew.
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": True}})
        for name in ("anna", "sem"):
            await told(gateway, name, "mandates", MANDATE)
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": False}})
        for name, status in (("anna", 422), ("sem", 201), ("anna", 201)):
            await refused(gateway, name, "mandates", MANDATE, status=status)


async def test_a_mentor_whom_the_youth_took_back_has_from_helpers_only_what_he_chose_again(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "sem", "mandates", MANDATE | {"categories": ["appointments"]})
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        await told(gateway, "anna", "mandates", MANDATE | {"categories": ["appointments"]})
        await told(gateway, "sem", "mandates", MANDATE)
        await told(gateway, "anna", "mandates", MANDATE)


async def test_another_mentor_is_chosen_by_a_helper_after_one_was_taken_back(tmp_path: Path) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "anna", "mandates", MANDATE | {"mentor": "zus"})


async def test_foster_care_does_not_undo_that_the_executor_of_an_order_ended_it(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        again = await told(gateway, "chris", "family", FOSTER)
        assert not await opens(gateway, at)
        await refused(gateway, "chris psych anna joost", f"family/{again}/confirm", SEEN)
        assert not await opens(gateway, at)
        await told(gateway, "jan", f"family/{again}/confirm", SEEN)
        assert await opens(gateway, at)


async def test_foster_care_does_not_outlast_an_end_that_the_executor_set_for_later(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", "on": "2026-04-01"})
        # No longer than he let it be, foster care says by itself.
        within = await told(gateway, "chris", "family", FOSTER | {"until": "2026-03-20"})
        beyond = await told(gateway, "chris", "family", FOSTER)
        assert [await needs(gateway, each) for each in (within, beyond)] == [[], ["confirmed_on"]]


@pytest.mark.parametrize("order_of_words", [("once", "later"), ("later", "once")], ids=["behind it", "before it"])
async def test_foster_care_that_was_to_begin_later_waits_once_the_executor_ended_it(
    tmp_path: Path, database_url: str, order_of_words: tuple[str, str]
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    said = {"once": FOSTER, "later": FOSTER | {"since": "2026-04-01"}}
    async with running(at, tmp_path, database_url=database_url) as gateway:
        fact = {name: await told(gateway, "chris", "family", said[name]) for name in order_of_words}
        assert await begins(gateway) == [None, LATER]
        await told(gateway, "jan", f"family/{fact['once']}/close", {"field": "until"})
        assert await begins(gateway) == [None]
        assert await needs(gateway, fact["later"]) == ["confirmed_on"]
        await refused(gateway, "chris psych anna joost", f"family/{fact['later']}/confirm", SEEN)
        await told(gateway, "jan", f"family/{fact['later']}/confirm", SEEN)
        assert await begins(gateway) == [None, LATER]


@pytest.mark.parametrize("more", [{}, {"since": "2026-01-01"}], ids=["the same", "since another day"])
async def test_foster_care_that_stood_beside_what_the_executor_ended_waits_too(
    tmp_path: Path, database_url: str, more: Json
) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once, beside = [await told(gateway, "chris", "family", FOSTER | each) for each in ({}, more)]
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)
        await told(gateway, "jan", f"family/{beside}/confirm", SEEN)
        assert await opens(gateway, at)


async def test_an_end_sooner_than_the_one_that_the_executor_set_leaves_nothing_within_that(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", "on": "2026-04-01"})
        await told(gateway, "chris", "family", FOSTER | {"until": "2026-03-20"})
        assert await opens(gateway, at)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)


async def test_who_denied_contact_in_foster_care_that_waits_now_denies_it_still(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once, _ = [await told(gateway, "chris", "family", FOSTER | {"contact_denied": each}) for each in (False, True)]
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
        assert [each.relation for each in gathered.facts.family if each.contact_denied] == [Relation.OTHER]


async def test_what_the_executor_confirmed_himself_stands_where_he_ends_what_stood_beside_it(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until", "on": "2026-04-01"})
        beyond = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{beyond}/confirm", SEEN)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert await opens(gateway, at)


async def test_foster_care_that_ends_its_own_word_begins_later_as_it_said(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "chris", "family", FOSTER | {"since": "2026-04-01"})
        await told(gateway, "chris", f"family/{once}/close", {"field": "until"})
        assert await begins(gateway) == [None, LATER]


async def test_the_end_of_one_foster_parent_leaves_another_as_he_was(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once, _ = [await told(gateway, "chris", "family", FOSTER | {"person": each}) for each in ("zus", "luus")]
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        assert await opens(gateway, at)


async def test_foster_care_resumes_alone_once_the_order_is_over_by_which_it_was_ended(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order()])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "jan", f"family/{once}/close", {"field": "until"})
        await told(gateway, "jan", f"orders/{at['orders'][0]['id']}/close", {"field": "ended_on"})
        await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)


async def begins(gateway: Running) -> list[datetime | None]:
    """Return since when the foster parents of Sem are it, as `decide` is told, by instant."""
    gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
    found = [each.since for each in gathered.facts.family if each.relation is Relation.FOSTER_PARENT]
    return sorted(found, key=lambda each: (each is not None, each))


async def needs(gateway: Running, fact: str) -> list[str]:
    """Return which confirmations a family fact of Sem still lacks."""
    answer = await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")
    [found] = [each for each in json.loads(answer.body)["facts"] if each["id"] == fact]
    return list(found["needs"])


async def test_foster_care_resumes_alone_where_nobody_carries_out_an_order(tmp_path: Path) -> None:
    at = world_of_basis("LB-18", family=[], orders=[order(ended_on="2026-02-01")])
    async with running(at, tmp_path) as gateway:
        once = await told(gateway, "chris", "family", FOSTER)
        await told(gateway, "chris", f"family/{once}/close", {"field": "until"})
        assert not await opens(gateway, at)
        await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, at)
