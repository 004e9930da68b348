"""Each row of the table at the desk: orders, help, referrals and mentors."""

from typing import Any

import pytest

from tests.consent.whose.cast import AT
from tests.gateway.facts.household import SEEN, Household

ORDER = {
    "kind": "supervision-order",
    "subject": "sem",
    "executor": "gi",
    "since": "2026-11-01",
    "until": "2027-11-01",
}
JOINT = {"kind": "joint-help", "about": "sem", "organisations": ["team", "linde"]}
INFORMED = {"field": "client_informed", "evidence": {"on": "2026-11-24", "how": "in-person"}}
MANDATE = {
    "mentor": "tante",
    "youth": "sem",
    "since": "2026-11-01",
    "until": "2027-02-01",
    "categories": ["goals"],
}


async def test_order_is_not_verified_by_its_executor_nor_by_who_wrote_it_down(house: Household) -> None:
    for name in ("helper", "another institution", "mother", "stranger"):
        await house.refused(name, "orders", ORDER)
    answer = await house.say("executor", "orders", ORDER)
    fact = answer.body["id"]
    assert (answer.body["needs"], await house.kind_of(answer)) == (["verified_on"], "order.changed")
    assert [one.verified_on for one in await house.handed("orders", id=fact)] == [None]
    for name in ("executor", "another institution", "municipality", "stranger", "mother"):
        await house.refused(name, f"orders/{fact}/confirm", {})
    await house.told("second helper", f"orders/{fact}/confirm", SEEN)
    assert [one.verified_on for one in await house.handed("orders", id=fact)] == [AT]


async def test_order_that_lets_a_helper_in_is_not_verified_by_his_organisation(house: Household) -> None:
    fact = await house.told("board", "orders", {**ORDER, "workers": ["anna"]})
    for name in ("helper", "colleague of the helper", "board"):
        await house.refused(name, f"orders/{fact}/confirm", {})
    await house.told("second helper", f"orders/{fact}/confirm", {})


@pytest.mark.parametrize("name", ["executor", "board", "municipality"])
async def test_order_is_ended_by_any_recorder(house: Household, name: str) -> None:
    for other in ("helper", "youth", "another institution"):
        await house.refused(other, "orders/ots/close", {})
    assert await house.kind_of(await house.say(name, "orders/ots/close", {})) == "order.changed"
    assert [one.ended_on for one in await house.handed("orders", id="ots")] == [AT]


async def test_assignment_counts_once_the_provider_accepts(house: Household) -> None:
    body = {"order": "ots", "provider": "linde"}
    await house.refused("helper", "assignments", body)
    await house.refused("executor", "assignments", {**body, "order": "nothing"})
    answer = await house.say("executor", "assignments", body)
    fact = answer.body["id"]
    assert answer.body["needs"] == ["accepted_on"]
    assert await house.handed("assignments") == []
    await house.refused("executor", f"assignments/{fact}/confirm", {})
    await house.told("partner", f"assignments/{fact}/confirm", {})
    assert [one.provider for one in await house.handed("assignments")] == ["linde"]


@pytest.mark.parametrize("name", ["executor", "partner"])
async def test_assignment_is_ended_by_either(house: Household, name: str) -> None:
    fact = await house.told("executor", "assignments", {"order": "ots", "provider": "linde", "since": "2026-06-01"})
    await house.told("partner", f"assignments/{fact}/confirm", {})
    await house.refused("helper", f"assignments/{fact}/close", {})
    await house.told(name, f"assignments/{fact}/close", {})
    assert [one.until for one in await house.handed("assignments")] == [AT]


async def test_help_is_recorded_and_ended_by_who_gives_it(house: Household) -> None:
    body = {"kind": "help", "about": "sem"}
    assert await house.wrong("stranger", "involvements", {**body, "organisations": ["vreemd"]}) == ["organisations"]
    await house.refused("mother", "involvements", body)
    fact = await house.told("stranger", "involvements", body)
    assert [one.organisations for one in await house.handed("involvements", id=fact)] == [frozenset({"vreemd"})]
    await house.refused("helper", f"involvements/{fact}/close", {"field": "until"})
    await house.refused("stranger", f"involvements/{fact}/close", {"field": "objection_on"})
    await house.told("stranger", f"involvements/{fact}/close", {"field": "until"})
    assert [one.until for one in await house.handed("involvements", id=fact)] == [AT]


