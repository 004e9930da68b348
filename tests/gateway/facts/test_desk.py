"""A person says yes, no and no longer, with his own login (facts contract, F1 to F7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit.receipt import check_receipt
from consent.entries import Consent
from schemas.calendar import local_day, months_after, parse_moment
from tests.consent.store import make
from tests.gateway.facts.desk import LOG, YES, Desk, Said

PROBLEM = "urn:schakel:problem:"


async def given(desk: Desk, **more: Any) -> str:
    answer = await desk.post("consents", YES | more)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def consent(desk: Desk) -> Consent:
    [found] = (await desk.gathered()).facts.consents
    return found


async def test_a_yes_is_the_callers_own_and_from_now(desk: Desk) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    answer = await desk.post("consents", YES, by="person:moeder")
    told = await consent(desk)
    assert (answer.status, told.id, told.given_by, told.form) == (201, answer.body["id"], "moeder", "own-login")
    assert before <= told.on <= (await desk.gathered()).at
    assert told.identity_verified


async def test_the_answer_proves_that_its_event_is_kept(desk: Desk) -> None:
    answer = await desk.post("consents", YES)
    [(event, told)] = await desk.events(answer.body["request_id"])
    assert check_receipt(answer.body["receipt"], [LOG.verifier]) == event.leaf_hash
    assert (event.leaf_json["kind"], event.leaf_json["organisation"]) == ("consent.given", "person")
    assert (told["actor"]["id"], told["subject"], told["detail"]["fact"]) == ("sem", "sem", answer.body["id"])


async def test_everybody_whom_a_fact_concerns_finds_it_in_his_log(desk: Desk) -> None:
    await desk.post("consents", YES, by="person:moeder")
    assert await desk.events_about("sem") == await desk.events_about("moeder") == ["consent.given"]
    assert await desk.events_about("luus") == []


async def test_a_weak_login_gives_a_yes_whose_giver_is_not_verified(small: Desk) -> None:
    await small.post("consents", YES, weak=True)
    assert not (await consent(small)).identity_verified


async def test_a_no_is_recorded_as_a_no_in_writing(desk: Desk) -> None:
    answer = await desk.post("refusals", {"about": "sem", "recipients": ["school"]})
    [refusal] = (await desk.gathered()).facts.refusals
    assert (refusal.given_by, refusal.recipients, refusal.written) == ("sem", frozenset({"school"}), True)
    [(event, _)] = await desk.events(answer.body["request_id"])
    assert event.leaf_json["kind"] == "consent.refused"


@pytest.mark.parametrize(("kind", "event"), [("consents", "consent.withdrawn"), ("refusals", "fact.closed")])
async def test_who_closes_has_closed_before_he_is_told(desk: Desk, kind: str, event: str) -> None:
    body = YES if kind == "consents" else {"about": "sem"}
    said = (await desk.post(kind, body)).body["id"]
    answer = await desk.post(f"{kind}/{said}/close", {})
    gathered = await desk.gathered()
    [closed] = getattr(gathered.facts, kind)
    assert closed.withdrawn_on is not None
    assert closed.withdrawn_on <= gathered.at
    [(entry, _)] = await desk.events(answer.body["request_id"])
    assert (answer.status, entry.leaf_json["kind"]) == (201, event)


async def test_closing_again_keeps_the_first_end(desk: Desk) -> None:
    said = await given(desk)
    first = await desk.post(f"consents/{said}/close", {})
    second = await desk.post(f"consents/{said}/close", {})
    assert first.body["withdrawn_on"] == second.body["withdrawn_on"]


async def refused(desk: Desk, answer: Said) -> None:
    assert (answer.status, answer.body["type"]) == (403, f"{PROBLEM}not-available")
    [(event, told)] = await desk.events(answer.body["request_id"])
    assert (event.leaf_json["kind"], event.leaf_json["outcome"]) == ("fact.refused", "deny")
    assert told["actor"]["form"]


@pytest.mark.parametrize(
    "by", ["professional:anna", "mentor:luus", "officer:o", "client:c", "person:buurman", "person:nobody", "person:"]
)
@pytest.mark.parametrize("path", ["consents", "refusals", "consents/{said}/close", "mandates/{mandate}/switches"])
async def test_who_may_not_record_is_told_nothing_and_stands_in_the_log(small: Desk, by: str, path: str) -> None:
    said, mandate = await given(small), await mandated(small)
    before = await small.gathered()
    bodies: dict[str, object] = {
        "consents": YES,
        "refusals": {"about": "sem"},
        "close": {},
        "switches": {"categories": {"goals": False}},
    }
    body = bodies[path.rpartition("/")[2]]
    await refused(small, await small.post(path.format(said=said, mandate=mandate), body, by=by))
    after = await small.gathered()
    assert (after.facts, after.versions) == (before.facts, before.versions)


async def test_somebody_elses_word_is_not_taken_back(small: Desk) -> None:
    said = await given(small)
    await refused(small, await small.post(f"consents/{said}/close", {}, by="person:moeder"))


@pytest.mark.parametrize("about", ["buurman", "nobody", "school", "a\0b", "é" * 64])
async def test_about_a_stranger_and_about_nobody_is_the_same_answer(small: Desk, about: str) -> None:
    answer = await small.post("consents", YES | {"about": about})
    known = await small.post("consents", YES | {"about": "buurman"})
    for each in (answer, known):
        await refused(small, each)
    assert answer.raw.replace(answer.body["request_id"].encode(), b"") == known.raw.replace(
        known.body["request_id"].encode(), b""
    )
    assert answer.headers == known.headers


@pytest.mark.parametrize("fact_id", ["nothing", "%00", "x" * 500])
async def test_what_was_never_said_cannot_be_taken_back(small: Desk, fact_id: str) -> None:
    await refused(small, await small.post(f"consents/{fact_id}/close", {}))


async def test_a_refused_attempt_about_somebody_known_stands_in_his_own_log(small: Desk) -> None:
    await small.post("consents", YES, by="person:buurman")
    assert await small.events_about("sem") == ["fact.refused"]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "colour"),
    ({"given_by": "moeder"}, "given_by"),
    ({"on": "2020-01-01"}, "on"),
    ({"recorded_by": "anna"}, "recorded_by"),
    ({"id": "x"}, "id"),
    ({"recipients": "any"}, "recipients"),
    ({"recipients": []}, "recipients"),
    ({"recipients": [""]}, "recipients[0]"),
    ({"recipients": ["nowhere"]}, "recipients[0]"),
    ({"recipients": ["team-noord", "buurman"]}, "recipients[1]"),
    ({"holders": "everybody"}, "holders"),
    ({"holders": ["sem"]}, "holders[0]"),
    ({"holders": {}}, "holders"),
    ({"purposes": ["gossip"]}, "purposes[0]"),
    ({"categories": "all"}, "categories"),
    ({"categories": ["goals", "gossip"]}, "categories[1]"),
    ({"until": "tomorrow"}, "until"),
    ({"until": 20270101}, "until"),
    ({"until": "2020-01-01"}, "until"),
    ({"until": "2999-01-01"}, "until"),
    ({"until": "2026-02-30"}, "until"),
    ({"about": 3}, "about"),
    ({"about": ["sem"]}, "about"),
]


@pytest.mark.parametrize(("change", "path"), BAD, ids=str)
async def test_what_is_wrong_is_named_and_nothing_is_stored(small: Desk, change: dict[str, Any], path: str) -> None:
    answer = await small.post("consents", YES | change)
    assert (answer.status, [each["path"] for each in answer.body["errors"]]) == (422, [path])
    assert "gossip" not in answer.raw.decode()
    assert "nowhere" not in answer.raw.decode()
    assert (await small.gathered()).facts.consents == ()


@pytest.mark.parametrize("missing", sorted(YES))
async def test_what_is_missing_is_named(small: Desk, missing: str) -> None:
    answer = await small.post("consents", {name: value for name, value in YES.items() if name != missing})
    assert [(each["path"], each["message"]) for each in answer.body["errors"]] == [(missing, "is required")]


@pytest.mark.parametrize("body", [[], "x", 1, None])
async def test_a_body_that_is_no_object_is_malformed(small: Desk, body: object) -> None:
    assert (await small.post("consents", body)).status == 400


async def test_a_consent_may_last_twelve_months_to_the_day(small: Desk) -> None:
    today = local_day(datetime.now(UTC))
    last = months_after(today, 12)
    assert (await small.post("consents", YES | {"until": str(last)})).status == 201
    answer = await small.post("consents", YES | {"until": str(last + timedelta(days=1))})
    assert answer.status == 422
    assert (await small.post("consents", YES | {"until": str(today)})).status == 422
    assert (await small.post("consents", YES | {"until": str(today + timedelta(days=1))})).status == 201


async def test_a_closing_takes_no_words(small: Desk) -> None:
    said = await given(small)
    answer = await small.post(f"consents/{said}/close", {"withdrawn_on": "2020-01-01"})
    assert (answer.status, answer.body["errors"][0]["path"]) == (422, "withdrawn_on")


async def mandated(desk: Desk) -> str:
    return (await make.record(desk.engine, desk.committer.facts, "mandates", make.MANDATE)).id


async def switched(desk: Desk) -> list[str]:
    return [str(each) for mandate in (await desk.gathered()).facts.mandates for each in sorted(mandate.categories)]


async def test_the_youth_turns_a_category_off_and_on(desk: Desk) -> None:
    mandate = await mandated(desk)
    steps: list[tuple[dict[str, bool], list[str]]] = [
        ({"goals": False}, ["appointments"]),
        ({"safety-plan": True}, ["appointments", "safety-plan"]),
        ({"appointments": False, "safety-plan": False}, []),
        ({"professionals": False}, []),
        ({"goals": True}, ["goals"]),
    ]
    answers = []
    for switches, expected in steps:
        answers.append(await desk.post(f"mandates/{mandate}/switches", {"categories": switches}))
        assert (answers[-1].status, sorted(answers[-1].body["categories"])) == (201, expected)
        assert await switched(desk) == expected
    [(event, told)] = await desk.events(answers[-1].body["request_id"])
    assert (event.leaf_json["kind"], told["detail"]["said"]) == ("mandate.changed", {"categories": ["goals"]})


async def test_a_weak_login_turns_off_but_not_on(small: Desk) -> None:
    path = f"mandates/{await mandated(small)}/switches"
    await refused(small, await small.post(path, {"categories": {"safety-plan": True}}, weak=True))
    assert (await small.post(path, {"categories": {"goals": False}}, weak=True)).status == 201
    assert await switched(small) == ["appointments"]


async def test_nobody_but_the_youth_turns_a_switch(small: Desk) -> None:
    path = f"mandates/{await mandated(small)}/switches"
    for by in ("person:moeder", "person:luus"):
        await refused(small, await small.post(path, {"categories": {"goals": False}}, by=by))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"categories": {}},
        {"categories": {"health": True}},
        {"categories": {"goals": "yes"}},
        {"categories": {"goals": 1}},
        {"categories": ["goals"]},
        {"categories": {"goals": True}, "mentor": "luus"},
    ],
    ids=str,
)
async def test_switches_are_few_and_either_on_or_off(small: Desk, body: dict[str, Any]) -> None:
    answer = await small.post(f"mandates/{await mandated(small)}/switches", body)
    assert answer.status == 422
    assert await switched(small) == ["appointments", "goals"]


async def test_a_time_is_never_ahead_of_the_clock_of_decisions(desk: Desk) -> None:
    said = await given(desk)
    closed = await desk.post(f"consents/{said}/close", {})
    assert parse_moment(closed.body["withdrawn_on"]) <= (await desk.gathered()).at
