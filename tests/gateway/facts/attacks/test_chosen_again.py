"""A mentor whom the youth took back, or what he switched off for him: nobody else chooses that again."""

import json
from pathlib import Path

import pytest

from tests.consent.make import authority, mandate
from tests.gateway.facts.attacks.attacking import Json, helps, opens, refused, say, told
from tests.gateway.facts.attacks.test_of_help import MANDATE
from tests.gateway.running import Running, running
from tests.properties.every_basis import world_of_basis

IDENTITY: Json = {"field": "identity_verified_on", "evidence": {"identity": "identity-document"}}
STATEMENT: Json = {"field": "confidentiality_statement_on"}
AGREES: Json = {"field": "parent_agreements"}
WAS_PRESENT: Json = AGREES | {"evidence": {"agreed_by": "moeder"}}


def agreed() -> Json:
    """Return the world of a youth of 13, whose mother agreed to his mentor."""
    mandates = [mandate(parent_agreements=[{"by": "moeder", "on": "2026-01-15"}])]
    more: Json = {"authority": [authority("moeder")], "mandates": mandates, "involvements": helps("team", "zorg")}
    return world_of_basis("LB-27", age=13, **more)


async def chosen_by_sem(gateway: Running) -> str:
    """Have the youth choose his mentor, whom a helper knows and who promises to be silent; nobody agrees yet."""
    chosen = await told(gateway, "sem", "mandates", MANDATE)
    await told(gateway, "zoe", f"mandates/{chosen}/confirm", IDENTITY)
    await told(gateway, "mentor:luus", f"mandates/{chosen}/confirm", STATEMENT)
    return chosen


@pytest.mark.parametrize("first", [{}, {"switched off": True}], ids=["on", "off"])
async def test_two_helpers_do_not_choose_again_the_mentor_whom_the_youth_took_back(tmp_path: Path, first: Json) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        if first:
            await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": False, "appointments": False}})
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        assert not await opens(gateway, at)
        for name in ("sem", "anna"):
            fact = await told(gateway, name, "mandates", MANDATE)
            await told(gateway, "zoe", f"mandates/{fact}/confirm", IDENTITY)
            await told(gateway, "mentor:luus", f"mandates/{fact}/confirm", {"field": "confidentiality_statement_on"})
            assert await opens(gateway, at)


async def test_a_mandate_that_helpers_have_ready_brings_nobody_back_whom_the_youth_took_back(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "mandates", MANDATE)
        await told(gateway, "mentor:luus", f"mandates/{ready}/confirm", {"field": "confidentiality_statement_on"})
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "zoe", f"mandates/{ready}/confirm", IDENTITY, status=422)
        # Nor is another one chosen for him because that one stands behind the one he took back.
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        assert not await opens(gateway, at)


async def test_a_mandate_that_the_youth_chose_himself_goes_on_where_he_takes_an_earlier_one_back(
    tmp_path: Path,
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        other = await told(gateway, "sem", "mandates", MANDATE)
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "zoe", f"mandates/{other}/confirm", IDENTITY)
        await told(gateway, "mentor:luus", f"mandates/{other}/confirm", {"field": "confidentiality_statement_on"})
        assert await opens(gateway, at)


