"""Who helps nobody, but may end a fact that he recorded or that names his organisation, finds it, and nothing else."""

from typing import Any

import pytest

from tests.gateway.facts.household import Household
from tests.gateway.facts.test_looking import fact_of, ids, look
from tests.gateway.facts.test_rows_of_family import ASSISTED, GUARDIAN, YES
from tests.gateway.facts.test_rows_of_help import JOINT, ORDER

HELP = {"kind": "help", "about": "sem"}
FOSTER = {"person": "oom", "of": "sem", "relation": "foster-parent", "via": "pleeg"}


async def test_the_executor_finds_his_order_and_nothing_else(house: Household) -> None:
    await house.told("foster care", "family", FOSTER)
    await house.told("helper", "authority", GUARDIAN)
    assert await ids(house, "executor") == {"ots"}
    await house.told("executor", "orders/ots/close", {})


@pytest.mark.parametrize(
    ("name", "section", "told", "end"),
    [
        ("municipality", "orders", ORDER, "ended_on"),
        ("board", "orders", ORDER, "ended_on"),
        ("board", "authority", GUARDIAN, "disputed"),
        ("another institution", "authority", GUARDIAN, "until"),
        ("foster care", "family", FOSTER, "until"),
        ("stranger", "referrals", {"about": "sem", "to": "ggz"}, None),
    ],
)
async def test_who_recorded_by_his_role_finds_that_alone_and_ends_it(
    house: Household, name: str, section: str, told: dict[str, Any], end: str | None
) -> None:
    await house.told("helper", "authority", GUARDIAN)
    await house.told("mother", "consents", YES)
    fact = await house.told(name, section, told)
    assert await ids(house, name) == {fact}
    if end is not None:
        await house.told(name, f"{section}/{fact}/close", {"field": end})


async def test_who_is_asked_to_accept_finds_what(house: Household) -> None:
    joint = await house.told("helper", "involvements", JOINT)
    assert await ids(house, "partner") == {joint}
    await house.told("partner", f"involvements/{joint}/close", {"field": "left_by"})
    engaged = await house.told("executor", "assignments", {"order": "ots", "provider": "linde"})
    assert await ids(house, "partner") == {joint, engaged}
    assert await ids(house, "executor") == {"ots", engaged}
    await house.told("partner", f"assignments/{engaged}/confirm", {})


async def test_an_organisation_finds_the_yes_that_was_written_down_for_it(house: Household) -> None:
    fact = await house.told("helper", "consents", {**YES, **ASSISTED, "given_by": "vreemd"})
    await house.told("helper", "consents", {**YES, **ASSISTED, "recipients": ["vreemd"]})
    assert await ids(house, "stranger") == {fact}
    await house.told("stranger", f"consents/{fact}/close", {})


async def test_who_names_himself_in_an_order_finds_that_alone(house: Household) -> None:
    await house.told("foster care", "family", FOSTER)
    fact = await house.told("stranger", "orders", {**ORDER, "executor": "vreemd"})
    assert await ids(house, "stranger") == {fact}


async def test_who_helps_no_more_finds_no_more_than_that(house: Household) -> None:
    fact = await house.told("helper", "authority", GUARDIAN)
    assert fact in await ids(house, "helper")
    await house.told("helper", "involvements/hulp-team/close", {"field": "until"})
    assert await ids(house, "helper") == {"hulp-team"}


async def test_of_professionals_elsewhere_he_finds_the_organisation(house: Household) -> None:
    fact = await house.told("board", "orders", {**ORDER, "workers": ["gijs", "anna"]})
    assert (await fact_of(house, "executor", fact))["fields"]["workers"] == ["gijs", "team"]
    assert (await fact_of(house, "board", fact))["fields"]["workers"] == ["gi", "team"]


async def test_he_is_judged_by_what_is_known_now(house: Household) -> None:
    await house.told("board", "orders", ORDER)
    answer = await look(house, "board", query="known_at=2020-01-01")
    assert (answer.status, answer.body["facts"]) == (200, [])


async def test_of_another_in_the_family_he_finds_nothing(house: Household) -> None:
    await house.told("board", "orders", ORDER)
    for name in ("board", "executor"):
        assert (await look(house, name, "mara")).status == 403