async def joint(house: Household) -> str:
    fact = await house.told("helper", "involvements", JOINT)
    await house.told("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    await house.told("teacher who helps", f"involvements/{fact}/confirm", INFORMED)
    return fact


async def test_joint_help_counts_for_a_partner_once_he_accepts(house: Household) -> None:
    await house.refused("stranger", "involvements", JOINT)
    answer = await house.say("helper", "involvements", JOINT)
    fact = answer.body["id"]
    assert answer.body["needs"] == ["accepted_by", "client_informed"]
    [one] = await house.handed("involvements", id=fact)
    assert (one.organisations, one.client_informed) == (frozenset({"team"}), False)
    for name in ("second helper", "stranger", "mother"):
        await house.refused(name, f"involvements/{fact}/confirm", {"field": "accepted_by"})
    await house.refused("partner", f"involvements/{fact}/confirm", INFORMED)
    confirmed = await house.say("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    assert confirmed.body["needs"] == ["client_informed"]
    assert [one.organisations for one in await house.handed("involvements", id=fact)] == [frozenset({"team", "linde"})]


async def test_joint_help_says_when_and_how_the_client_was_told(house: Household) -> None:
    fact = await house.told("helper", "involvements", JOINT)
    assert await house.wrong("helper", "involvements", {**JOINT, "client_informed": True}) == ["client_informed"]
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["evidence.on", "evidence.how"]),
        ({"on": "2030-01-01", "how": "in-person"}, ["evidence.on"]),
        ({"on": "2026-11-24", "how": "in-person", "agreed_by": "mara"}, ["evidence.agreed_by"]),
    ]
    for evidence, paths in wrong:
        body = {"field": "client_informed", "evidence": evidence}
        assert await house.wrong("teacher who helps", f"involvements/{fact}/confirm", body) == paths
    await house.refused("helper", f"involvements/{fact}/confirm", INFORMED)
    await house.told("teacher who helps", f"involvements/{fact}/confirm", INFORMED)
    assert [one.client_informed for one in await house.handed("involvements", id=fact)] == [True]


async def test_who_comes_in_by_joint_help_does_not_say_for_himself_that_the_client_knows(house: Household) -> None:
    fact = await house.told("helper", "involvements", JOINT)
    await house.told("partner", f"involvements/{fact}/confirm", {"field": "accepted_by"})
    await house.refused("partner", f"involvements/{fact}/confirm", INFORMED)
    await house.told("partner", "involvements", {"kind": "help", "about": "sem"})
    await house.refused("partner", f"involvements/{fact}/confirm", INFORMED)


async def test_partner_who_helps_on_the_word_of_another_says_that_the_client_knows(house: Household) -> None:
    own = await house.told("partner", "involvements", {"kind": "help", "about": "sem"})
    await house.told("second helper", f"involvements/{own}/confirm", {"field": "confirmed_on"})
    fact = await house.told("helper", "involvements", JOINT)
    await house.told("partner", f"involvements/{fact}/confirm", INFORMED)


async def test_joint_help_loses_a_partner_who_leaves_and_the_last_one_too(house: Household) -> None:
    fact = await joint(house)
    leave = {"field": "left_by"}
    await house.refused("second helper", f"involvements/{fact}/close", leave)
    await house.told("partner", f"involvements/{fact}/close", leave)
    assert [one.organisations for one in await house.handed("involvements", id=fact)] == [frozenset({"team"})]
    await house.told("helper", f"involvements/{fact}/close", leave)
    assert await house.handed("involvements", id=fact) == []


@pytest.mark.parametrize("name", ["youth", "mother", "teacher who helps"])
async def test_joint_help_ends_with_an_objection(house: Household, name: str) -> None:
    fact = await joint(house)
    await house.refused("uncle", f"involvements/{fact}/close", {"field": "objection_on"})
    await house.told(name, f"involvements/{fact}/close", {"field": "objection_on"})
    assert [one.objection_on for one in await house.handed("involvements", id=fact)] == [AT]


@pytest.mark.parametrize("name", ["youth", "mother", "teacher who helps"])
async def test_referral_is_the_referrers_and_ends_with_an_objection(house: Household, name: str) -> None:
    body = {"about": "sem", "to": "ggz", "client_informed": True}
    assert await house.wrong("helper", "referrals", {**body, "by": "vera"}) == ["by"]
    await house.refused("mother", "referrals", body)
    fact = await house.told("stranger", "referrals", body)
    assert [(one.by, one.on) for one in await house.handed("referrals", id=fact)] == [("vera", AT)]
    await house.refused("uncle", f"referrals/{fact}/close", {})
    await house.told(name, f"referrals/{fact}/close", {})
    assert [one.objection_on for one in await house.handed("referrals", id=fact)] == [AT]


