"""An institution under an order says who has authority, or somebody ends that: it hears nothing of who is named."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.consent.make import authority, consent
from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, told
from tests.gateway.facts.household import SEEN
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

WITH_LUUS: Final[Json] = {"about": ["sem", "luus"]}
SAID: Final[Json] = {"holder": "luus", "over": "sem", "kind": "joint-non-parent", "since": "2026-01-01"}


def world(**more: Any) -> Json:
    """An institution asks under an order for a record about Sem and Luus."""
    return world_of_basis("LB-07", record=WITH_LUUS, involvements=helps("ggz"), **more)


async def test_who_has_authority_by_the_askers_own_word_is_not_told_about(tmp_path: Path, database_url: str) -> None:
    at = world()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        assert not await opens(gateway, at)
        fact = await told(gateway, "jan", "authority", SAID)
        await refused(gateway, "jan jet", f"authority/{fact}/confirm", SEEN)
        assert not await opens(gateway, at)
        await told(gateway, "chris", f"authority/{fact}/confirm", SEEN)
        assert await opens(gateway, at)


@pytest.mark.parametrize("field", ["until", "suspended_on"])
async def test_who_has_authority_no_more_is_told_about_no_more(tmp_path: Path, field: str) -> None:
    at = world(authority=[authority("luus")])
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        await told(gateway, "chris", "authority/a-luus/close", {"field": field})
        assert not await opens(gateway, at)


async def test_the_yes_of_the_others_is_not_enough_without_whose_authority_one_organisation_says(
    tmp_path: Path,
) -> None:
    purposes = {"purposes": ["supervision-order"], "recipients": ["gi"]}
    yes = [consent("sem", **purposes), consent("moeder", **purposes)]
    # No order: what is asked rests on the yes of Sem and of his mother.
    at = world_of_basis(
        "LB-07", orders=[], consents=yes, authority=[authority("moeder")], involvements=helps("ggz", "zorg")
    )
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        fact = await told(gateway, "zoe", "authority", SAID)
        assert not await opens(gateway, at)
        await told(gateway, "chris", f"authority/{fact}/confirm", SEEN)
        assert not await opens(gateway, at)
