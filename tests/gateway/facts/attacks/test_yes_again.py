"""What somebody took back with his own login no helper alone says for him again."""

import json
from pathlib import Path

import pytest

from tests.gateway.facts.attacks.attacking import Json, opens, refused, say, told
from tests.gateway.facts.attacks.saying import ASSISTED, YES
from tests.gateway.facts.attacks.test_taken_back import world
from tests.gateway.running import Running, running


async def waiting(gateway: Running, helper: str, **more: object) -> str:
    """Have a helper write a yes of the youth down, which waits for another word."""
    yes: Json = json.loads((await say(gateway, helper, "consents", YES | ASSISTED | more)).body)
    assert yes["needs"] == ["identity_verified"]
    return str(yes["id"])


async def test_what_its_giver_took_back_himself_one_helper_does_not_say_for_him_again(
    tmp_path: Path, database_url: str
) -> None:
    at = world("LB-02")
    async with running(at, tmp_path, database_url=database_url) as gateway:
        await told(gateway, "sem", "consents/c-sem/close", {})
        first, second = [await waiting(gateway, helper) for helper in ("chris", "zoe")]
        await refused(gateway, "zoe anna", f"consents/{second}/confirm", {})
        assert not await opens(gateway, at)
        await told(gateway, "zoe", f"consents/{first}/close", {})
        third = await waiting(gateway, "chris")
        assert not await opens(gateway, at)
        await told(gateway, "zoe", f"consents/{third}/confirm", {})
        assert await opens(gateway, at)


async def test_one_helper_does_where_he_took_back_another_or_a_helper_did_or_he_said_it_since(tmp_path: Path) -> None:
    at = world("LB-02", consents=[])
    async with running(at, tmp_path) as gateway:
        other = await told(gateway, "sem", "consents", YES | {"categories": ["goals"]})
        await told(gateway, "sem", f"consents/{other}/close", {})
        first = await told(gateway, "chris", "consents", YES | ASSISTED)
        assert await opens(gateway, at)
        await told(gateway, "zoe", f"consents/{first}/close", {})
        second = await told(gateway, "chris", "consents", YES | ASSISTED)
        assert await opens(gateway, at)
        await told(gateway, "sem", f"consents/{second}/close", {})
        own = await told(gateway, "sem", "consents", YES)
        await told(gateway, "zoe", f"consents/{own}/close", {})
        await told(gateway, "chris", "consents", YES | ASSISTED)
        assert await opens(gateway, at)


BOTH: Json = {"categories": ["goals", "help-status"]}


@pytest.mark.parametrize(
    ("taken_back", "since", "needs"),
    [
        (BOTH, {"categories": ["goals"]}, ["identity_verified"]),
        (BOTH, BOTH | {"recipients": ["anna"]}, ["identity_verified"]),
        (BOTH | {"holders": "any"}, BOTH | {"holders": ["ggz"]}, []),
        (BOTH | {"recipients": ["anna"]}, BOTH, []),
    ],
    ids=["less", "to one of them", "all of this holder", "to all of them"],
)
async def test_what_he_said_since_lets_a_helper_say_again_no_more_than_that(
    tmp_path: Path, taken_back: Json, since: Json, needs: list[str]
) -> None:
    async with running(world("LB-02", consents=[]), tmp_path) as gateway:
        first = await told(gateway, "sem", "consents", YES | taken_back)
        await told(gateway, "sem", f"consents/{first}/close", {})
        await told(gateway, "sem", "consents", YES | since)
        assert json.loads((await say(gateway, "chris", "consents", YES | ASSISTED | BOTH)).body)["needs"] == needs


@pytest.mark.parametrize("recipients", [["team"], ["anna"]], ids=["to her organisation", "to her"])
async def test_a_helper_says_to_a_professional_again_what_he_said_since(tmp_path: Path, recipients: list[str]) -> None:
    async with running(world("LB-02", consents=[]), tmp_path) as gateway:
        first = await told(gateway, "sem", "consents", YES)
        await told(gateway, "sem", f"consents/{first}/close", {})
        await told(gateway, "sem", "consents", YES | {"recipients": recipients})
        again = await say(gateway, "chris", "consents", YES | ASSISTED | {"recipients": ["anna"]})
        assert json.loads(again.body)["needs"] == []


async def test_nor_of_any_holder_where_he_said_it_of_one(tmp_path: Path) -> None:
    async with running(world("LB-02", consents=[]), tmp_path) as gateway:
        first = await told(gateway, "sem", "consents", YES | {"holders": "any"})
        await told(gateway, "sem", f"consents/{first}/close", {})
        await told(gateway, "sem", "consents", YES)
        await waiting(gateway, "chris", holders="any")


@pytest.mark.parametrize(
    ("no", "needs"),
    [
        ({}, ["identity_verified"]),
        ({"categories": ["help-status"]}, ["identity_verified"]),
        ({"recipients": ["anna"]}, ["identity_verified"]),
        ({"categories": ["goals"]}, []),
    ],
    ids=["to all", "to this", "to a professional", "to something else"],
)
async def test_nor_does_one_helper_say_for_him_what_he_refused_himself(
    tmp_path: Path, database_url: str, no: Json, needs: list[str]
) -> None:
    at = world("LB-02", consents=[])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        refusal = await told(gateway, "sem", "refusals", {"about": "sem"} | no)
        assert json.loads((await say(gateway, "chris", "consents", YES | ASSISTED)).body)["needs"] == needs
        # What he takes back, or another wrote down for him, is no such no.
        await told(gateway, "sem", f"refusals/{refusal}/close", {})
        await told(gateway, "zoe", "refusals", {"about": "sem", "given_by": "sem"} | no)
        assert json.loads((await say(gateway, "chris", "consents", YES | ASSISTED)).body)["needs"] == []


async def test_once_he_says_yes_himself_after_his_no_a_helper_does_again(tmp_path: Path) -> None:
    async with running(world("LB-02", consents=[]), tmp_path) as gateway:
        await told(gateway, "sem", "refusals", {"about": "sem"})
        await told(gateway, "sem", "consents", YES)
        assert json.loads((await say(gateway, "chris", "consents", YES | ASSISTED)).body)["needs"] == []


async def test_behind_a_yes_that_a_helper_withdrew_his_no_stands_and_one_helper_does_not_say_it_again(
    tmp_path: Path,
) -> None:
    async with running(world("LB-02", consents=[]), tmp_path) as gateway:
        await told(gateway, "sem", "refusals", {"about": "sem"})
        own = await told(gateway, "sem", "consents", YES)
        await told(gateway, "zoe", f"consents/{own}/close", {})
        await waiting(gateway, "chris")
