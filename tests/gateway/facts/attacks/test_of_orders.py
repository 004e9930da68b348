"""Who executes an order, or works under it, writes it himself and gets nothing; with the right second word he does."""

from pathlib import Path

import pytest

from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, told
from tests.gateway.running import running
from tests.properties.every_basis import world_of_basis

ORDER: Json = {
    "kind": "supervision-order",
    "subject": "sem",
    "executor": "gi",
    "since": "2026-01-01",
    "until": "2027-01-01",
}
ENGAGED: Json = {"order": "ots", "provider": "zorg"}


async def test_order_that_its_own_institution_verifies_opens_nothing(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-07", orders=[], involvements=helps("ggz"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        assert not await opens(gateway, world)
        order = await told(gateway, "jan", "orders", ORDER)
        await refused(gateway, "jan jet joost", f"orders/{order}/confirm", {})
        assert not await opens(gateway, world)
        # The other way round it is what the law asks: the holder who is asked has looked at it.
        await told(gateway, "chris", f"orders/{order}/confirm", {})
        assert await opens(gateway, world)


async def test_order_is_not_verified_by_its_institution_where_that_helps_too(tmp_path: Path) -> None:
    world = world_of_basis("LB-07", orders=[])
    async with running(world, tmp_path) as gateway:
        await told(gateway, "jan", "involvements", {"kind": "help", "about": "sem"})
        order = await told(gateway, "jan", "orders", ORDER)
        await refused(gateway, "jan jet", f"orders/{order}/confirm", {})
        assert not await opens(gateway, world)


async def test_order_is_not_verified_by_an_accomplice_who_says_that_he_helps(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-07", orders=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        # Before the order or after it: nobody else knows of that help.
        await told(gateway, "chris", "involvements", {"kind": "help", "about": "sem"})
        order = await told(gateway, "jan", "orders", ORDER)
        await told(gateway, "juf", "involvements", {"kind": "help", "about": "sem"})
        await refused(gateway, "chris juf", f"orders/{order}/confirm", {})
        assert not await opens(gateway, world)


async def test_assignment_that_either_side_writes_alone_opens_nothing(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-11", assignments=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        # The provider who would be let in, a helper, and an institution that does not execute it.
        await refused(gateway, "zoe anna joost", "assignments", ENGAGED)
        assert not await opens(gateway, world)
        assignment = await told(gateway, "jan", "assignments", ENGAGED)
        await refused(gateway, "jan jet anna chris", f"assignments/{assignment}/confirm", {})
        assert not await opens(gateway, world)
        await told(gateway, "zoe", f"assignments/{assignment}/confirm", {})
        assert await opens(gateway, world)


async def test_assignment_under_an_order_of_ones_own_opens_nothing_of_the_executor(tmp_path: Path) -> None:
    world = world_of_basis("LB-11", assignments=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        own = await told(gateway, "zoe", "orders", ORDER | {"executor": "zorg"})
        await refused(gateway, "zoe", f"orders/{own}/confirm", {})
        # Who engages and who is engaged are one here, so he may do both; the records are those of another.
        engaged = await told(gateway, "zoe", "assignments", ENGAGED | {"order": own})
        await refused(gateway, "zoe", f"assignments/{engaged}/confirm", {}, status=201)
        assert not await opens(gateway, world)


COMPULSORY = ("compulsory-mental-health", "crisis-measure", "compulsory-disability-care")


@pytest.mark.parametrize("kind", COMPULSORY)
async def test_order_of_compulsory_care_on_the_word_of_its_executor_alone_opens_nothing(
    tmp_path: Path, kind: str
) -> None:
    # No rule asks whether such an order was verified (LB-28, LB-29), and there the holder's decision is enough.
    basis = "LB-29" if kind == "compulsory-disability-care" else "LB-28"
    world = world_of_basis(basis, by="joost", orders=[], involvements=helps("ggz"))
    async with running(world, tmp_path) as gateway:
        assert not await opens(gateway, world)
        order = await told(gateway, "joost", "orders", ORDER | {"kind": kind, "executor": "gi-oost"})
        assert not await opens(gateway, world)
        await refused(gateway, "joost", f"orders/{order}/confirm", {})
        await told(gateway, "chris", f"orders/{order}/confirm", {})
        assert await opens(gateway, world)


async def test_assignment_under_an_order_on_the_word_of_its_executor_alone_opens_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-11", orders=[], assignments=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        order = await told(gateway, "jan", "orders", ORDER)
        engaged = await told(gateway, "jan", "assignments", ENGAGED | {"order": order})
        await told(gateway, "zoe", f"assignments/{engaged}/confirm", {})
        assert not await opens(gateway, world)
        await told(gateway, "anna", f"orders/{order}/confirm", {})
        assert await opens(gateway, world)
