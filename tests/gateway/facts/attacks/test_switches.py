"""A youth under 16 switches on for his mentor what his parents agreed to, and no more."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.call import Answer
from tests.consent.make import authority, mandate
from tests.gateway.facts.attacks.attacking import Json, helps, opens, say, told
from tests.gateway.facts.attacks.test_of_help import MANDATE
from tests.gateway.running import Running, running
from tests.properties.every_basis import world_of_basis

AGREED = [{"by": "moeder", "on": "2026-01-16"}]
WITHOUT_GOALS: dict[str, Any] = {"categories": ["appointments"]}


def world(age: int = 13, **more: Any) -> Json:
    """The mentor of Sem asks for goals; his mother agreed to the mandate, unless `parent_agreements` is None."""
    said = mandate(**({"parent_agreements": AGREED} | more))
    chosen = {name: value for name, value in said.items() if value is not None}
    return world_of_basis(
        "LB-27", age=age, mandates=[chosen], authority=[authority("moeder")], involvements=helps("team", "zorg")
    )


async def switch(gateway: Running, fact: str = "m1", **categories: bool) -> Answer:
    return await say(gateway, "sem", f"mandates/{fact}/switches", {"categories": categories})


async def test_what_the_parents_agreed_to_is_switched_off_and_on(tmp_path: Path, database_url: str) -> None:
    at = world()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        for on in (False, True, False, True):
            assert (await switch(gateway, goals=on)).status == 201
            assert await opens(gateway, at) is on


async def test_what_the_parents_did_not_agree_to_is_not_switched_on(tmp_path: Path, database_url: str) -> None:
    at = world(**WITHOUT_GOALS)
    async with running(at, tmp_path, database_url=database_url) as gateway:
        answer = await switch(gateway, goals=True)
        assert answer.status == 422
        [error] = json.loads(answer.body)["errors"]
        assert error["path"] == "categories.goals"
        assert not await opens(gateway, at)
        assert (await switch(gateway, goals=False)).status == 201
        assert (await switch(gateway, appointments=True)).status == 201


async def test_from_16_on_the_youth_switches_on_what_he_likes(tmp_path: Path) -> None:
    at = world(16, **WITHOUT_GOALS)
    async with running(at, tmp_path) as gateway:
        assert (await switch(gateway, goals=True)).status == 201
        assert await opens(gateway, at)


async def agreed(gateway: Running, fact: str) -> None:
    await told(gateway, "moeder", f"mandates/{fact}/confirm", {"field": "parent_agreements"})


@pytest.mark.parametrize("before", [True, False])
async def test_a_parent_agrees_to_what_is_switched_on_when_she_does(tmp_path: Path, *, before: bool) -> None:
    at = world(parent_agreements=None)
    async with running(at, tmp_path) as gateway:
        for on in (False, before):
            assert (await switch(gateway, goals=on)).status == 201
        await agreed(gateway, "m1")
        assert (await switch(gateway, goals=True)).status == (201 if before else 422)
        assert await opens(gateway, at) is before


async def test_the_youth_chooses_his_mentor_anew_for_more_and_his_mother_agrees(tmp_path: Path) -> None:
    at = world(**WITHOUT_GOALS)
    async with running(at, tmp_path) as gateway:
        more = await told(gateway, "sem", "mandates", MANDATE)
        identity = {"field": "identity_verified_on", "evidence": {"identity": "identity-document"}}
        await told(gateway, "zoe", f"mandates/{more}/confirm", identity)
        await told(gateway, "mentor:luus", f"mandates/{more}/confirm", {"field": "confidentiality_statement_on"})
        assert not await opens(gateway, at)
        await agreed(gateway, more)
        assert await opens(gateway, at)
