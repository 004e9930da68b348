"""Contact is denied: at once, also where the fact that says so waits for a second word, and it gives nobody a voice."""

from pathlib import Path
from typing import Any

import pytest

from consent.entries import FamilyFact
from consent.known.denials import only_denied
from consent.world.entries import entry
from tests.gateway.facts.attacks.attacking import ask, helps, told
from tests.gateway.facts.household import SEEN, Household, by
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

PARENT = {"person": "mara", "of": "sem", "relation": "parent"}
DENIED = {**PARENT, "contact_denied": True}


def fact(**more: Any) -> FamilyFact:
    read = entry("family", {**PARENT, **more}, "family")
    assert isinstance(read, FamilyFact)
    return read


async def test_a_parent_who_could_look_gets_nothing_from_the_denial_on(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-19", involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        assert (await ask(gateway, world)).status == 200
        await told(gateway, "anna", "family", {**DENIED, "person": "vader"})
        assert (await ask(gateway, world)).status == 403


async def test_a_denial_makes_nobody_a_parent_before_a_second_organisation_says_so(tmp_path: Path) -> None:
    world = world_of_basis("LB-19", family=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        waits = await told(gateway, "anna", "family", {"person": "vader", "of": "sem", "relation": "parent"})
        await told(gateway, "anna", f"family/{waits}/close", {"field": "contact_denied"})
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "juf", f"family/{waits}/confirm", SEEN)
        assert (await ask(gateway, world)).status == 403


async def test_it_is_handed_over_as_a_denial_and_nothing_else(house: Household) -> None:
    await house.told("helper", "family", {**DENIED, "person": "oom", "lives_with": True, "cares_for": True})
    [one] = await house.handed("family", person="oom")
    assert (str(one.relation), one.contact_denied, one.lives_with, one.cares_for) == ("other", True, False, False)


async def test_who_has_a_say_and_is_denied_contact_sees_nothing_from_then_on(house: Household) -> None:
    assert (await house.desk.get("sem", by=by("mother"))).status == 200
    await house.told("stranger", "involvements", {"kind": "help", "about": "sem"})
    await house.told("stranger", "family", DENIED)
    assert (await house.desk.get("sem", by=by("mother"))).status == 403


@pytest.mark.parametrize("relation", ["sibling", "child", "partner", "other", "parent"])
async def test_who_only_says_himself_that_he_helps_learns_by_a_denial_nothing_of_how_old_somebody_is(
    house: Household, relation: str
) -> None:
    told = []
    for about in ("sem", "mara"):
        await house.told("stranger", "involvements", {"kind": "help", "about": about})
        answer = await house.say("stranger", "family", {**DENIED, "person": "oom", "of": about, "relation": relation})
        seen = await house.desk.get(about, by=by("stranger"))
        [fact] = [each for each in seen.body["facts"] if each["id"] == answer.body["id"]]
        told.append((answer.body.get("until"), answer.body["needs"], fact["fields"].get("until"), fact["needs"]))
        [denied] = await house.handed("family", person="oom", of=about)
        assert (denied.contact_denied, denied.until) == (True, None)
    assert told[0] == told[1]


CIRCLES = [("parent", "sem", "mara"), ("grandparent", "sem", "mara"), ("child", "mara", "sem")]


@pytest.mark.parametrize(("relation", "one", "other"), CIRCLES, ids=[relation for relation, *_ in CIRCLES])
async def test_who_only_says_himself_that_he_helps_learns_by_a_denial_nothing_of_who_is_whose_parent(
    house: Household, relation: str, one: str, other: str
) -> None:
    told = []
    for person in (one, other):
        await house.told("stranger", "involvements", {"kind": "help", "about": person})
    # Mara is the parent of Sem: only one way round makes somebody his own ancestor.
    for person, of in ((one, other), (other, one)):
        body = {"person": person, "of": of, "relation": relation, "contact_denied": True}
        answer = await house.say("stranger", "family", body)
        seen = await house.desk.get(of, by=by("stranger"))
        told.append((answer.status, answer.body.get("needs"), [each["needs"] for each in seen.body["facts"]][-1:]))
    assert told[0] == told[1] == (201, ["confirmed_on"], [["confirmed_on"]])


@pytest.mark.parametrize(("relation", "one", "other"), CIRCLES, ids=[relation for relation, *_ in CIRCLES])
async def test_a_denial_that_makes_somebody_his_own_ancestor_is_one_and_gets_no_second_word(
    house: Household, relation: str, one: str, other: str
) -> None:
    body = {"person": one, "of": other, "relation": relation, "contact_denied": True}
    waits = await house.told("helper", "family", body)
    assert await house.wrong("second helper", f"family/{waits}/confirm", SEEN, 409) == ["relation"]
    denied = await house.handed("family", person=one, of=other, contact_denied=True)
    # Mara, who is a parent already, is denied it as that too.
    assert [str(each.relation) for each in denied] == (["other", "parent"] if one == "mara" else ["other"])


async def test_a_denial_keeps_nobody_from_saying_who_is_whose_parent(house: Household) -> None:
    await house.told("stranger", "involvements", {"kind": "help", "about": "oom"})
    await house.told("stranger", "family", {"person": "sem", "of": "oom", "relation": "parent", "contact_denied": True})
    await house.told("helper", "family", {"person": "oom", "of": "sem", "relation": "grandparent"})


async def test_once_it_is_confirmed_it_is_handed_over_as_it_stands_and_once(house: Household) -> None:
    waits = await house.told("helper", "family", {**DENIED, "person": "oom"})
    await house.told("second helper", f"family/{waits}/confirm", SEEN)
    assert [(str(one.relation), one.contact_denied) for one in await house.handed("family", person="oom")] == [
        ("parent", True)
    ]


@pytest.mark.parametrize(
    ("parent", "denial", "during"),
    [
        ({}, {}, {}),
        ({"since": "2020-01-01"}, {"since": "2026-01-01"}, {"since": "2026-01-01"}),
        ({"since": "2026-01-01"}, {"since": "2020-01-01"}, {"since": "2026-01-01"}),
        ({"until": "2030-01-01"}, {"until": "2027-01-01"}, {"until": "2027-01-01"}),
        ({"until": "2027-01-01"}, {}, {"until": "2027-01-01"}),
    ],
)
def test_a_parent_is_denied_it_for_as_long_as_both_hold(
    parent: dict[str, str], denial: dict[str, str], during: dict[str, str]
) -> None:
    [alone, as_parent] = only_denied(fact(contact_denied=True, **denial), [fact(**parent)])
    assert alone == {**DENIED, "relation": "other", **denial}
    assert as_parent == {**DENIED, **during}


@pytest.mark.parametrize(
    "other",
    [{"until": "2026-01-01"}, {"person": "oom"}, {"of": "zus"}, {"relation": "step-parent"}],
    ids=["ended", "another", "of-another", "no-parent"],
)
def test_nobody_becomes_a_parent_by_a_denial(other: dict[str, str]) -> None:
    assert [one["relation"] for one in only_denied(fact(contact_denied=True, since="2026-01-01"), [fact(**other)])] == [
        "other"
    ]


def test_what_ended_as_it_began_denies_nothing() -> None:
    assert list(only_denied(fact(contact_denied=True, since="2026-01-01", until="2026-01-01"), [fact()])) == []
