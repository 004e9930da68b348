"""Who receives ends the authority of the parent who did not say yes, and the yes of the other is not enough by that."""

from pathlib import Path
from typing import Any

import pytest

from tests.consent.make import authority, consent
from tests.gateway.facts.attacks.attacking import helps, opens, refused, told
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

BOTH = [authority("moeder"), authority("vader")]
ALONE_END = ("until", "suspended_on")


def world(**more: Any) -> dict[str, Any]:
    """Sem and his mother said yes to the team; his father, who has authority too, said nothing."""
    yes = [consent("sem"), consent("moeder")]
    return world_of_basis("LB-01", authority=BOTH, consents=yes, involvements=helps("team", "ggz"), **more)


@pytest.mark.parametrize("field", ALONE_END)
async def test_an_end_by_one_organisation_opens_nothing_and_one_by_two_does(
    tmp_path: Path, database_url: str, field: str
) -> None:
    at = world()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        assert not await opens(gateway, at)
        await told(gateway, "anna", "authority/a-vader/close", {"field": field})
        assert not await opens(gateway, at)
        # Nor where he says it twice, or a colleague says it.
        for name in ("anna", "bert"):
            await told(gateway, name, "authority/a-vader/close", {"field": "until"})
        assert not await opens(gateway, at)
        await told(gateway, "chris", "authority/a-vader/close", {"field": "until"})
        assert await opens(gateway, at)


async def test_a_stranger_who_says_that_he_helps_is_no_second_word(tmp_path: Path) -> None:
    at = world_of_basis(
        "LB-01", authority=BOTH, consents=[consent("sem"), consent("moeder")], involvements=helps("team")
    )
    async with running(at, tmp_path) as gateway:
        await told(gateway, "anna", "authority/a-vader/close", {"field": "until"})
        await refused(gateway, "chris", "authority/a-vader/close", {"field": "until"})
        await told(gateway, "chris", "involvements", {"kind": "help", "about": "sem"})
        await told(gateway, "chris", "authority/a-vader/close", {"field": "until"})
        assert not await opens(gateway, at)


async def test_whose_authority_ended_at_once_gets_nothing_himself(tmp_path: Path) -> None:
    # F3: for the holder it closes on one word.
    at = world_of_basis("LB-06", involvements=helps("team", "ggz"))
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        await told(gateway, "anna", "authority/a-moeder/close", {"field": "until"})
        assert not await opens(gateway, at)


async def test_who_takes_back_what_nobody_else_said_leaves_it_as_it_was(tmp_path: Path) -> None:
    at = world_of_basis("LB-01", involvements=helps("team", "ggz"))
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        said = {"holder": "vader", "over": "sem", "kind": "parental", "since": "2026-01-01"}
        fact = await told(gateway, "anna", "authority", said)
        assert not await opens(gateway, at)
        await told(gateway, "anna", f"authority/{fact}/close", {"field": "until"})
        assert await opens(gateway, at)
