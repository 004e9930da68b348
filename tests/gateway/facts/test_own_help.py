"""An organisation says of itself that it helps: at once for what protects, and for what opens once another says so."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.gateway.facts.household import Household, by, household_at
from tests.gateway.facts.test_rows_of_family import ASSISTED, FINDING, GUARDIAN, YES
from tests.gateway.facts.test_rows_of_help import INFORMED, JOINT, MANDATE, ORDER

HELP = {"kind": "help", "about": "sem"}
SAID = {"field": "confirmed_on"}

OPENINGS: dict[str, dict[str, Any]] = {
    "persons": {"family_of": "sem", "born": "2020-01-01"},
    "family": {"person": "oom", "of": "sem", "relation": "uncle"},
    "authority": GUARDIAN,
    "capacity": FINDING,
    "mandates": MANDATE,
    "consents": {**YES, **ASSISTED},
    "considered_wishes": {"youth": "sem", "recipients": ["school"]},
}


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Household]:
    async with household_at(database_url) as made:
        yield made


async def seen(house: Household, name: str, person: str = "sem") -> dict[str, dict[str, Any]]:
    answer = await house.desk.get(person, by=by(name))
    assert answer.status == 200, answer.body
    return {each["id"]: each["fields"] for each in answer.body["facts"]}


async def child_whom_nobody_helps(house: Household) -> str:
    return await house.told("helper", "persons", {"family_of": "sem", "born": "2019-01-01"})


def order_about(child: str) -> dict[str, Any]:
    return {**ORDER, "subject": child}


async def test_it_is_handed_over_at_once_and_says_what_it_lacks(house: Household) -> None:
    answer = await house.say("stranger", "involvements", HELP)
    assert (answer.status, answer.body["needs"]) == (201, ["confirmed_on"])
    assert len(await house.handed("involvements", id=answer.body["id"])) == 1


@pytest.mark.parametrize("section", OPENINGS)
async def test_what_opens_is_recorded_once_another_helper_said_so(house: Household, section: str) -> None:
    fact = await house.told("stranger", "involvements", HELP)
    await house.refused("stranger", section, OPENINGS[section])
    confirmed = await house.say("helper", f"involvements/{fact}/confirm", SAID)
    assert (confirmed.body["needs"], await house.kind_of(confirmed)) == ([], "fact.confirmed")
    await house.told("stranger", section, OPENINGS[section])


async def test_what_waits_is_confirmed_once_another_helper_said_so(either: Household) -> None:
    fact = await either.told("stranger", "involvements", HELP)
    order = await either.told("executor", "orders", ORDER)
    yes = await either.told("teacher who helps", "consents", {**YES, **ASSISTED})
    paths = (f"orders/{order}/confirm", f"consents/{yes}/confirm")
    for path in paths:
        await either.refused("stranger", path, {})
    await either.told("second helper", f"involvements/{fact}/confirm", SAID)
    for path in paths:
        await either.told("stranger", path, {})


async def test_nobody_says_so_of_his_own_organisation_nor_two_of_each_other(house: Household) -> None:
    first = await house.told("stranger", "involvements", HELP)
    second = await house.told("partner", "involvements", HELP)
    await house.refused("stranger", f"involvements/{first}/confirm", SAID)
    await house.refused("stranger", f"involvements/{second}/confirm", SAID)
    await house.refused("partner", f"involvements/{first}/confirm", SAID)
    await house.refused("mother", f"involvements/{first}/confirm", SAID)
    await house.refused("helper", f"involvements/{first}/confirm", SAID, weak=True)


async def test_what_protects_is_taken_at_once(house: Household) -> None:
    yes = await house.told("mother", "consents", YES)
    await house.told("stranger", "involvements", HELP)
    await house.told("stranger", f"consents/{yes}/close", {})
    await house.told("stranger", "refusals", {"about": "sem", "given_by": "mara"})
    await house.told("stranger", "authority/g1/close", {"field": "disputed"})
    denial = {"person": "oom", "of": "sem", "relation": "uncle", "contact_denied": True}
    await house.told("stranger", "family", denial)
    # Who is denied contact is no member of the household for it.
    for more in ("lives_with", "cares_for"):
        await house.refused("stranger", "family", {**denial, more: True})


async def test_somebody_is_the_first_and_needs_nobody(house: Household) -> None:
    child = await child_whom_nobody_helps(house)
    answer = await house.say("stranger", "involvements", {"kind": "help", "about": child})
    assert answer.body["needs"] == []
    await house.told("stranger", "authority", {**GUARDIAN, "over": child})
    assert (await seen(house, "stranger", child)).keys() >= {answer.body["id"]}
    second = await house.say("partner", "involvements", {"kind": "help", "about": child})
    assert second.body["needs"] == ["confirmed_on"]
    await house.refused("partner", "authority", {**GUARDIAN, "over": child})
    # When the first has left, the next is there longest.
    await house.told("stranger", f"involvements/{answer.body['id']}/close", {"field": "until"})
    await house.told("partner", "authority", {**GUARDIAN, "over": child})


async def test_nobody_comes_first_for_a_fact_that_waits(either: Household) -> None:
    child = await child_whom_nobody_helps(either)
    waits = await either.told("executor", "orders", order_about(child))
    await either.told("stranger", "involvements", {"kind": "help", "about": child})
    await either.refused("stranger", f"orders/{waits}/confirm", {})
    assert waits not in await seen(either, "stranger", child)
    later = await either.told("executor", "orders", order_about(child))
    assert later in await seen(either, "stranger", child)
    await either.told("stranger", f"orders/{later}/confirm", {})


async def test_joint_help_with_a_helper_is_his_word_too(house: Household) -> None:
    fact = await house.told("helper", "involvements", JOINT)
    await house.refused("partner", "authority", GUARDIAN)
    await house.told("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    await house.told("partner", "authority", GUARDIAN)


async def test_joint_help_that_only_strangers_carry_out_is_nobodys_word(house: Household) -> None:
    fact = await house.told("stranger", "involvements", {**JOINT, "organisations": ["vreemd", "linde"]})
    await house.told("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    await house.refused("partner", f"involvements/{fact}/confirm", INFORMED)
    await house.refused("partner", "authority", GUARDIAN)
    # Nor is the one whose name stands in it without his word.
    other = await house.told("stranger", "involvements", {**JOINT, "organisations": ["vreemd", "team"]})
    await house.refused("stranger", "authority", GUARDIAN)
    await house.told("helper", f"involvements/{other}/confirm", {"field": "accepted_by"})
    await house.told("stranger", "authority", GUARDIAN)


async def test_who_says_it_of_himself_sees_neither_what_waits_nor_who_works_elsewhere(house: Household) -> None:
    waits = await house.told("helper", "authority", GUARDIAN)
    names_him = await house.told("board", "orders", {**ORDER, "workers": ["anna", "vera"]})
    sent = await house.told("helper", "referrals", {"about": "sem", "to": "vreemd"})
    yes = await house.told("mother", "consents", {**YES, "recipients": ["vreemd", "piet"]})
    fact = await house.told("stranger", "involvements", HELP)
    shown = await seen(house, "stranger")
    assert shown.keys() == {names_him, sent, yes, fact}
    assert (shown[names_him]["workers"], shown[sent]["by"]) == (["team", "vera"], "team")
    assert shown[yes]["recipients"] == ["vreemd", "ggz"]
    await house.told("helper", f"involvements/{fact}/confirm", SAID)
    shown = await seen(house, "stranger")
    assert waits in shown
    assert (shown[names_him]["workers"], shown[sent]["by"]) == (["anna", "vera"], "anna")


async def test_a_new_person_is_told_by_who_helps_his_household(house: Household) -> None:
    body = {"family_of": "sem", "born": "2020-01-01"}
    await house.told("partner", "involvements", {"kind": "help", "about": "oom"})
    await house.refused("partner", "persons", body)
    await house.told("partner", "persons", {**body, "family_of": "oom"})
    # Mara lives with Sem.
    await house.told("stranger", "involvements", {"kind": "help", "about": "mara"})
    await house.told("stranger", "persons", body)
