"""Who receives ends the say of who did not say yes, and the yes of who is left is not enough by that."""

from pathlib import Path
from typing import Any

import pytest

from gateway.database.engine import write_transaction
from tests.consent.make import authority, consent, incapable, mandate, refusal
from tests.gateway.facts.attacks.attacking import helps, opens, refused, told
from tests.gateway.facts.attacks.test_of_help import HELP
from tests.gateway.running import PERSON, Running, running
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


SISTER = {"person": "zus", "of": "sem", "relation": "sibling"}
PARTNER = {"person": "luus", "of": "sem", "relation": "partner"}
CURATOR = authority("moeder", kind="curator")
SPEAKS = [("moeder", "moeder"), ("gi", "gi"), ("gi", "jan")]
"""Who has a say, and by whom he speaks: an organisation also by its professionals."""


def grown(basis: str, **more: Any) -> dict[str, Any]:
    """Sem is grown, and cannot decide."""
    found = {"age": 19, "capacity": [incapable()], "involvements": helps("team", "ggz"), "family": [SISTER]}
    return world_of_basis(basis, **(found | more))


def asked_by(name: str, **more: Any) -> dict[str, Any]:
    return grown("LB-25", by={"person": name}, **more)


async def kinship(gateway: Running, person: str) -> str:
    """Return the fact by which `person` is kin of Sem."""
    committer = gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        known = (await committer.facts.held(connection, "sem")).known.values()
    [found] = [each.id for each in known if each.section == "family" and each.source["person"] == person]
    return f"family/{found}/close"


@pytest.mark.parametrize("field", ALONE_END)
async def test_who_ends_the_curator_of_an_adult_lets_nobody_further_off_in_until_a_second_does(
    tmp_path: Path, database_url: str, field: str
) -> None:
    at = asked_by("zus", authority=[CURATOR])
    async with running(at, tmp_path, database_url=database_url) as gateway:
        for name, opened in (("joost", False), ("joost", False), ("anna", True)):
            assert not await opens(gateway, at)
            await told(gateway, name, "authority/a-moeder/close", {"field": field})
            assert await opens(gateway, at) is opened


async def test_who_ends_the_partner_of_an_adult_lets_nobody_further_off_in_until_a_second_does(tmp_path: Path) -> None:
    at = asked_by("zus", family=[SISTER, PARTNER])
    async with running(at, tmp_path) as gateway:
        partner = await kinship(gateway, "luus")
        for name, opened in (("anna", False), ("bert", False), ("chris", True)):
            assert not await opens(gateway, at)
            await told(gateway, name, partner, {"field": "until"})
            assert await opens(gateway, at) is opened


@pytest.mark.parametrize(
    ("section", "said"),
    [("family", PARTNER), ("authority", {"holder": "vader", "over": "sem", "kind": "curator", "since": "2026-01-01"})],
)
async def test_who_ends_what_nobody_confirmed_takes_nothing_from_who_speaks(
    tmp_path: Path, section: str, said: dict[str, Any]
) -> None:
    at = asked_by("zus")
    async with running(at, tmp_path) as gateway:
        fact = await told(gateway, "anna", section, said)
        assert await opens(gateway, at)
        await told(gateway, "chris", f"{section}/{fact}/close", {"field": "until"})
        assert await opens(gateway, at)


async def test_who_ends_what_had_ended_by_itself_takes_nothing_from_who_speaks(tmp_path: Path) -> None:
    # As a partner of a minor of whom nobody else spoke: by that he never had a say.
    at = asked_by("zus", family=[SISTER, PARTNER | {"until": "2024-05-04"}])
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        await told(gateway, "anna", await kinship(gateway, "luus"), {"field": "until"})
        assert await opens(gateway, at)


async def test_in_a_place_that_would_end_by_itself_nobody_stands_longer_than_that(tmp_path: Path) -> None:
    at = asked_by("zus", family=[SISTER, PARTNER | {"until": "2026-05-04"}])
    async with running(at, tmp_path) as gateway:
        await told(gateway, "anna", await kinship(gateway, "luus"), {"field": "until"})
        assert not await opens(gateway, at)
        gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
        [until] = [one.source["until"] for one in gathered.facts.family if one.person.endswith(":ended")]
        assert until == "2026-05-04"


