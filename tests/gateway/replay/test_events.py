"""An event that was changed, a person who was erased, and who may not look."""

import json
from typing import Any

import pytest

from tests.gateway.behind import erased, event_of, rewritten, run, unguarded
from tests.gateway.replay.replayed import asked, replayed
from tests.gateway.rules.world import leaves
from tests.gateway.running import Running
from tests.gateway.worlds import YES

# --- events changed


async def test_an_event_whose_world_was_changed_is_not_the_same(gateway: Running) -> None:
    request_id = await asked(gateway)
    _, held = await event_of(gateway, request_id)
    await rewritten(gateway, request_id, facts={**held["facts"], "consents": [{"id": "c1", **YES, "free": False}]})
    told = (await replayed(gateway, request_id))["event"]
    assert told["result"] == "different"
    assert {"elements", "facts_digest", "outcome"} <= set(told["members"])
    assert told["fault"] == "the opened field `facts` does not give its commitment"


@pytest.mark.parametrize("commits", [False, True])
async def test_a_request_that_was_changed_is_not_the_same(small: Running, *, commits: bool) -> None:
    request_id = await asked(small)
    _, held = await event_of(small, request_id)
    request = {**held["facts"]["request"], "justification": "another reason", "purpose": "give-help"}
    await rewritten(small, request_id, commits=commits, facts={**held["facts"], "request": request})
    told = (await replayed(small, request_id))["event"]
    assert told["result"] == "different"
    assert (told["fault"] is None) == commits


@pytest.mark.parametrize("name", ["justification", "question"])
async def test_a_change_that_the_decision_does_not_hang_on_breaks_the_commitment(small: Running, name: str) -> None:
    request_id = await asked(small)
    _, held = await event_of(small, request_id)
    await rewritten(small, request_id, facts={**held["facts"], "request": {**held["facts"]["request"], name: "x"}})
    told = (await replayed(small, request_id))["event"]
    assert (told["result"], told["members"]) == ("different", [])
    assert told["fault"] == "the opened field `facts` does not give its commitment"


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {"consents": [{"id": "c1", "stranger": 1}]}},
        {"facts": {"strangers": []}},
        {"facts": None},
        {"detail": {}},
        {"decision": []},
    ],
    ids=["key", "section", "nothing", "as-of-when", "decision"],
)
async def test_an_event_that_cannot_be_read_strictly_is_not_the_same_and_says_no_more(
    small: Running, change: dict[str, Any]
) -> None:
    request_id = await asked(small)
    _, held = await event_of(small, request_id)
    if change.get("facts"):
        change = {"facts": held["facts"] | change["facts"]}
    await rewritten(small, request_id, commits=True, **change)
    told = (await replayed(small, request_id))["event"]
    assert told["result"] == "different"
    assert told["fault"].startswith("the event is not a whole event of an exchange (")
    assert "stranger" not in told["fault"]


async def test_a_leaf_that_was_changed_is_not_the_same(gateway: Running) -> None:
    request_id = await asked(gateway)
    await unguarded(gateway, "audit_event")
    leaf = b"no JSON"
    await run(gateway, "UPDATE audit_event SET leaf = :leaf WHERE request_id = :id", leaf=leaf, id=request_id)
    told = await replayed(gateway, request_id)
    assert told["event"]["fault"] == "an event of this request was changed: its leaf does not give its hash"
    assert (told["event"]["result"], told["at"]) == ("different", None)


async def test_sealed_values_that_were_exchanged_are_not_the_same(small: Running) -> None:
    request_id = await asked(small)
    await unguarded(small, "audit_event")
    await run(small, "UPDATE audit_event SET sealed_log = sealed_person WHERE request_id = :id", id=request_id)
    assert (await replayed(small, request_id))["event"]["fault"] == "the sealed values of an event were changed"


async def test_a_decision_by_a_rule_set_of_another_version_is_said_to_be_so(small: Running) -> None:
    request_id = await asked(small)
    _, held = await event_of(small, request_id)
    await rewritten(small, request_id, commits=True, decision={**held["decision"], "rule_set": "2031-01"})
    told = await replayed(small, request_id)
    assert (told["event"]["result"], told["store"]["result"]) == ("unknown-rule-set", "unknown-rule-set")


async def test_a_decision_that_names_the_rule_set_of_another_day_is_not_the_same(small: Running) -> None:
    request_id = await asked(small)
    _, held = await event_of(small, request_id)
    await rewritten(small, request_id, commits=True, decision={**held["decision"], "rule_set": "2027-01"})
    told = await replayed(small, request_id)
    assert (told["event"]["result"], told["event"]["members"]) == ("different", ["rule_set"])


# --- erased, and not for everybody


async def test_of_an_erased_person_nothing_is_told_but_that(gateway: Running) -> None:
    request_id = await asked(gateway)
    await erased(gateway, "sem")
    told = await replayed(gateway, request_id)
    gone: dict[str, Any] = {"result": "erased", "members": [], "facts": [], "fault": None}
    assert told == {"request_id": request_id, "at": told["at"], "rule_set": "2026-11", "event": gone, "store": gone}


async def test_of_a_person_whose_family_member_was_erased_nobody_decides_again_on_what_went_with_him(
    small: Running,
) -> None:
    request_id = await asked(small)
    await erased(small, "zus")
    told = await replayed(small, request_id)
    for one in (told["event"], told["store"]):
        assert one == {"result": "erased", "members": [], "facts": [], "fault": None}


@pytest.mark.parametrize("who", ["anna", "sem", "officer:team-noord", "officer:ggz-west"])
async def test_everybody_else_gets_the_answer_of_no_such_decision(small: Running, who: str) -> None:
    request_id = await asked(small)
    answers = [
        await small.call(who, "POST", f"/api/v1/decisions/{each}/replay")
        for each in (request_id, "00000000-0000-4000-8000-000000000000", "%00")
    ]
    assert {each.status for each in answers} == {403}
    assert len({each.body for each in answers}) == 1


async def test_a_request_that_is_no_exchange_is_no_decision(gateway: Running) -> None:
    closed = await gateway.call("sem", "POST", "/api/v1/facts/consents/c1/close", {})
    for request_id in (json.loads(closed.body)["request_id"], "x", "00000000-0000-4000-8000-000000000000"):
        answer = await gateway.call("officer", "POST", f"/api/v1/decisions/{request_id}/replay")
        assert answer.status == 403


async def test_that_somebody_looked_is_on_record_also_where_he_saw_nothing(gateway: Running) -> None:
    request_id = await asked(gateway)
    await replayed(gateway, request_id)
    await gateway.call("anna", "POST", f"/api/v1/decisions/{request_id}/replay")
    found = await leaves(gateway.gateway, "log.read")
    assert [(each["organisation"], each["outcome"]) for each in found] == [("operator", "ok"), ("team-noord", "deny")]


async def test_nothing_is_told_where_the_looking_cannot_be_kept(small: Running) -> None:
    path = f"/api/v1/decisions/{await asked(small)}/replay"
    await small.headers("officer", "POST", path)  # he came in before
    small.gateway.exchange.committer.health.broken = True
    answer = await small.call("officer", "POST", path)
    assert answer.status == 503
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:log-unavailable"
