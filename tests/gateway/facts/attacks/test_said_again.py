"""Who was objected to records the same again, alone or with the same partners; the objection holds for that too."""

from pathlib import Path

import pytest

from tests.consent.make import authority
from tests.gateway.facts.attacks.attacking import Json, helps, opens, told
from tests.gateway.facts.attacks.test_of_help import ACCEPTED, CLIENT_KNOWS, JOINT, REFERRED
from tests.gateway.running import PERSON, Running, running
from tests.properties.every_basis import world_of_basis

INFORMED = REFERRED | {"client_informed": True}
OBJECT: Json = {"field": "objection_on"}
OBJECTORS = ("sem", "moeder", "zoe")


def referred() -> Json:
    return world_of_basis("LB-26", referrals=[], involvements=helps("team", "zorg"), authority=[authority("moeder")])


def helped() -> Json:
    return world_of_basis("LB-04", involvements=helps("team", "zorg"), authority=[authority("moeder")])


async def joint(gateway: Running, body: Json = JOINT, *partners: str) -> str:
    """Have the team record joint help, its partners accept, and who helps without it tell the client."""
    fact = await told(gateway, "anna", "involvements", body)
    for name in partners or ("chris",):
        await told(gateway, name, f"involvements/{fact}/confirm", ACCEPTED)
    await told(gateway, "zoe", f"involvements/{fact}/confirm", CLIENT_KNOWS)
    return fact


@pytest.mark.parametrize("objector", OBJECTORS)
async def test_an_objection_holds_for_what_the_same_organisation_refers_again(
    tmp_path: Path, database_url: str, objector: str
) -> None:
    at = referred()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await told(gateway, "anna", "referrals", INFORMED)
        assert await opens(gateway, at)
        await told(gateway, objector, f"referrals/{once}/close", OBJECT)
        assert not await opens(gateway, at)
        # Whoever of it says so, and however long ago it is said to be.
        for name, more in (("anna", {}), ("anna", {"on": "2026-01-01"}), ("bert", {})):
            await told(gateway, name, "referrals", INFORMED | more)
            assert not await opens(gateway, at)


async def test_an_objection_leaves_the_referral_by_another_as_it_is(tmp_path: Path) -> None:
    at = referred()
    async with running(at, tmp_path) as gateway:
        for name, more in (("zoe", {}), ("anna", {"to": "zorg"})):
            other = await told(gateway, name, "referrals", INFORMED | more)
            await told(gateway, "sem", f"referrals/{other}/close", OBJECT)
        await told(gateway, "anna", "referrals", INFORMED)
        assert await opens(gateway, at)


async def test_an_objection_leaves_the_referral_that_stood_beside_it_as_it_was(tmp_path: Path) -> None:
    at = referred()
    async with running(at, tmp_path) as gateway:
        once, _ = [await told(gateway, "anna", "referrals", INFORMED) for _ in range(2)]
        await told(gateway, "sem", f"referrals/{once}/close", OBJECT)
        assert await opens(gateway, at)


@pytest.mark.parametrize("objector", OBJECTORS)
async def test_an_objection_holds_for_joint_help_that_the_same_partners_record_again(
    tmp_path: Path, database_url: str, objector: str
) -> None:
    at = helped()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await joint(gateway)
        assert await opens(gateway, at)
        await told(gateway, objector, f"involvements/{once}/close", OBJECT)
        assert not await opens(gateway, at)
        await joint(gateway)
        assert not await opens(gateway, at)
        await joint(gateway, JOINT | {"organisations": ["team", "ggz", "gi"]}, "chris", "jan")
        assert not await opens(gateway, at)


@pytest.mark.parametrize("before", [(), ("chris",)], ids=["nobody else", "who accepted"])
async def test_joint_help_that_waited_at_an_objection_to_the_same_opens_no_more(
    tmp_path: Path, database_url: str, before: tuple[str, ...]
) -> None:
    at = helped()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await joint(gateway)
        waits = await told(gateway, "anna", "involvements", JOINT)
        for name in before:
            await told(gateway, name, f"involvements/{waits}/confirm", ACCEPTED)
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        for name in {"chris"} - {*before}:
            await told(gateway, name, f"involvements/{waits}/confirm", ACCEPTED)
        await told(gateway, "zoe", f"involvements/{waits}/confirm", CLIENT_KNOWS)
        assert not await opens(gateway, at)


async def test_joint_help_that_was_to_begin_after_an_objection_to_the_same_is_objected_to(
    tmp_path: Path, database_url: str
) -> None:
    at = helped()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        once = await joint(gateway)
        later = await joint(gateway, JOINT | {"since": "2026-04-01"})
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
        [found] = [one for one in gathered.facts.involvements if one.id == later]
        assert found.objection_on == found.since


async def test_an_objection_leaves_the_joint_help_that_stood_beside_it_as_it_was(tmp_path: Path) -> None:
    at = helped()
    async with running(at, tmp_path) as gateway:
        once, other = [await joint(gateway) for _ in range(2)]
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        # Who says again what he said opens nothing by it.
        await told(gateway, "chris", f"involvements/{other}/confirm", ACCEPTED)
        await told(gateway, "zoe", f"involvements/{other}/confirm", CLIENT_KNOWS)
        assert await opens(gateway, at)


async def test_partners_who_left_what_was_objected_to_do_not_begin_anew(tmp_path: Path) -> None:
    at = helped()
    async with running(at, tmp_path) as gateway:
        once = await joint(gateway)
        await told(gateway, "sem", f"involvements/{once}/close", OBJECT)
        for name in ("anna", "chris"):
            await told(gateway, name, f"involvements/{once}/close", {"field": "left_by"})
        await joint(gateway)
        assert not await opens(gateway, at)


async def test_an_objection_leaves_joint_help_of_others_as_it_is(tmp_path: Path) -> None:
    at = helped()
    async with running(at, tmp_path) as gateway:
        other = await joint(gateway, JOINT | {"organisations": ["team", "gi"]}, "jan")
        await told(gateway, "sem", f"involvements/{other}/close", OBJECT)
        await joint(gateway)
        assert await opens(gateway, at)
