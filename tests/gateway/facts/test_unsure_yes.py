"""A yes of which it is not sure whose it is undoes no no: while one stands it is not handed over at all."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.gateway.facts.household import Household
from tests.gateway.facts.test_rows_of_family import ASSISTED, YES

NO: dict[str, Any] = {"about": "sem"}


@dataclass(frozen=True)
class Unsure:
    """Who says it, how, and who makes it sure."""

    by: str
    body: dict[str, Any]
    confirmed_by: str
    weak: bool = False


UNSURE = pytest.mark.parametrize(
    "yes",
    [
        Unsure("teacher who helps", YES | ASSISTED, "second helper"),
        Unsure("helper", YES | ASSISTED | {"identity": "not-seen"}, "second helper"),
        Unsure("mother", YES, "helper", weak=True),
    ],
    ids=["a recipient's", "of somebody not seen", "a weak login's"],
)


async def say_yes(house: Household, yes: Unsure) -> str:
    return await house.told(yes.by, "consents", yes.body, weak=yes.weak)


@UNSURE
async def test_while_a_no_stands_it_waits_until_somebody_says_whose_it_is(house: Household, yes: Unsure) -> None:
    await house.told("mother", "refusals", NO)
    fact = await say_yes(house, yes)
    assert await house.handed("consents") == []
    await house.told(yes.confirmed_by, f"consents/{fact}/confirm", {})
    assert [one.identity_verified for one in await house.handed("consents")] == [True]


@UNSURE
async def test_a_no_that_comes_later_holds_it_back_too(house: Household, yes: Unsure) -> None:
    await say_yes(house, yes)
    assert [one.identity_verified for one in await house.handed("consents")] == [False]
    await house.told("mother", "refusals", NO)
    assert await house.handed("consents") == []


async def test_once_the_no_is_taken_back_it_is_handed_over_as_it_stands(house: Household) -> None:
    no = await house.told("mother", "refusals", NO)
    await house.told("teacher who helps", "consents", YES | ASSISTED)
    await house.told("mother", f"refusals/{no}/close", {})
    assert [one.identity_verified for one in await house.handed("consents")] == [False]


async def test_a_sure_yes_is_handed_over_whatever_was_refused(house: Household) -> None:
    await house.told("mother", "refusals", NO)
    await house.told("mother", "consents", YES)
    assert [one.identity_verified for one in await house.handed("consents")] == [True]


async def test_a_no_about_somebody_else_holds_nothing_back(house: Household) -> None:
    await house.told("helper", "involvements", {"kind": "help", "about": "mara"})
    await house.told("mother", "refusals", {"about": "mara"})
    await house.told("teacher who helps", "consents", YES | ASSISTED)
    assert [one.identity_verified for one in await house.handed("consents")] == [False]


@pytest.mark.parametrize("made_sure", [False, True], ids=["unsure", "made sure by a helper"])
async def test_a_yes_by_a_weak_login_goes_with_another_that_its_giver_withdraws(
    house: Household, *, made_sure: bool
) -> None:
    unsure = await house.told("mother", "consents", YES, weak=True)
    if made_sure:
        await house.told("helper", f"consents/{unsure}/confirm", {})
    await house.told("mother", f"consents/{await house.told('mother', 'consents', YES)}/close", {})
    assert {one.withdrawn_on is None for one in await house.handed("consents")} == {False}
