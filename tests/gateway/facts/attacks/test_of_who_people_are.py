"""Who gains by it writes who people are to each other, or who has a say; with the word of somebody else it opens."""

from pathlib import Path

from tests.consent.make import authority
from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, told, with_person
from tests.gateway.facts.household import SEEN
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

OF_AGE: Json = {"family_of": "sem", "born": "2009-01-01", "declared_of_age": True}
SISTER: Json = {"person": "zus", "of": "sem", "relation": "sibling"}
FOSTER: Json = {"person": "luus", "of": "sem", "relation": "foster-parent", "via": "ggz"}
UNFIT: Json = {"person": "sem", "capable": False}
WHY: Json = {"reason": "onderzoek van vandaag"}


def parental(holder: str) -> Json:
    return {"holder": holder, "over": "sem", "kind": "parental", "since": "2026-01-01"}


async def test_person_whom_one_organisation_calls_of_age_sees_nothing(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-06", authority=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        mother = await told(gateway, "anna", "persons", OF_AGE)
        with_person(gateway, mother)
        world["request"]["requester"] = {"person": mother}
        say_so = await told(gateway, "anna", "authority", parental(mother))
        await told(gateway, "rik", f"authority/{say_so}/confirm", SEEN)
        await refused(gateway, f"anna bert person:{mother}", f"persons/{mother}/confirm", SEEN)
        assert not await opens(gateway, world)
        await told(gateway, "juf", f"persons/{mother}/confirm", SEEN)
        assert await opens(gateway, world)


async def test_sibling_lives_with_and_cares_for_that_the_asker_writes_himself_cover_nobody(
    tmp_path: Path, database_url: str
) -> None:
    both = {"about": ["sem", "zus"]}
    world = world_of_basis("LB-12", record=both, involvements=helps("ggz"))
    together = SISTER | {"lives_with": True, "cares_for": True}
    async with running(world, tmp_path, database_url=database_url) as gateway:
        await refused(gateway, "rik anna zus", "family", together)
        await told(gateway, "rik", "involvements", {"kind": "help", "about": "sem"})
        await refused(gateway, "rik", "family", together)
        assert not await opens(gateway, world)
        # A sister is no household, nor is who cares: only that she lives there covers her, on a helper's word.
        for less in (SISTER, SISTER | {"cares_for": True}):
            await told(gateway, "chris", "family", less)
            assert not await opens(gateway, world)
        await told(gateway, "chris", "family", together)
        assert await opens(gateway, world)


async def test_other_family_facts_such_as_a_parent_give_no_voice_on_one_organisations_word(tmp_path: Path) -> None:
    world = world_of_basis("LB-19", family=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "family", {"person": "vader", "of": "sem", "relation": "parent"})
        assert not await opens(gateway, world)
        await refused(gateway, "anna bert vader", f"family/{fact}/confirm", SEEN)
        assert not await opens(gateway, world)
        await told(gateway, "juf", f"family/{fact}/confirm", SEEN)
        assert await opens(gateway, world)


async def test_foster_parent_whom_another_than_the_via_names_sees_nothing(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-18", family=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        await refused(gateway, "person:luus moeder anna jan", "family", FOSTER)
        # Of his own organisation anybody may say it; that opens nothing of another.
        await told(gateway, "jan", "family", FOSTER | {"via": "gi"})
        assert not await opens(gateway, world)
        await told(gateway, "chris", "family", FOSTER)
        assert await opens(gateway, world)


async def test_authority_that_a_guardian_verifies_himself_opens_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-09", authority=[])
    guardian = {name: value for name, value in authority("gi", kind="guardianship").items() if name[0] not in "iv"}
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "jan", "authority", guardian)
        await refused(gateway, "jan jet", f"authority/{fact}/confirm", SEEN)
        assert not await opens(gateway, world)
        await told(gateway, "rik", f"authority/{fact}/confirm", SEEN)
        assert await opens(gateway, world)


async def test_capacity_that_nobody_who_treats_him_judged_lets_nobody_speak_for_him(
    tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-25", capacity=[], involvements=helps("ggz", "school"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        await told(gateway, "zoe", "involvements", {"kind": "help", "about": "sem"})
        # The father, a teacher, a therapist's like who only says that he helps, and one who does not even say so.
        await refused(gateway, "vader juf zoe anna", "capacity", UNFIT | WHY)
        await refused(gateway, "chris", "capacity", UNFIT, status=422)
        assert not await opens(gateway, world)
        await told(gateway, "chris", "capacity", UNFIT | WHY)
        assert await opens(gateway, world)
