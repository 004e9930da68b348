"""Two who record and confirm keep a fact ready beside another; once that was ended, they say it anew or not at all."""

from pathlib import Path

import pytest

from tests.consent.make import authority, consent, order
from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, told
from tests.gateway.facts.attacks.saying import ASSISTED, YES
from tests.gateway.facts.attacks.test_chosen_again import (
    AGREES,
    IDENTITY,
    STATEMENT,
    WAS_PRESENT,
    agreed,
    chosen_by_sem,
)
from tests.gateway.facts.attacks.test_of_help import ACCEPTED, CLIENT_KNOWS, JOINT, MANDATE
from tests.gateway.facts.attacks.test_of_orders import ENGAGED, ORDER
from tests.gateway.facts.attacks.test_said_again import joint
from tests.gateway.facts.household import SEEN
from tests.gateway.running import Running, running
from tests.properties.every_basis import INFORMED, world_of_basis

PARTNER: Json = {"person": "luus", "of": "sem", "relation": "partner"}
PARENTAL: Json = {"holder": "moeder", "over": "sem", "kind": "parental", "since": "2012-05-04"}


async def twice(gateway: Running, who: str, section: str, body: Json) -> list[str]:
    """Have `who` record the same twice, and return both."""
    return [await told(gateway, who, section, body) for _ in range(2)]


