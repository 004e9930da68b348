"""What somebody takes back is taken back whole: what others had written down for him goes with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from audit.read import events_about
from consent.known.family import Family
from consent.store.fact_store import FactStore
from consent.store.recording import amend
from gateway.database.engine import write_transaction
from gateway.notices.tables import notice_due
from tests.consent.make import authority, consent
from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, say, told
from tests.gateway.facts.attacks.saying import ASSISTED, YES
from tests.gateway.facts.attacks.test_chosen_again import (
    AGREES,
    IDENTITY,
    STATEMENT,
    WAS_PRESENT,
    agreed,
    chosen_by_sem,
)
from tests.gateway.facts.attacks.test_of_help import MANDATE
from tests.gateway.running import Running, running
from tests.properties.every_basis import world_of_basis

OFF: Json = {"categories": {"goals": False}}
SAID: Json = {"LB-02": {"consents": [consent("sem", categories=["help-status"])]}, "LB-27": {}}


def world(basis: str, **more: object) -> Json:
    """Return the world of a basis, in which three organisations help."""
    return world_of_basis(basis, **{**SAID[basis], "involvements": helps("team", "zorg", "ggz"), **more})


async def said(gateway: Running, kind: str) -> int:
    """Return how many events of a kind there are about the youth."""
    async with gateway.gateway.engine.connect() as connection:
        return [each.leaf_json["kind"] for each in await events_about(connection, "sem")].count(kind)


async def chosen(gateway: Running, by: str, **more: object) -> str:
    """Have `by` choose the mentor, and helpers and the mentor himself make that whole."""
    fact = await told(gateway, by, "mandates", MANDATE | more)
    await told(gateway, "zoe", f"mandates/{fact}/confirm", IDENTITY)
    await told(gateway, "mentor:luus", f"mandates/{fact}/confirm", STATEMENT)
    return fact


async def test_with_a_yes_goes_what_a_helper_wrote_down_for_its_giver(tmp_path: Path, database_url: str) -> None:
    at = world("LB-02")
    async with running(at, tmp_path, database_url=database_url) as gateway:
        await told(gateway, "zoe", "consents", YES | ASSISTED)
        await told(gateway, "chris", f"consents/{await told(gateway, 'anna', 'consents', YES | ASSISTED)}/confirm", {})
        await told(gateway, "sem", "consents/c-sem/close", {})
        assert not await opens(gateway, at)
        assert await said(gateway, "consent.withdrawn") == 3
        # Who relied on any of them is told so.
        async with gateway.gateway.engine.connect() as connection:
            assert len({*await connection.scalars(select(notice_due.c.fact))}) == 3
        # Who says so twice takes back nothing that was said since.
        again = await told(gateway, "zoe", "consents", YES | ASSISTED)
        await told(gateway, "chris", f"consents/{again}/confirm", {})
        await told(gateway, "sem", "consents/c-sem/close", {})
        assert await opens(gateway, at)


async def test_with_a_yes_that_a_helper_withdraws_no_other_goes(tmp_path: Path) -> None:
    at = world("LB-02")
    async with running(at, tmp_path) as gateway:
        await told(gateway, "chris", "consents", YES | ASSISTED)
        await told(gateway, "zoe", "consents/c-sem/close", {})
        assert await opens(gateway, at)


async def test_with_a_yes_that_a_helper_withdrew_before_its_giver_did_go_the_others_too(tmp_path: Path) -> None:
    at = world("LB-02")
    async with running(at, tmp_path) as gateway:
        await told(gateway, "zoe", "consents/c-sem/close", {})
        await told(gateway, "chris", "consents", YES | ASSISTED)
        assert await opens(gateway, at)
        await told(gateway, "sem", "consents/c-sem/close", {})
        assert not await opens(gateway, at)


@pytest.mark.parametrize("name", ["gi", "jan"], ids=["by its id", "by a professional"])
async def test_with_an_organisations_yes_goes_what_a_helper_wrote_down_for_it(tmp_path: Path, name: str) -> None:
    guardian: Json = {"authority": [authority("gi", kind="guardianship")], "consents": []}
    at = world_of_basis("LB-01", age=7, involvements=helps("team", "zorg", "ggz"), **guardian)
    goals: Json = {"categories": ["goals"]}
    async with running(at, tmp_path) as gateway:
        own = await told(gateway, "jan", "consents", YES | goals)
        ready = await told(gateway, "anna", "consents", YES | ASSISTED | {"given_by": name, "categories": ["school"]})
        await told(gateway, "zoe", "consents", YES | ASSISTED | goals | {"given_by": name})
        await told(gateway, "jan", f"consents/{own}/close", {})
        assert not await opens(gateway, at)
        await refused(gateway, "zoe chris", f"consents/{ready}/confirm", {}, status=422)


@pytest.mark.parametrize(
    "less",
    [{"recipients": ["anna"]}, {"categories": ["help-status", "goals"]}, {"holders": "any"}],
    ids=["a colleague", "more besides", "of any"],
)
async def test_with_a_yes_goes_each_that_lets_through_some_of_the_same(tmp_path: Path, less: Json) -> None:
    at = world("LB-02")
    async with running(at, tmp_path) as gateway:
        await told(gateway, "zoe", "consents", YES | ASSISTED | less)
        assert await opens(gateway, at)
        await told(gateway, "sem", "consents/c-sem/close", {})
        assert not await opens(gateway, at)


@pytest.mark.parametrize(
    "other",
    [
        {"categories": ["goals"]},
        {"recipients": ["zorg"]},
        {"holders": ["zorg"]},
        {"purposes": ["referral"]},
    ],
    ids=["category", "recipient", "holder", "purpose"],
)
async def test_a_yes_to_something_else_goes_on(tmp_path: Path, other: Json) -> None:
    at = world("LB-02", consents=[])
    async with running(at, tmp_path) as gateway:
        withdrawn = await told(gateway, "sem", "consents", YES | other)
        await told(gateway, "chris", "consents", YES | ASSISTED)
        await told(gateway, "sem", f"consents/{withdrawn}/close", {})
        assert await opens(gateway, at)


async def test_neither_what_another_gave_goes_nor_what_was_taken_back_before(tmp_path: Path) -> None:
    told_by_register = consent("sem", id="c2", categories=["help-status"], identity_verified=False)
    at = world("LB-02", consents=[*SAID["LB-02"]["consents"], told_by_register])
    at["involvements"] += [{**each, "id": f"{each['id']}-zus", "about": "zus"} for each in helps("zorg")]
    async with running(at, tmp_path) as gateway:
        await told(gateway, "zoe", "consents", YES | ASSISTED | {"given_by": "moeder"})
        await told(gateway, "zoe", "consents", YES | ASSISTED | {"about": "zus"})
        before = await told(gateway, "zoe", "consents", YES | ASSISTED)
        await told(gateway, "zoe", f"consents/{before}/close", {})
        await told(gateway, "sem", "consents/c-sem/close", {})
        assert await said(gateway, "consent.withdrawn") == 2


async def test_what_the_giver_said_with_his_own_login_he_takes_back_himself(tmp_path: Path) -> None:
    at = world("LB-02", consents=[])
    async with running(at, tmp_path) as gateway:
        wide, narrow = [
            await told(gateway, "sem", "consents", YES | {"categories": each})
            for each in (["help-status", "goals"], ["help-status"])
        ]
        confirmed = await told(gateway, "anna", "consents", YES | ASSISTED)
        await told(gateway, "sem", f"consents/{confirmed}/confirm", {})
        for each in (wide, narrow, confirmed):
            assert await opens(gateway, at)
            await told(gateway, "sem", f"consents/{each}/close", {})
        assert not await opens(gateway, at)


@pytest.mark.parametrize("chosen_by", ["anna", "sem"], ids=["by a helper", "by himself"])
async def test_with_a_mentor_whom_the_youth_takes_back_goes_each_mandate_that_a_helper_recorded(
    tmp_path: Path, database_url: str, chosen_by: str
) -> None:
    at = world("LB-27")
    async with running(at, tmp_path, database_url=database_url) as gateway:
        other = await chosen(gateway, chosen_by)
        later = await chosen(gateway, chosen_by, since="2026-06-01")
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        assert await opens(gateway, at) is (chosen_by == "sem")
        for each in (other, later):
            again = await say(gateway, "zoe", f"mandates/{each}/confirm", IDENTITY)
            assert again.status == (201 if chosen_by == "sem" else 422)


async def test_what_the_youth_switches_off_is_off_in_each_mandate_that_a_helper_recorded(
    tmp_path: Path, database_url: str
) -> None:
    at = world("LB-27")
    async with running(at, tmp_path, database_url=database_url) as gateway:
        other = await chosen(gateway, "anna", categories=["goals", "professionals"])
        await told(gateway, "sem", "mandates/m1/switches", OFF)
        assert not await opens(gateway, at)
        # What he switches on is on in the one that he switches.
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"appointments": False, "goals": True}})
        assert await opens(gateway, at)
        # Of a mandate that had it not nothing is told.
        assert await said(gateway, "mandate.changed") == 3 + 2 + 1
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        answer = await gateway.call("sem", "GET", "/api/v1/persons/sem/facts")
        [left] = [each["fields"] for each in json.loads(answer.body)["facts"] if each["id"] == other]
        assert left["categories"] == ["professionals"]
        assert "youth_withdrew_on" in left


async def test_what_was_taken_back_is_confirmed_by_nobody(tmp_path: Path) -> None:
    at = world("LB-27")
    async with running(at, tmp_path) as gateway:
        chosen_himself = await told(gateway, "sem", "mandates", MANDATE)
        await told(gateway, "sem", f"mandates/{chosen_himself}/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "zoe", f"mandates/{chosen_himself}/confirm", IDENTITY, status=422)
        yes = await told(gateway, "anna", "consents", YES | ASSISTED)
        await told(gateway, "sem", f"consents/{yes}/close", {})
        await refused(gateway, "sem zoe chris", f"consents/{yes}/confirm", {}, status=422)


async def test_another_mentor_stays(tmp_path: Path) -> None:
    async with running(world("LB-27"), tmp_path) as gateway:
        other = await told(gateway, "anna", "mandates", MANDATE | {"mentor": "zus"})
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "zoe", f"mandates/{other}/confirm", IDENTITY)


async def test_what_he_chose_himself_he_switches_off_himself(tmp_path: Path) -> None:
    at = world("LB-27")
    async with running(at, tmp_path) as gateway:
        await chosen(gateway, "sem")
        await told(gateway, "sem", "mandates/m1/switches", OFF)
        assert await opens(gateway, at)


@pytest.mark.parametrize("says_so", ["moeder", "zoe"], ids=["herself", "a helper"])
async def test_with_a_mentor_whom_a_parent_suspends_goes_each_mandate_to_which_a_helper_said_that_she_agrees(
    tmp_path: Path, database_url: str, says_so: str
) -> None:
    at = agreed()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        other = await chosen_by_sem(gateway)
        how = AGREES if says_so == "moeder" else WAS_PRESENT
        await told(gateway, says_so, f"mandates/{other}/confirm", how)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        assert await opens(gateway, at) is (says_so == "moeder")


async def test_what_a_guardian_institution_agreed_to_itself_it_takes_back_itself(tmp_path: Path) -> None:
    at = agreed()
    at["authority"] = [authority("gi", kind="guardianship")]
    at["mandates"][0]["parent_agreements"] = [{"by": "gi", "on": "2026-01-15"}]
    async with running(at, tmp_path) as gateway:
        await told(gateway, "jan", f"mandates/{await chosen_by_sem(gateway)}/confirm", AGREES)
        await told(gateway, "jan", "mandates/m1/close", {"field": "suspended_on"})
        assert await opens(gateway, at)


async def test_it_goes_too_where_another_parent_agreed_himself(tmp_path: Path) -> None:
    at = agreed()
    at["authority"].append(authority("vader"))
    at["mandates"][0]["parent_agreements"].append({"by": "vader", "on": "2026-01-15"})
    async with running(at, tmp_path) as gateway:
        other = await chosen_by_sem(gateway)
        await told(gateway, "zoe", f"mandates/{other}/confirm", WAS_PRESENT)
        await told(gateway, "vader", f"mandates/{other}/confirm", AGREES)
        assert await opens(gateway, at)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        assert not await opens(gateway, at)


async def test_it_stays_where_a_register_told_that_she_agrees_and_a_helper_said_so_again(tmp_path: Path) -> None:
    at = agreed()
    at["authority"].append(authority("vader"))
    both = [{"by": name, "on": "2026-01-15"} for name in ("moeder", "vader")]
    at["mandates"] = [{**at["mandates"][0], "id": name, "parent_agreements": both} for name in ("m1", "m2")]
    async with running(at, tmp_path) as gateway:
        await told(gateway, "zoe", "mandates/m2/confirm", WAS_PRESENT)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        assert await opens(gateway, at)


async def test_an_end_for_later_takes_others_along_once_it_is_now(tmp_path: Path) -> None:
    at = agreed()
    async with running(at, tmp_path) as gateway:
        await told(gateway, "zoe", f"mandates/{await chosen_by_sem(gateway)}/confirm", WAS_PRESENT)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on", "on": "2026-05-01"})
        assert await opens(gateway, at)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        assert not await opens(gateway, at)


async def test_with_a_mandate_that_a_helper_suspended_before_the_parent_did_go_the_others_too(tmp_path: Path) -> None:
    at = agreed()
    async with running(at, tmp_path) as gateway:
        await told(gateway, "zoe", f"mandates/{await chosen_by_sem(gateway)}/confirm", WAS_PRESENT)
        await told(gateway, "anna", "mandates/m1/close", {"field": "suspended_on"})
        assert await opens(gateway, at)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        assert not await opens(gateway, at)


async def test_with_a_mandate_that_a_helper_ends_no_other_goes(tmp_path: Path) -> None:
    at = world("LB-27")
    async with running(at, tmp_path) as gateway:
        await chosen(gateway, "anna")
        await told(gateway, "anna", "mandates/m1/close", {"field": "until"})
        assert await opens(gateway, at)


@pytest.mark.parametrize("others", [0, 1])
async def test_who_may_not_take_it_back_takes_nothing_back_for_as_much_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    at, held, reads = world("LB-27"), FactStore.held, 0
    async with running(at, tmp_path) as gateway:
        for _ in range(others):
            await chosen(gateway, "anna")

        async def counted(*args: Any) -> Family:
            nonlocal reads
            reads += 1
            return await held(*args)

        monkeypatch.setattr(FactStore, "held", counted)
        await refused(gateway, "anna", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "anna", "mandates/m1/switches", OFF)
        assert await said(gateway, "mandate.changed") == 3 * others
        assert reads == 2


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"youth_withdrew_on": "2026-03-01T10:00:00+01:00"}, False),
        ({"youth_withdrew_on": "2026-03-01T10:00:00+01:00"}, True),
        ({"categories": ["appointments"]}, False),
    ],
    ids=["taken back", "and chosen again", "switched off"],
)
async def test_what_was_ready_where_the_version_before_took_back_one_alone_is_made_whole_by_nobody(
    tmp_path: Path, change: Json, *, again: bool
) -> None:
    at = world("LB-27")
    async with running(at, tmp_path) as gateway:
        ready = await told(gateway, "anna", "mandates", MANDATE)
        committer = gateway.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            family = await committer.facts.held(connection, "sem")
            youth: Json = {"form": "person", "id": "sem", "organisation": "persons"}
            known = family.known["mandates", "m1"]
            await amend(connection, committer.facts, family, known, change, recorded_by=youth)
        if again:
            await chosen(gateway, "sem")
        await refused(gateway, "zoe", f"mandates/{ready}/confirm", IDENTITY, status=422)
        await refused(gateway, "mentor:luus", f"mandates/{ready}/confirm", STATEMENT)