@pytest.mark.parametrize("before", [{"since": "2025-08-01", "until": "2026-02-01"}, {"categories": ["appointments"]}])
async def test_what_the_youth_chose_before_he_took_his_mentor_back_is_no_choice_after_it(
    tmp_path: Path, before: Json
) -> None:
    at = world_of_basis("LB-27", mandates=[], involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        await told(gateway, "sem", "mandates", MANDATE | before)
        chosen = await told(gateway, "anna", "mandates", MANDATE)
        await told(gateway, "zoe", f"mandates/{chosen}/confirm", IDENTITY)
        await told(gateway, "mentor:luus", f"mandates/{chosen}/confirm", {"field": "confidentiality_statement_on"})
        assert await opens(gateway, at)
        await told(gateway, "sem", f"mandates/{chosen}/close", {"field": "youth_withdrew_on"})
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        assert not await opens(gateway, at)


async def test_two_helpers_do_not_choose_for_a_mentor_what_the_youth_switched_off_for_him(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    statement: Json = {"field": "confidentiality_statement_on"}
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await told(gateway, "anna", "mandates", MANDATE)
        await told(gateway, "mentor:luus", f"mandates/{ready}/confirm", statement)
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": False}})
        await told(gateway, "zoe", f"mandates/{ready}/confirm", IDENTITY)
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        await told(gateway, "anna", "mandates", MANDATE | {"categories": ["appointments", "professionals"]})
        assert not await opens(gateway, at)
        # He says it himself: he switches it on again, or chooses it anew.
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": True}})
        for name in ("anna", "sem"):
            await told(gateway, name, "mandates", MANDATE)
        await told(gateway, "sem", "mandates/m1/switches", {"categories": {"goals": False}})
        for name, status in (("anna", 422), ("sem", 201), ("anna", 201)):
            await refused(gateway, name, "mandates", MANDATE, status=status)


async def test_a_mentor_whom_the_youth_took_back_has_from_helpers_only_what_he_chose_again(
    tmp_path: Path, database_url: str
) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path, database_url=database_url) as gateway:
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "sem", "mandates", MANDATE | {"categories": ["appointments"]})
        await refused(gateway, "anna zoe", "mandates", MANDATE, status=422)
        await told(gateway, "anna", "mandates", MANDATE | {"categories": ["appointments"]})
        await told(gateway, "sem", "mandates", MANDATE)
        await told(gateway, "anna", "mandates", MANDATE)


SAID_OF_HIM: dict[str, tuple[str, str, Json]] = {
    "the youth takes him back": ("sem", "mandates/m1/close", {"field": "youth_withdrew_on"}),
    "the youth switches something off": ("sem", "mandates/m1/switches", {"categories": {"goals": False}}),
    "his mother suspends him": ("moeder", "mandates/m1/close", {"field": "suspended_on"}),
    "a helper suspends him": ("anna", "mandates/m1/close", {"field": "suspended_on"}),
    "a helper ends it": ("anna", "mandates/m1/close", {"field": "until"}),
}
"""What others say of a mentor: by whom, where, and what."""


async def statement(gateway: Running, mandate: str) -> tuple[int, Json]:
    """Have the mentor make his statement, and return the answer without what differs each time."""
    answer = await say(gateway, "mentor:luus", f"mandates/{mandate}/confirm", STATEMENT)
    return answer.status, {**json.loads(answer.body), "receipt": None, "request_id": None}


@pytest.mark.parametrize("said", SAID_OF_HIM.values(), ids=[each.replace(" ", "-") for each in SAID_OF_HIM])
async def test_a_mentor_hears_at_his_statement_nothing_of_what_others_say_of_him(
    tmp_path: Path, said: tuple[str, str, Json]
) -> None:
    async with running(agreed(), tmp_path) as gateway:
        ready = await told(gateway, "anna", "mandates", MANDATE)
        before, nobodys = await statement(gateway, "m1"), await statement(gateway, "nobody-s")
        assert (before[0], nobodys[0]) == (201, 403)
        await told(gateway, *said)
        assert await statement(gateway, "m1") == before
        # What helpers had ready he makes whole without what was taken back, or not at all, and is not told why.
        answered = await statement(gateway, ready)
        assert answered == nobodys or (answered[0], said[1]) == (201, "mandates/m1/switches")


async def test_a_mentor_does_not_hear_at_his_statement_who_agreed_to_him(tmp_path: Path) -> None:
    async with running(agreed(), tmp_path) as gateway:
        chosen = await chosen_by_sem(gateway)
        status, before = await statement(gateway, chosen)
        assert (status, before["needs"]) == (201, ["parent_agreements"])
        await told(gateway, "moeder", f"mandates/{chosen}/confirm", AGREES)
        assert (await statement(gateway, chosen))[1] == before