async def test_mandate_needs_identity_statement_and_agreement_of_others(house: Household) -> None:
    await house.refused("mother", "mandates", MANDATE)
    await house.refused("mentor", "mandates", MANDATE)
    await house.refused("youth", "mandates", MANDATE, weak=True)
    answer = await house.say("youth", "mandates", MANDATE)
    path = f"mandates/{answer.body['id']}/confirm"
    needs = ["identity_verified_on", "confidentiality_statement_on", "parent_agreements"]
    assert (answer.body["needs"], await house.kind_of(answer)) == (needs, "mandate.changed")
    identity = {"field": "identity_verified_on", "evidence": {"identity": "identity-document"}}
    await house.refused("mentor", path, identity)
    await house.told("helper", path, identity)
    for name in ("helper", "another mentor", "uncle"):
        await house.refused(name, path, {"field": "confidentiality_statement_on"})
    await house.told("mentor", path, {"field": "confidentiality_statement_on"})
    await house.refused("uncle", path, {"field": "parent_agreements"})
    agreed = {"field": "parent_agreements", "evidence": {"agreed_by": "mara"}}
    assert await house.wrong("mother", path, agreed) == ["evidence.agreed_by"]
    last = await house.say("mother", path, {"field": "parent_agreements"})
    assert last.body["needs"] == []
    [one] = await house.handed("mandates")
    assert (one.identity_verified_on, one.confidentiality_statement_on, one.youth_chose_on) == (AT, AT, AT)
    assert [(each.by, each.on) for each in one.parent_agreements] == [("mara", AT)]


async def test_mandate_gets_an_agreement_once_and_of_who_has_authority(house: Household) -> None:
    path = f"mandates/{await house.told('youth', 'mandates', MANDATE)}/confirm"
    body: dict[str, Any] = {"field": "parent_agreements"}
    assert await house.wrong("helper", path, body) == ["evidence.agreed_by"]
    assert await house.wrong("helper", path, {**body, "evidence": {"agreed_by": "oom"}}) == ["evidence.agreed_by"]
    for _ in range(2):
        await house.told("helper", path, {**body, "evidence": {"agreed_by": "mara"}})
    [one] = await house.handed("mandates")
    assert [each.by for each in one.parent_agreements] == ["mara"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("youth", "youth_withdrew_on"),
        ("mentor", "until"),
        ("helper", "until"),
        ("helper", "suspended_on"),
        ("mother", "suspended_on"),
    ],
)
async def test_mandate_ends_on_the_word_of_each_of_them(house: Household, name: str, field: str) -> None:
    fact = await house.told("youth", "mandates", {**MANDATE, "since": "2026-11-01"})
    for other in ("uncle", "stranger", "another mentor"):
        await house.refused(other, f"mandates/{fact}/close", {"field": field})
    answer = await house.say(name, f"mandates/{fact}/close", {"field": field}, weak=True)
    assert await house.kind_of(answer) == "mandate.changed"
    assert [getattr(one, field) for one in await house.handed("mandates")] == [AT]


@pytest.mark.parametrize(
    "body", [{"kind": "replacement", "professional": "arie", "replaces": "anna", "since": "2026-11-01"}]
)
async def test_replacement_organisation_and_professional_have_no_door(house: Household, body: dict[str, Any]) -> None:
    assert set(await house.wrong("helper", "involvements", body)) >= {"kind"}
    for section in ("organisations", "professionals", "records"):
        assert (await house.say("helper", section, {})).status == 404


async def test_order_is_not_verified_by_who_was_engaged_under_it(house: Household) -> None:
    order = {
        "kind": "supervision-order",
        "subject": "sem",
        "executor": "gi",
        "since": "2026-11-01",
        "until": "2027-11-01",
    }
    fact = await house.told("executor", "orders", order)
    engaged = await house.told("executor", "assignments", {"order": fact, "provider": "ggz"})
    await house.told("second helper", f"assignments/{engaged}/confirm", {})
    await house.refused("second helper", f"orders/{fact}/confirm", {})
    await house.told("helper", f"orders/{fact}/confirm", {})