UNSURE = [HELP, {}]
"""What is said before by who ends it: that he helps, which nobody confirmed, or nothing where that is known already."""


@pytest.mark.parametrize("says", UNSURE, ids=["on his own word", "known"])
async def test_an_end_by_itself_is_no_less_sure_where_somebody_ends_it_too(
    tmp_path: Path, database_url: str, says: dict[str, Any]
) -> None:
    ended = authority("vader", until="2026-02-01")
    helpers = helps("team") if says else helps("team", "ggz")
    yes = [consent("sem"), consent("moeder")]
    at = world_of_basis("LB-01", authority=[authority("moeder"), ended], consents=yes, involvements=helpers)
    async with running(at, tmp_path, database_url=database_url) as gateway:
        assert await opens(gateway, at)
        if says:
            await told(gateway, "chris", "involvements", says)
        await told(gateway, "chris", "authority/a-vader/close", {"field": "suspended_on"})
        assert await opens(gateway, at)


@pytest.mark.parametrize("says", UNSURE, ids=["on his own word", "known"])
async def test_who_would_be_asked_until_a_day_is_not_asked_longer_because_somebody_ended_it_before(
    tmp_path: Path, says: dict[str, Any]
) -> None:
    helpers = helps("team") if says else helps("team", "ggz")
    at = world_of_basis("LB-01", authority=[authority("vader", until="2026-05-04")], involvements=helpers)
    async with running(at, tmp_path) as gateway:
        if says:
            await told(gateway, "chris", "involvements", says)
        await told(gateway, "chris", "authority/a-vader/close", {"field": "until"})
        gathered = await gateway.gateway.exchange.committer.gather(PERSON, "sem", also=frozenset())
        [until] = [one.source.get("until") for one in gathered.facts.authority if one.id.endswith(":ended")]
        assert until == "2026-05-04"


async def test_an_adult_says_himself_who_is_his_partner_no_more(tmp_path: Path) -> None:
    at = asked_by("zus", family=[SISTER, PARTNER])
    async with running(at, tmp_path) as gateway:
        partner = await kinship(gateway, "luus")
        await told(gateway, "anna", partner, {"field": "until"})
        assert not await opens(gateway, at)
        await told(gateway, "sem", partner, {"field": "until"})
        assert await opens(gateway, at)


@pytest.mark.parametrize(
    "at",
    [asked_by("moeder", authority=[CURATOR]), grown("LB-01", authority=[CURATOR], consents=[consent("moeder")])],
    ids=["reads", "allows"],
)
async def test_a_curator_whose_place_one_organisation_ended_reads_and_allows_nothing(
    tmp_path: Path, at: dict[str, Any]
) -> None:
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        await told(gateway, "anna", "authority/a-moeder/close", {"field": "until"})
        assert not await opens(gateway, at)


@pytest.mark.parametrize(("holder", "speaker"), SPEAKS)
async def test_the_no_of_who_stands_beside_another_counts_until_a_second_organisation_ends_his_place(
    tmp_path: Path, holder: str, speaker: str
) -> None:
    beside = [authority(holder, kind="curator"), authority("vader", kind="adult-mentor")]
    at = grown("LB-01", authority=beside, consents=[consent("vader")], refusals=[refusal(speaker)])
    async with running(at, tmp_path) as gateway:
        for name, opened in (("anna", False), ("chris", True)):
            assert not await opens(gateway, at)
            await told(gateway, name, f"authority/a-{holder}/close", {"field": "until"})
            assert await opens(gateway, at) is opened


@pytest.mark.parametrize("field", ALONE_END)
@pytest.mark.parametrize(("holder", "speaker"), SPEAKS)
async def test_what_who_had_authority_agreed_to_for_a_mentor_ends_with_it(
    tmp_path: Path, field: str, holder: str, speaker: str
) -> None:
    agreed = mandate(parent_agreements=[{"by": speaker, "on": "2026-01-16"}])
    has_it = [authority(holder, kind="guardianship")]
    at = world_of_basis("LB-27", age=13, authority=has_it, mandates=[agreed], involvements=helps("team", "ggz"))
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        await told(gateway, "anna", f"authority/a-{holder}/close", {"field": field})
        assert not await opens(gateway, at)
