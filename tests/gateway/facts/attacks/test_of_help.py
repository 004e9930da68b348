"""Who wants in says himself that he helps, replaces, refers or mentors; others must say it too before it opens."""

from pathlib import Path

from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, registered, told
from tests.gateway.facts.attacks.saying import ASSISTED, YES
from tests.gateway.running import running
from tests.properties.every_basis import DEPUTY, INFORMED, world_of_basis

HELP: Json = {"kind": "help", "about": "sem"}
JOINT: Json = {"kind": "joint-help", "about": "sem", "organisations": ["team", "ggz"]}
CLIENT_KNOWS: Json = {"field": "client_informed", "evidence": {"on": "2026-03-01", "how": "in-person"}}
ACCEPTED: Json = {"field": "accepted_by"}
REFERRED: Json = {"about": "sem", "to": "ggz"}
MANDATE: Json = {
    "mentor": "luus",
    "youth": "sem",
    "since": "2026-01-15",
    "until": "2026-07-01",
    "categories": ["goals"],
}


async def test_help_that_an_accomplice_says_of_himself_brings_nobody_elses_yes(
    tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("zorg"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        help_of_his = await told(gateway, "chris", "involvements", HELP)
        await refused(gateway, "chris psych", f"involvements/{help_of_his}/confirm", {"field": "confirmed_on"})
        await refused(gateway, "chris", "consents", YES | ASSISTED)
        assert not await opens(gateway, world)
        await told(gateway, "zoe", f"involvements/{help_of_his}/confirm", {"field": "confirmed_on"})
        await told(gateway, "chris", "consents", YES | ASSISTED)
        assert await opens(gateway, world)


async def test_help_in_the_name_of_the_holder_is_not_taken(tmp_path: Path) -> None:
    world = world_of_basis("LB-04", involvements=[])
    async with running(world, tmp_path) as gateway:
        await refused(gateway, "anna", "involvements", HELP | {"organisations": ["ggz"]}, status=422)
        await told(gateway, "anna", "involvements", HELP)
        assert not await opens(gateway, world)


async def test_joint_help_of_a_partner_who_did_not_accept_opens_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-04", involvements=helps("team", "zorg"))
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "involvements", JOINT)
        # Who recorded it says for himself neither that the client knows, nor that the partner accepts.
        await refused(gateway, "anna", f"involvements/{fact}/confirm", CLIENT_KNOWS)
        await told(gateway, "anna", f"involvements/{fact}/confirm", ACCEPTED)
        assert not await opens(gateway, world)
        await told(gateway, "chris", f"involvements/{fact}/confirm", ACCEPTED)
        assert not await opens(gateway, world)
        # Nor does who comes in by it.
        await refused(gateway, "chris", f"involvements/{fact}/confirm", CLIENT_KNOWS)
        await told(gateway, "zoe", f"involvements/{fact}/confirm", CLIENT_KNOWS)
        assert await opens(gateway, world)
        await told(gateway, "chris", f"involvements/{fact}/close", {"field": "left_by"})
        assert not await opens(gateway, world)


async def test_joint_help_of_two_of_whom_nobody_knows_that_they_help_opens_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-04", involvements=[])
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "involvements", JOINT)
        await told(gateway, "chris", f"involvements/{fact}/confirm", ACCEPTED)
        await told(gateway, "chris", "involvements", HELP)
        await refused(gateway, "chris", f"involvements/{fact}/confirm", CLIENT_KNOWS)
        assert not await opens(gateway, world)


async def test_joint_help_said_twice_opens_nothing_by_itself(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-04", involvements=helps("team", "zorg"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        once, again = [await told(gateway, "anna", "involvements", JOINT) for _ in range(2)]
        for fact in (once, again):
            await told(gateway, "psych", f"involvements/{fact}/confirm", ACCEPTED)
        # Each would be the help without which he says of the other that the client knows of it.
        for fact in (once, again):
            await refused(gateway, "anna chris psych", f"involvements/{fact}/confirm", CLIENT_KNOWS)
        assert not await opens(gateway, world)
        await told(gateway, "zoe", f"involvements/{once}/confirm", CLIENT_KNOWS)
        assert await opens(gateway, world)


async def test_joint_help_of_two_of_whom_nobody_knows_that_they_help_makes_neither_the_longest_there(
    tmp_path: Path,
) -> None:
    world = world_of_basis("LB-04", involvements=[])
    async with running(world, tmp_path) as gateway:
        once = await told(gateway, "anna", "involvements", JOINT)
        await told(gateway, "psych", f"involvements/{once}/confirm", ACCEPTED)
        await told(gateway, "psych", "involvements", HELP)
        again = await told(gateway, "anna", "involvements", JOINT)
        await told(gateway, "psych", f"involvements/{again}/confirm", ACCEPTED)
        for fact in (once, again):
            await refused(gateway, "anna chris psych", f"involvements/{fact}/confirm", CLIENT_KNOWS)
        assert not await opens(gateway, world)


async def test_replacement_has_no_door_so_nobody_says_himself_that_he_replaces(
    tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-05", involvements=[INFORMED])
    deputy = {name: value for name, value in DEPUTY.items() if name != "id"} | {"until": "2026-03-15"}
    async with running(world, tmp_path, database_url=database_url) as gateway:
        await refused(gateway, "zoe anna", "involvements", deputy, status=422)
        assert not await opens(gateway, world)
        await registered(gateway, "involvements", {"id": "i2", **deputy})
        assert await opens(gateway, world)


async def test_referral_by_another_than_the_asker_lets_the_asker_in_nowhere(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-26", referrals=[], involvements=helps("team", "zorg"))
    informed = REFERRED | {"client_informed": True}
    async with running(world, tmp_path, database_url=database_url) as gateway:
        await refused(gateway, "sem moeder", "referrals", informed)
        await refused(gateway, "zoe", "referrals", informed | {"by": "anna"}, status=422)
        await told(gateway, "zoe", "referrals", informed)
        await told(gateway, "anna", "referrals", REFERRED)  # of which the client knows nothing
        await told(gateway, "anna", "referrals", informed | {"to": "zorg"})
        assert not await opens(gateway, world)
        referral = await told(gateway, "anna", "referrals", informed)
        assert await opens(gateway, world)
        await told(gateway, "sem", f"referrals/{referral}/close", {})
        assert not await opens(gateway, world)


async def test_mandate_on_the_word_of_one_opens_nothing_to_the_mentor(tmp_path: Path) -> None:
    world = world_of_basis("LB-27", mandates=[], involvements=helps("team", "zorg"))
    statement = {"field": "confidentiality_statement_on"}
    identity = {"field": "identity_verified_on", "evidence": {"identity": "identity-document"}}
    async with running(world, tmp_path) as gateway:
        await refused(gateway, "mentor:luus person:luus", "mandates", MANDATE)
        fact = await told(gateway, "anna", "mandates", MANDATE)
        assert not await opens(gateway, world)
        await told(gateway, "mentor:luus", f"mandates/{fact}/confirm", statement)
        await refused(gateway, "anna mentor:luus", f"mandates/{fact}/confirm", identity)
        assert not await opens(gateway, world)
        await told(gateway, "zoe", f"mandates/{fact}/confirm", identity)
        assert await opens(gateway, world)