async def test_another_mentor_is_chosen_by_a_helper_after_one_was_taken_back(tmp_path: Path) -> None:
    at = world_of_basis("LB-27", involvements=helps("team", "zorg"))
    async with running(at, tmp_path) as gateway:
        await told(gateway, "sem", "mandates/m1/close", {"field": "youth_withdrew_on"})
        await told(gateway, "anna", "mandates", MANDATE | {"mentor": "zus"})


@pytest.mark.parametrize("is_ready", [False, True], ids=["again", "ready"])
async def test_no_helper_says_of_a_parent_who_suspended_a_mentor_that_he_agrees_again(
    tmp_path: Path, database_url: str, *, is_ready: bool
) -> None:
    at = agreed()
    async with running(at, tmp_path, database_url=database_url) as gateway:
        assert await opens(gateway, at)
        ready = [await chosen_by_sem(gateway)] if is_ready else []
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        [chosen] = ready or [await chosen_by_sem(gateway)]
        await refused(gateway, "anna zoe", f"mandates/{chosen}/confirm", WAS_PRESENT, status=422)
        assert not await opens(gateway, at)
        await told(gateway, "moeder", f"mandates/{chosen}/confirm", AGREES)
        assert await opens(gateway, at)
        # She agreed herself since: of what comes behind that a helper who was present says so, as of anybody.
        await told(gateway, "zoe", f"mandates/{await chosen_by_sem(gateway)}/confirm", WAS_PRESENT)


async def test_a_helper_who_suspended_a_mentor_says_no_parent_did(tmp_path: Path) -> None:
    at = agreed()
    async with running(at, tmp_path) as gateway:
        await told(gateway, "anna", "mandates/m1/close", {"field": "suspended_on"})
        await told(gateway, "zoe", f"mandates/{await chosen_by_sem(gateway)}/confirm", WAS_PRESENT)
        assert await opens(gateway, at)


async def test_nobody_opens_by_what_was_ready_before_a_parent_suspended_the_mentor(
    tmp_path: Path,
) -> None:
    at = agreed()
    at["authority"].append(authority("vader"))
    at["mandates"][0]["parent_agreements"].append({"by": "vader", "on": "2026-01-15"})
    async with running(at, tmp_path) as gateway:
        assert await opens(gateway, at)
        path = f"mandates/{await told(gateway, 'sem', 'mandates', MANDATE)}/confirm"
        await told(gateway, "zoe", path, WAS_PRESENT)
        await told(gateway, "mentor:luus", path, STATEMENT)
        await told(gateway, "vader", path, AGREES)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        await refused(gateway, "anna zoe", path, IDENTITY, status=422)
        await refused(gateway, "vader", path, AGREES, status=422)
        assert not await opens(gateway, at)
        # She agrees again to what she closed, so he may too; what two helpers had ready is recorded anew.
        await told(gateway, "moeder", path, AGREES)
        await told(gateway, "vader", path, AGREES)
        await refused(gateway, "zoe", path, IDENTITY, status=422)
        assert not await opens(gateway, at)


async def test_what_a_parent_agreed_to_before_she_suspended_that_mentor_is_made_whole_by_nobody_else(
    tmp_path: Path, database_url: str
) -> None:
    both = [{"by": name, "on": "2026-01-15"} for name in ("moeder", "vader")]
    parents, helping = [authority("moeder"), authority("vader")], helps("team", "zorg")
    at = world_of_basis(
        "LB-27", age=13, authority=parents, mandates=[mandate(parent_agreements=both)], involvements=helping
    )
    async with running(at, tmp_path, database_url=database_url) as gateway:
        ready = await chosen_by_sem(gateway)
        await told(gateway, "moeder", f"mandates/{ready}/confirm", AGREES)
        await told(gateway, "moeder", "mandates/m1/close", {"field": "suspended_on"})
        assert not await opens(gateway, at)
        await refused(gateway, "vader", f"mandates/{ready}/confirm", AGREES, status=422)
        assert not await opens(gateway, at)
        # Once she agrees anew he does so too.
        await told(gateway, "moeder", f"mandates/{ready}/confirm", AGREES)
        assert not await opens(gateway, at)
        await told(gateway, "vader", f"mandates/{ready}/confirm", AGREES)
        assert await opens(gateway, at)