@pytest.mark.parametrize("closer", ["rik", "toegang", "jan"], ids=["board", "municipality", "executor"])
async def test_an_order_kept_ready_is_not_verified_once_another_of_it_was_ended(
    tmp_path: Path, database_url: str, closer: str
) -> None:
    at = world_of_basis("LB-07", orders=[order()], involvements=helps("ggz"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "jan", "orders", ORDER)
        await told(gateway, closer, "orders/ots/close", {})
        await refused(gateway, "chris rik", f"orders/{ready}/confirm", {}, status=422)
        assert not await opens(gateway, at)
        await told(gateway, "chris", f"orders/{await told(gateway, 'jan', 'orders', ORDER)}/confirm", {})
        assert await opens(gateway, at)


@pytest.mark.parametrize("more", [{"kind": "provisional-supervision-order"}, {"executor": "gi-oost"}])
async def test_an_order_of_another_kind_or_executor_is_verified_after_one_was_ended(tmp_path: Path, more: Json) -> None:
    at = world_of_basis("LB-07", orders=[order(**more)], involvements=helps("ggz"))
    async with running(at, tmp_path) as gateway:
        ready = await told(gateway, "jan", "orders", ORDER)
        await told(gateway, "rik", "orders/ots/close", {})
        await told(gateway, "chris", f"orders/{ready}/confirm", {})
        assert await opens(gateway, at)


async def test_an_order_of_which_nobody_says_who_carries_it_out_is_another_than_that_of_its_executor(
    tmp_path: Path,
) -> None:
    at, unnamed = world_of_basis("LB-07", orders=[], involvements=helps("ggz")), {**ORDER}
    del unnamed["executor"]
    async with running(at, tmp_path) as gateway:
        once, again = await twice(gateway, "rik", "orders", unnamed)
        ready = await told(gateway, "jan", "orders", ORDER)
        await told(gateway, "rik", f"orders/{once}/close", {})
        await refused(gateway, "chris", f"orders/{again}/confirm", {}, status=422)
        await told(gateway, "chris", f"orders/{ready}/confirm", {})
        assert await opens(gateway, at)


async def test_an_assignment_kept_ready_is_not_accepted_once_another_of_it_was_ended(tmp_path: Path) -> None:
    at = world_of_basis("LB-11", assignments=[], involvements=helps("team"))
    async with running(at, tmp_path) as gateway:
        once, ready = await twice(gateway, "jan", "assignments", ENGAGED)
        await told(gateway, "zoe", f"assignments/{once}/confirm", {})
        assert await opens(gateway, at)
        await told(gateway, "jan", f"assignments/{once}/close", {})
        await refused(gateway, "zoe", f"assignments/{ready}/confirm", {}, status=422)
        assert not await opens(gateway, at)


@pytest.mark.parametrize("field", ["until", "suspended_on", "disputed"])
async def test_an_authority_kept_ready_is_not_verified_once_another_of_it_was_closed(
    tmp_path: Path, database_url: str, field: str
) -> None:
    at = world_of_basis("LB-06", authority=[authority("moeder")], involvements=helps("team", "ggz"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "authority", PARENTAL)
        await told(gateway, "chris", "authority/a-moeder/close", {"field": field})
        await refused(gateway, "juf rik", f"authority/{ready}/confirm", SEEN, status=422)
        assert not await opens(gateway, at)


async def test_a_partner_kept_ready_is_not_confirmed_once_the_adult_himself_ended_it(tmp_path: Path) -> None:
    at = world_of_basis("LB-25", by={"person": "luus"}, family=[], involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        once, ready = await twice(gateway, "anna", "family", PARTNER)
        await told(gateway, "zoe", f"family/{once}/confirm", SEEN)
        assert await opens(gateway, at)
        await told(gateway, "sem", f"family/{once}/close", {"field": "until"})
        await refused(gateway, "zoe juf", f"family/{ready}/confirm", SEEN, status=422)
        assert not await opens(gateway, at)


@pytest.mark.parametrize("closer", ["sem", "zoe"], ids=["his own login", "on his word"])
async def test_a_yes_kept_ready_is_confirmed_by_nobody_but_its_giver_once_he_withdrew_another(
    tmp_path: Path, database_url: str, closer: str
) -> None:
    at = world_of_basis("LB-02", consents=[consent("sem")], involvements=helps("team", "zorg", "ggz"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "consents", YES | ASSISTED)
        await told(gateway, closer, "consents/c-sem/close", {})
        await refused(gateway, "zoe chris", f"consents/{ready}/confirm", {}, status=422)
        assert not await opens(gateway, at)
        await told(gateway, "sem", f"consents/{ready}/confirm", {})
        assert await opens(gateway, at)


@pytest.mark.parametrize("name", ["gi", "jan"], ids=["its id", "a professional"])
async def test_a_yes_kept_ready_under_any_name_of_an_organisation_is_not_confirmed_once_it_withdrew_another(
    tmp_path: Path, name: str
) -> None:
    guardian: Json = {"authority": [authority("gi", kind="guardianship")], "consents": []}
    at = world_of_basis("LB-01", age=7, involvements=helps("team", "zorg", "ggz"), **guardian)
    async with running(at, tmp_path) as gateway:
        own = await told(gateway, "jan", "consents", YES | {"categories": ["school"]})
        ready = await told(gateway, "anna", "consents", YES | ASSISTED | {"given_by": name, "categories": ["goals"]})
        await told(gateway, "jan", f"consents/{own}/close", {})
        await refused(gateway, "zoe chris", f"consents/{ready}/confirm", {}, status=422)


@pytest.mark.parametrize(("closer", "field"), [("moeder", "suspended_on"), ("anna", "suspended_on"), ("anna", "until")])
async def test_a_mandate_kept_ready_is_not_made_whole_once_another_of_that_mentor_was_closed(
    tmp_path: Path, database_url: str, closer: str, field: str
) -> None:
    at = agreed()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready, lacks_mother = await told(gateway, "sem", "mandates", MANDATE), await chosen_by_sem(gateway)
        await told(gateway, "moeder", f"mandates/{ready}/confirm", AGREES)
        await told(gateway, closer, "mandates/m1/close", {"field": field})
        await refused(gateway, "anna zoe", f"mandates/{ready}/confirm", IDENTITY, status=422)
        await refused(gateway, "mentor:luus", f"mandates/{ready}/confirm", STATEMENT)
        await refused(gateway, "anna zoe", f"mandates/{lacks_mother}/confirm", WAS_PRESENT, status=422)
        assert not await opens(gateway, at)
        await told(gateway, "moeder", f"mandates/{lacks_mother}/confirm", AGREES)
        assert await opens(gateway, at)


@pytest.mark.parametrize(
    ("basis", "path", "body", "who"),
    [("LB-07", "orders", ORDER, ("jan", "rik")), ("LB-06", "authority", PARENTAL, ("anna", "zoe"))],
)
async def test_who_ends_his_double_once_the_other_was_confirmed_leaves_that_as_it_is(
    tmp_path: Path, basis: str, path: str, body: Json, who: tuple[str, str]
) -> None:
    at = world_of_basis(basis, involvements=helps("team", "zorg", "ggz"), **{path: []})
    async with running(at, tmp_path) as gateway:
        one, double = [await told(gateway, each, path, body) for each in who]
        await told(gateway, "chris", f"{path}/{one}/confirm", SEEN)
        await told(gateway, who[1], f"{path}/{double}/close", {"field": "until"} if path == "authority" else {})
        assert await opens(gateway, at)


async def test_joint_help_kept_ready_is_known_to_no_client_once_a_partner_left_other_with_the_same(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-04", involvements=[*helps("team", "zorg"), INFORMED])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "involvements", JOINT)
        await told(gateway, "chris", f"involvements/{ready}/confirm", ACCEPTED)
        assert await opens(gateway, at)
        await told(gateway, "chris", "involvements/i1/close", {"field": "left_by"})
        assert not await opens(gateway, at)
        await refused(gateway, "zoe", f"involvements/{ready}/confirm", CLIENT_KNOWS, status=422)
        assert not await opens(gateway, at)
        # What he accepts anew is known to the client as ever.
        await joint(gateway)
        assert await opens(gateway, at)


async def test_joint_help_that_a_partner_accepts_after_he_left_other_becomes_known_to_the_client(
    tmp_path: Path,
) -> None:
    at = world_of_basis("LB-04", involvements=[*helps("team", "zorg"), INFORMED])
    async with running(at, tmp_path) as gateway:
        ready = await told(gateway, "anna", "involvements", JOINT)
        await told(gateway, "chris", "involvements/i1/close", {"field": "left_by"})
        await told(gateway, "chris", f"involvements/{ready}/confirm", ACCEPTED)
        await told(gateway, "zoe", f"involvements/{ready}/confirm", CLIENT_KNOWS)
        assert await opens(gateway, at)
