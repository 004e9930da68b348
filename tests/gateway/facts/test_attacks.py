"""Who asks writes the facts himself, over the wire, and gets nothing; with the word of somebody else he gets it."""

import json
from pathlib import Path
from typing import Any

from gateway.sandbox.call import Answer
from tests.consent.make import authority
from tests.faults.test_closings import ask
from tests.gateway.facts.household import SEEN
from tests.gateway.facts.test_rows_of_family import ASSISTED
from tests.gateway.running import Running, running
from tests.properties.every_basis import world_of_basis

Json = dict[str, Any]
ORDER: Json = {
    "kind": "supervision-order",
    "subject": "sem",
    "executor": "gi",
    "since": "2026-01-01",
    "until": "2027-01-01",
}
YES: Json = {
    "about": "sem",
    "given_by": "sem",
    "holders": ["ggz"],
    "recipients": ["team"],
    "purposes": ["coordinate-plan"],
    "categories": ["help-status"],
}


JOINT: Json = {"kind": "joint-help", "about": "sem", "organisations": ["team", "ggz"]}
INFORMED: Json = {"field": "client_informed", "evidence": {"on": "2026-03-01", "how": "in-person"}}


def helps(*organisations: str) -> list[Json]:
    return [
        {"id": f"h-{name}", "kind": "help", "about": "sem", "organisations": [name], "since": "2026-01-01"}
        for name in organisations
    ]


async def say(gateway: Running, name: str, path: str, body: Json) -> Answer:
    return await gateway.call(name, "POST", f"/api/v1/facts/{path}", body)


async def told(gateway: Running, name: str, path: str, body: Json) -> str:
    answer = await say(gateway, name, path, body)
    assert answer.status == 201, answer.body
    return str(json.loads(answer.body)["id"])


async def test_an_institution_that_verifies_its_own_order_gets_nothing(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-07", orders=[], involvements=helps("ggz"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        assert (await ask(gateway, world)).status == 403
        order = await told(gateway, "jan", "orders", ORDER)
        for name in ("jan", "jet", "joost"):
            assert (await say(gateway, name, f"orders/{order}/confirm", {})).status == 403
        assert (await ask(gateway, world)).status == 403
        # The other way round it is what the law asks: the holder who is asked has looked at it.
        await told(gateway, "chris", f"orders/{order}/confirm", {})
        assert (await ask(gateway, world)).status == 200


async def test_an_institution_that_helps_too_still_does_not_verify_its_own_order(tmp_path: Path) -> None:
    world = world_of_basis("LB-07", orders=[])
    async with running(world, tmp_path) as gateway:
        await told(gateway, "jan", "involvements", {"kind": "help", "about": "sem"})
        order = await told(gateway, "jan", "orders", ORDER)
        for name in ("jan", "jet"):
            assert (await say(gateway, name, f"orders/{order}/confirm", {})).status == 403
        assert (await ask(gateway, world)).status == 403


async def test_a_recipients_assisted_consent_opens_nothing_before_it_is_confirmed(
    tmp_path: Path, database_url: str
) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        consent = await told(gateway, "anna", "consents", YES | ASSISTED | {"given_by": "sem"})
        assert (await ask(gateway, world)).status == 403
        for name in ("anna", "bert", "zoe", "moeder"):
            assert (await say(gateway, name, f"consents/{consent}/confirm", {})).status == 403
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "sem", f"consents/{consent}/confirm", {})
        assert (await ask(gateway, world)).status == 200


async def test_a_consent_for_a_colleague_is_a_consent_for_oneself(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        for recipients in (["anna"], ["bert", "anna"]):
            body = YES | ASSISTED | {"given_by": "sem", "recipients": recipients}
            await told(gateway, "bert", "consents", body)
            assert (await ask(gateway, world)).status == 403


async def test_a_stranger_who_says_that_he_helps_and_that_the_youth_said_yes_gets_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[])
    async with running(world, tmp_path) as gateway:
        body = YES | ASSISTED | {"given_by": "sem"}
        assert (await say(gateway, "anna", "consents", body)).status == 403
        await told(gateway, "anna", "involvements", {"kind": "help", "about": "sem"})
        await told(gateway, "anna", "consents", body)
        assert (await ask(gateway, world)).status == 403


async def test_a_consent_that_was_withdrawn_is_not_confirmed_back(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("team", "ggz"))
    async with running(world, tmp_path) as gateway:
        consent = await told(gateway, "anna", "consents", YES | ASSISTED | {"given_by": "sem"})
        await told(gateway, "sem", f"consents/{consent}/close", {})
        await told(gateway, "chris", f"consents/{consent}/confirm", {})
        assert (await ask(gateway, world)).status == 403


async def test_a_partner_who_did_not_accept_opens_nothing(tmp_path: Path) -> None:
    world = world_of_basis("LB-04", involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "involvements", JOINT)
        # Who recorded it says for himself neither that the client knows, nor that the partner accepts.
        assert (await say(gateway, "anna", f"involvements/{fact}/confirm", INFORMED)).status == 403
        await told(gateway, "anna", f"involvements/{fact}/confirm", {"field": "accepted_by"})
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "chris", f"involvements/{fact}/confirm", {"field": "accepted_by"})
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "chris", f"involvements/{fact}/confirm", INFORMED)
        assert (await ask(gateway, world)).status == 200
        await told(gateway, "chris", f"involvements/{fact}/close", {"field": "left_by"})
        assert (await ask(gateway, world)).status == 403


