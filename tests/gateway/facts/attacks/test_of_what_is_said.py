"""Who gains by it writes what the youth, a parent or a holder said; with that person's own word it opens."""

import json
from pathlib import Path

import pytest

from gateway.sandbox.call import Answer
from tests.consent.make import authority, consent, refusal
from tests.gateway.facts.attacks.attacking import Json, ask, helps, opens, refused, told
from tests.gateway.facts.attacks.saying import ASSISTED, YES
from tests.gateway.log.office import indexed
from tests.gateway.running import Running, running
from tests.properties.every_basis import world_of_basis

DECISIONS = "/api/v1/holder/decisions"
QUESTIONS = "/api/v1/holder/questions"
LONG = "Hij zei dat hij zijn zus deze week iets aandoet; een collega is geraadpleegd."


async def test_consent_that_a_recipient_wrote_down_opens_nothing_before_it_is_confirmed(
    tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        fact = await told(gateway, "anna", "consents", YES | ASSISTED)
        assert not await opens(gateway, world)
        await refused(gateway, "anna bert zoe moeder", f"consents/{fact}/confirm", {})
        assert not await opens(gateway, world)
        await told(gateway, "sem", f"consents/{fact}/confirm", {})
        assert await opens(gateway, world)


async def test_consent_for_a_colleague_is_a_consent_for_oneself(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        for recipients in (["anna"], ["bert", "anna"]):
            await told(gateway, "bert", "consents", YES | ASSISTED | {"recipients": recipients})
            assert not await opens(gateway, world)


async def test_consent_that_a_stranger_brings_who_says_that_he_helps_opens_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[])
    async with running(world, tmp_path) as gateway:
        await refused(gateway, "anna", "consents", YES | ASSISTED)
        await told(gateway, "anna", "involvements", {"kind": "help", "about": "sem"})
        await told(gateway, "anna", "consents", YES | ASSISTED)
        assert not await opens(gateway, world)


async def test_refusal_is_taken_back_by_nobody_but_who_said_it(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-02", refusals=[refusal("sem")], involvements=helps("team", "ggz"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        # Who asks, a helper who is no recipient, a parent, and one who would let him in.
        await refused(gateway, "anna chris moeder zoe", "refusals/n-sem/close", {})
        # Nor does a yes that the recipient brings set it aside.
        await told(gateway, "anna", "consents", YES | ASSISTED)
        assert not await opens(gateway, world)
        await told(gateway, "sem", "refusals/n-sem/close", {})
        assert await opens(gateway, world)


async def test_withdrawal_is_not_confirmed_back(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("team", "ggz"))
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "consents", YES | ASSISTED)
        await told(gateway, "sem", f"consents/{fact}/close", {})
        await refused(gateway, "chris sem", f"consents/{fact}/confirm", {}, status=422)
        assert not await opens(gateway, world)
        await told(gateway, "sem", "consents", YES)
        assert await opens(gateway, world)


async def outcome(gateway: Running, answer: Answer) -> str:
    """Return what the gateway's own officer sees that became of a question of which the asker hears no more than no."""
    assert answer.status == 403
    request_id = json.loads(answer.body)["request_id"]
    seen = json.loads((await gateway.call("officer", "GET", f"/api/v1/decisions/{request_id}")).body)
    return str(seen["outcome"])


async def test_considered_wish_that_a_recipient_notes_makes_no_review(tmp_path: Path, database_url: str) -> None:
    consents = [consent("sem"), consent("moeder")]
    said: Json = {"authority": [authority("moeder")], "consents": consents, "refusals": [refusal("moeder")]}
    world = world_of_basis("LB-01", **said, involvements=helps("team", "zorg"))
    wish = {"youth": "sem", "recipients": ["team"]}
    async with running(world, tmp_path, database_url=database_url) as gateway:
        await refused(gateway, "anna bert sem chris", "considered_wishes", wish)
        # Nor for a colleague: he receives it too.
        await refused(gateway, "bert", "considered_wishes", wish | {"recipients": ["anna"]})
        assert await outcome(gateway, await ask(gateway, world)) == "deny"
        await told(gateway, "zoe", "considered_wishes", wish)
        assert await outcome(gateway, await ask(gateway, world)) == "review"


async def decided(gateway: Running, names: str, path: str, body: Json, *, status: int = 403) -> None:
    for name in names.split():
        answer = await gateway.call(name, "POST", path, body)
        assert answer.status == status, (name, answer.body)


async def test_holder_decision_that_the_asker_takes_himself_opens_nothing(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-12", request={}, involvements=helps("ggz"))
    told_why = {"approved": True, "reason": "het helpt het onderzoek", "categories": ["goals"]}
    own = told_why | {"about": "sem", "asker": {"organisation": "raad"}, "purpose": "child-protection-inquiry"}
    async with running(world, tmp_path, database_url=database_url) as gateway:
        assert not await opens(gateway, world)
        await indexed(gateway)
        [question] = json.loads((await gateway.call("chris", "GET", QUESTIONS)).body)["questions"]
        answer = f"{QUESTIONS}/{question['id']}/decision"
        await decided(gateway, "rik anna sem", answer, told_why)
        await decided(gateway, "rik anna sem", DECISIONS, own)
        assert not await opens(gateway, world)
        await decided(gateway, "chris", answer, told_why, status=201)
        assert await opens(gateway, world)


@pytest.mark.parametrize("claim", [{"initiative": "holder"}, {"holder_decisions": []}], ids=["it", "decisions"])
async def test_initiative_holder_that_the_asker_claims_is_not_taken(claim: Json, tmp_path: Path) -> None:
    world = world_of_basis("LB-23", request={"categories": ["risk"]})
    own = {"approved": True, "reason": LONG, "categories": ["risk"], "about": "sem", "purpose": "avert-harm"}
    async with running(world, tmp_path) as gateway:
        assert (await ask(gateway, world, **claim)).status == 422
        await decided(gateway, "anna", DECISIONS, own | {"asker": {"organisation": "team"}})
        assert not await opens(gateway, world)
        await decided(gateway, "chris", DECISIONS, own | {"asker": {"organisation": "team"}}, status=201)
        assert await opens(gateway, world)
