"""Any past decision made again: byte for byte from its event, and from the store as it was known then."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consent.request import Request
from consent.store.recording import register
from consent.world.file import World, read_world
from gateway.database.engine import write_transaction
from gateway.live.asking import body_of, can_be_asked
from gateway.sandbox.running import world_of
from tests.beside import SCENARIOS, files, needs_shared
from tests.consent.make import authority
from tests.gateway.behind import resealed, run, unguarded
from tests.gateway.facts.attacks.attacking import ask, helps
from tests.gateway.facts.attacks.attacking import told as say
from tests.gateway.replay.replayed import SAME, asked, assert_same, replayed
from tests.gateway.rules.world import AFTER, confirm, gateway_at, set_environment
from tests.gateway.running import PLAN, Running, running
from tests.gateway.worlds import world
from tests.properties.every_basis import world_of_basis

FILES = files(SCENARIOS, "*.yaml")


def stand_at(one: Running, file: World, request: Request) -> None:
    """Let the sandbox stand at another request of its world."""
    there = world_of(file, request)
    one.change(
        lambda exchange: replace(
            exchange,
            sources=lambda: there.sources,
            decided_at=there.decided_at,
            recorded_decisions=there.recorded_decisions,
        )
    )


# --- the same


async def test_a_decision_replays_from_its_event_and_from_the_store(gateway: Running) -> None:
    request_id = await asked(gateway)
    told = await replayed(gateway, request_id)
    assert told == {
        "request_id": request_id,
        "at": told["at"],
        "rule_set": "2026-11",
        "event": SAME,
        "store": SAME,
    }


@pytest.mark.parametrize(("who", "person"), [("piet", "sem"), ("anna", "nobody"), ("officer", "sem"), ("sem", "sem")])
async def test_a_refusal_replays_whoever_asked_about_whomever(small: Running, who: str, person: str) -> None:
    await assert_same(small, await asked(small, who, person))


async def test_what_a_purpose_leaves_out_is_left_out_again(tmp_path: Path) -> None:
    asked_for = world_of_basis("LB-07", authority=[authority("moeder")], involvements=helps("team"))
    alone = {"holder": "vader", "over": "sem", "kind": "parental", "since": "2026-01-01"}
    async with running(asked_for, tmp_path) as gateway:
        await say(gateway, "anna", "authority", alone)
        answer = await ask(gateway, asked_for)
        assert answer.status == 200
        await assert_same(gateway, json.loads(answer.body)["request_id"])


async def test_a_request_that_names_what_is_not_there_replays(small: Running) -> None:
    more: dict[str, Any] = {
        "order": "none",
        "referral": "none",
        "records": ["none", "r1", "r1"],
        "question": "  why?  ",
    }
    await assert_same(small, await asked(small, **more))


async def test_what_became_known_after_a_decision_does_not_count_for_it(gateway: Running) -> None:
    before = await asked(gateway)
    closed = await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})
    assert closed.status == 201, closed.body
    async with write_transaction(gateway.gateway.engine) as connection:
        told = {"id": "team-noord", "kind": "school"}
        await register(connection, gateway.gateway.exchange.committer.facts, [("organisations", told)])
    after = await asked(gateway)
    await assert_same(gateway, before)
    await assert_same(gateway, after)


@needs_shared
@pytest.mark.parametrize("path", FILES[::15], ids=[each.stem for each in FILES[::15]])
async def test_every_request_of_a_scenario_replays(path: Path, tmp_path: Path) -> None:
    file = read_world(path.read_bytes())  # noqa: ASYNC240 - a small file, before anything runs
    places = [place for place, request in enumerate(file.requests) if can_be_asked(request)]
    if not places:
        pytest.skip("nobody asks in this file: the holder tells of his own accord")
    async with running(file, tmp_path, request=places[0]) as one:
        for place in places:
            request = file.requests[place]
            stand_at(one, file, request)
            asker = f"{request.requester.form}:{request.requester.id}"
            answer = await one.call(asker, "POST", PLAN, body_of(request))
            await assert_same(one, json.loads(answer.body)["request_id"])


# --- confirmed rules


async def test_a_decision_counts_the_confirmations_of_its_own_moment(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gateway_at(AFTER, tmp_path, database_url=database_url) as one:
        set_environment(monkeypatch, one.gateway.settings)
        one.gateway.replays = replace(one.gateway.replays, require_confirmed_rules=True)
        one.change(lambda exchange: exchange)
        closed = await asked(one)
        await confirm("bert")
        await confirm("carla")
        open_now = await asked(one)
        assert (await one.call("officer", "GET", f"/api/v1/decisions/{open_now}")).status == 200
        await assert_same(one, closed)
        await assert_same(one, open_now)


async def test_what_unconfirmed_rules_opened_is_not_the_same_where_they_must_be_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = world()
    async with running(told | {"request": {**told["request"], "at": AFTER}}, tmp_path) as one:
        set_environment(monkeypatch, one.gateway.settings)
        one.gateway.replays = replace(one.gateway.replays, require_confirmed_rules=True)
        one.change(lambda exchange: exchange)
        request_id = await asked(one)
        before = (await replayed(one, request_id))["event"]
        await confirm("bert")
        await confirm("carla")
        after = (await replayed(one, request_id))["event"]
    assert before["result"] == "different"
    assert before["fault"].startswith("rule set `2027-01` was not confirmed then")
    assert after == before


async def test_who_replaces_whom_is_looked_for_as_it_was(small: Running) -> None:
    team = {"organisation": "team-noord", "role": "youth-professional"}
    absent = {"kind": "replacement", "since": "2026-11-01", "until": "2026-12-01"}
    told = [
        ("professionals", {"id": "bert", **team}),
        ("professionals", {"id": "carla", **team}),
        ("involvements", {"id": "i1", **absent, "professional": "anna", "replaces": "bert"}),
        ("involvements", {"id": "i2", **absent, "professional": "bert", "replaces": "carla"}),
    ]
    async with write_transaction(small.gateway.engine) as connection:
        await register(connection, small.gateway.exchange.committer.facts, told)
    await assert_same(small, await asked(small))


# --- facts changed behind the store's back


async def test_a_consent_that_was_changed_with_the_right_key_is_named(gateway: Running) -> None:
    request_id = await asked(gateway)
    await resealed(gateway, "consents", categories=["goals"])
    told = await replayed(gateway, request_id)
    assert told["event"] == SAME
    assert told["store"]["result"] == "different"
    assert told["store"]["facts"] == [{"section": "consents", "id": "c1", "how": "changed"}]
    assert "facts_digest" in told["store"]["members"]
    assert "elements" in told["store"]["members"]


async def test_a_fact_without_an_id_is_named_by_its_place(small: Running) -> None:
    request_id = await asked(small)
    await resealed(small, "family", lives_with=True)
    assert (await replayed(small, request_id))["store"]["facts"] == [
        {"section": "family", "id": "family[0]", "how": "missing"},
        {"section": "family", "id": "family[0]", "how": "added"},
    ]


async def test_a_row_that_was_changed_without_the_key_is_named(gateway: Running) -> None:
    request_id = await asked(gateway)
    await unguarded(gateway, "fact")
    await run(gateway, "UPDATE fact SET entry = recorded_by WHERE section = 'consents'")
    told = await replayed(gateway, request_id)
    assert told["event"] == SAME
    assert told["store"] == {
        "result": "different",
        "members": [],
        "facts": [{"section": "consents", "id": "c1", "how": "broken"}],
        "fault": "a fact in `consents` is not what was sealed",
    }


async def test_a_fact_that_was_back_dated_is_named(gateway: Running) -> None:
    request_id = await asked(gateway)
    assert (await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})).status == 201
    await unguarded(gateway, "fact")
    early = "'2020-01-01 00:00:00.000000'"
    await run(gateway, f"UPDATE fact SET recorded_at = {early} WHERE amends IS NOT NULL")  # noqa: S608 - a constant
    assert (await replayed(gateway, request_id))["store"]["facts"] == [
        {"section": "consents", "id": "c1", "how": "changed"}
    ]


async def test_a_fact_that_was_deleted_is_named(gateway: Running) -> None:
    request_id = await asked(gateway)
    await unguarded(gateway, "fact")
    await run(gateway, "DELETE FROM fact WHERE section = 'authority' AND id = 'a1'")
    assert (await replayed(gateway, request_id))["store"]["facts"] == [
        {"section": "authority", "id": "a1", "how": "missing"}
    ]


async def test_an_organisation_that_was_changed_in_the_registry_is_named(gateway: Running) -> None:
    request_id = await asked(gateway)
    await unguarded(gateway, "registry_fact")
    entry = json.dumps({"id": "ggz-west", "kind": "police"})
    await run(gateway, "UPDATE registry_fact SET entry = :entry WHERE id = 'ggz-west'", entry=entry)
    assert (await replayed(gateway, request_id))["store"]["facts"] == [
        {"section": "organisations", "id": "ggz-west", "how": "changed"}
    ]