async def test_two_of_whom_nobody_knows_that_they_help_do_not_let_each_other_in(tmp_path: Path) -> None:
    world = world_of_basis("LB-04", involvements=[])
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "involvements", JOINT)
        await told(gateway, "chris", f"involvements/{fact}/confirm", {"field": "accepted_by"})
        await told(gateway, "chris", "involvements", {"kind": "help", "about": "sem"})
        assert (await say(gateway, "chris", f"involvements/{fact}/confirm", INFORMED)).status == 403
        assert (await ask(gateway, world)).status == 403


async def test_an_accomplice_who_says_that_he_helps_verifies_no_order(tmp_path: Path, database_url: str) -> None:
    world = world_of_basis("LB-07", orders=[], involvements=helps("team"))
    async with running(world, tmp_path, database_url=database_url) as gateway:
        # Before the order or after it: nobody else knows of that help.
        await told(gateway, "chris", "involvements", {"kind": "help", "about": "sem"})
        order = await told(gateway, "jan", "orders", ORDER)
        await told(gateway, "juf", "involvements", {"kind": "help", "about": "sem"})
        for name in ("chris", "juf"):
            assert (await say(gateway, name, f"orders/{order}/confirm", {})).status == 403
        assert (await ask(gateway, world)).status == 403


async def test_an_accomplice_who_says_that_he_helps_brings_nobody_elses_yes(tmp_path: Path) -> None:
    world = world_of_basis("LB-02", consents=[], involvements=helps("zorg"))
    async with running(world, tmp_path) as gateway:
        help_of_his = await told(gateway, "chris", "involvements", {"kind": "help", "about": "sem"})
        body = YES | ASSISTED | {"given_by": "sem"}
        assert (await say(gateway, "chris", "consents", body)).status == 403
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "zoe", f"involvements/{help_of_his}/confirm", {"field": "confirmed_on"})
        await told(gateway, "chris", "consents", body)
        assert (await ask(gateway, world)).status == 200


async def test_a_parent_on_one_organisations_word_has_no_voice(tmp_path: Path) -> None:
    world = world_of_basis("LB-19", family=[], involvements=helps("team"))
    async with running(world, tmp_path) as gateway:
        parent = {"person": "vader", "of": "sem", "relation": "parent"}
        fact = await told(gateway, "anna", "family", parent)
        assert (await ask(gateway, world)).status == 403
        for name in ("anna", "bert", "vader"):
            assert (await say(gateway, name, f"family/{fact}/confirm", SEEN)).status == 403
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "juf", f"family/{fact}/confirm", SEEN)
        assert (await ask(gateway, world)).status == 200


async def test_a_guardian_does_not_verify_its_own_authority(tmp_path: Path) -> None:
    world = world_of_basis("LB-09", authority=[])
    guardian = {name: value for name, value in authority("gi", kind="guardianship").items() if name[0] not in "iv"}
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "jan", "authority", guardian)
        for name in ("jan", "jet"):
            assert (await say(gateway, name, f"authority/{fact}/confirm", SEEN)).status == 403
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "rik", f"authority/{fact}/confirm", SEEN)
        assert (await ask(gateway, world)).status == 200


async def test_a_mentor_gets_nothing_on_the_word_of_one(tmp_path: Path) -> None:
    world = world_of_basis("LB-27", mandates=[], involvements=helps("team", "zorg"))
    body = {"mentor": "luus", "youth": "sem", "since": "2026-01-15", "until": "2026-07-01", "categories": ["goals"]}
    statement = {"field": "confidentiality_statement_on"}
    identity = {"field": "identity_verified_on", "evidence": {"identity": "identity-document"}}
    async with running(world, tmp_path) as gateway:
        fact = await told(gateway, "anna", "mandates", body)
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "mentor:luus", f"mandates/{fact}/confirm", statement)
        assert (await say(gateway, "anna", f"mandates/{fact}/confirm", identity)).status == 403
        assert (await say(gateway, "mentor:luus", f"mandates/{fact}/confirm", identity)).status == 403
        assert (await ask(gateway, world)).status == 403
        await told(gateway, "zoe", f"mandates/{fact}/confirm", identity)
        assert (await ask(gateway, world)).status == 200


async def test_somebody_who_waits_for_a_second_word_stands_in_nobodys_way(tmp_path: Path) -> None:
    world = world_of_basis("LB-04")
    async with running(world, tmp_path) as gateway:
        assert (await ask(gateway, world)).status == 200
        born = {"family_of": "sem", "born": "2010-01-01", "declared_of_age": True}
        name = await told(gateway, "anna", "persons", born)
        await told(gateway, "anna", "family", {"person": name, "of": "sem", "relation": "sibling", "lives_with": True})
        await told(gateway, "anna", "family", {"person": "sem", "of": name, "relation": "sibling"})
        assert (await ask(gateway, world)).status == 200
