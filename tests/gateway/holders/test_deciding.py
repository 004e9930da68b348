"""A question waits for the holder, a professional of his decides, and the asker's next request gets what he decided."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consent.store.recording import register
from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import Login
from schemas.words import Role
from tests.gateway.holders.world import DECISIONS, INQUIRY, QUESTIONS, WHY, Stage, stage_at, waiting
from tests.gateway.replay.replayed import assert_same
from tests.gateway.sources import Telling, element, instead

LONG = "Hij zei dat hij zijn zus deze week iets aandoet; een collega is geraadpleegd."
"""What a holder tells of his own accord (LB-23)."""


async def test_a_question_waits_until_an_approval_and_then_the_next_request_gets_it(stage: Stage) -> None:
    answer = await stage.ask("goals", "health", justification="wij doen onderzoek", question="hoe gaat het?")
    assert answer.status == 403
    assert await stage.reasons(answer) == {"HOLDER_DECISION_PENDING"}
    [question] = await stage.inbox("chris")
    assert question["asker"] | {"as": "raad"} == {
        "form": "professional",
        "as": "raad",
        "id": "bo",
        "organisation": "raad",
        "role": "board-investigator",
    }
    assert question["about"] == "sem"
    assert (question["purpose"], question["categories"]) == (INQUIRY, ["goals", "health"])
    assert (question["justification"], question["question"]) == ("wij doen onderzoek", "hoe gaat het?")
    decided = await stage.decide(question["id"], categories=["goals"])
    assert decided.status == 201, decided.body
    again = await stage.ask("goals", "health", question="hoe gaat het?")
    assert [each["id"] for each in json.loads(again.body)["plan"]["elements"]] == ["r1"]
    assert await stage.inbox("chris") == []


async def test_a_refusal_is_the_reason_at_the_next_request(stage: Stage) -> None:
    question = await waiting(stage)
    assert (await stage.decide(question, approved=False)).status == 201
    answer = await stage.ask()
    assert answer.status == 403
    assert await stage.reasons(answer) == {"HOLDER_REFUSED"}


async def test_a_later_decision_of_the_same_holder_counts(stage: Stage) -> None:
    question = await waiting(stage)
    for approved, status in ((False, 403), (True, 200), (False, 403)):
        assert (await stage.decide(question, approved=approved, by="cora")).status == 201
        assert (await stage.ask()).status == status


@pytest.mark.parametrize("path", [DECISIONS, f"{QUESTIONS}/{{question}}/decision"])
async def test_a_holders_no_said_again_with_its_key_counts_behind_the_yes_that_came_between(
    path: str, stage: Stage
) -> None:
    question = await waiting(stage)
    body = {"approved": False, "reason": WHY}
    if path == DECISIONS:
        body |= {"about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY}
    answers = [await stage.gateway.once("chris", path.format(question=question), "retry", body) for _ in range(2)]
    assert ([each.status for each in answers], len({each.body for each in answers})) == ([201, 201], 1)
    assert (await stage.decide(question)).status == 201
    assert (await stage.ask()).status == 200
    stage.clock.now += timedelta(minutes=1)
    assert (await stage.gateway.once("chris", path.format(question=question), "retry", body)).status == 201
    assert (await stage.ask()).status == 403


@pytest.mark.parametrize("path", [DECISIONS, f"{QUESTIONS}/{{question}}/decision"])
async def test_a_holders_yes_said_again_with_its_key_opens_nothing_behind_his_no(path: str, stage: Stage) -> None:
    question = await waiting(stage)
    body = {"approved": True, "reason": WHY, "categories": ["goals"]}
    if path == DECISIONS:
        body |= {"about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY}
    yes = await stage.gateway.once("chris", path.format(question=question), "retry", body)
    # Another yes lies behind the one of the key, and a no behind both.
    for approved in (False, True, False):
        assert (await stage.decide(question, approved=approved)).status == 201
    stage.clock.now += timedelta(minutes=1)
    again = await stage.gateway.once("chris", path.format(question=question), "retry", body)
    assert (await stage.ask()).status == 403
    assert (again.status, again.body) == (yes.status, yes.body)


async def test_an_approval_counts_for_that_question_and_its_categories_only(small: Stage) -> None:
    await small.ask(question="hoe gaat het?")
    [question] = await small.inbox("chris")
    assert (await small.decide(question["id"])).status == 201
    assert (await small.ask(question="hoe gaat het?")).status == 200
    assert (await small.ask(question="hoe gaat het?", by="bas")).status == 200  # a colleague of who asked
    for other in (
        await small.ask(question="iets anders"),
        await small.ask("health", question="hoe gaat het?"),
    ):
        assert other.status == 403


@pytest.mark.parametrize(
    "other",
    [
        {"asker": {"organisation": "raad-oost"}},
        {"asker": {"person": "raad"}},
        {"asker": {"mentor": "bo"}},
        {"purpose": "safety-inquiry"},
        {"about": "zus"},
    ],
    ids=["asker", "person", "mentor", "purpose", "about"],
)
async def test_a_decision_about_another_asker_purpose_or_person_opens_nothing(
    small: Stage, other: dict[str, Any]
) -> None:
    told = {"approved": True, "reason": WHY, "categories": ["goals"]}
    same = {"about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY}
    assert (await small.gateway.call("chris", "POST", DECISIONS, told | same | other)).status == 201
    answer = await small.ask()
    assert answer.status == 403
    # Not that it does not count: that there is none.
    assert await small.reasons(answer) == {"HOLDER_DECISION_PENDING"}


async def test_another_board_does_not_get_what_was_approved_for_the_first(small: Stage) -> None:
    question = await waiting(small)
    assert (await small.decide(question)).status == 201
    assert (await small.ask()).status == 200
    answer = await small.ask(by="bep")
    assert answer.status == 403
    assert await small.reasons(answer) == {"HOLDER_DECISION_PENDING"}


async def test_of_everything_an_approval_says_what(small: Stage) -> None:
    await small.gateway.ask("bo", "sem", INQUIRY)
    [question] = await small.inbox("chris")
    answer = await small.decide(question["id"])
    assert answer.status == 422
    assert [each["path"] for each in json.loads(answer.body)["errors"]] == ["categories"]
    assert (await small.decide(question["id"], categories=["health"])).status == 201
    found = json.loads((await small.gateway.ask("bo", "sem", INQUIRY)).body)
    assert [each["id"] for each in found["plan"]["elements"]] == ["r3"]


async def test_an_approval_of_more_than_was_asked_is_refused(small: Stage) -> None:
    question = await waiting(small)
    assert (await small.decide(question, categories=["goals", "health"])).status == 422
    assert await small.inbox("chris") != []


@pytest.mark.parametrize("by", ["bo", "bas", "sanne", "anna", "weak", "sem", "officer:ggz-west", "officer"])
async def test_nobody_but_a_professional_of_the_holder_approves(small: Stage, by: str) -> None:
    question = await waiting(small)
    assert (await small.decide(question, by=by)).status == 403
    assert (await small.tell(by=by, categories=["goals"])).status == 403 or by == "sanne"
    assert (await small.ask()).status == 403
    assert len(await small.inbox("chris")) == 1


async def test_who_may_not_hears_the_same_as_of_a_question_that_nobody_has(small: Stage) -> None:
    question = await waiting(small)
    bodies = []
    for by, name in (("bo", question), ("chris", "0" * 36), ("chris", "x"), ("sem", question)):
        answer = await small.decide(name, by=by)
        bodies.append({**json.loads(answer.body), "request_id": ""})
        assert answer.status == 403
    assert all(each == bodies[0] for each in bodies)


async def test_a_weak_login_may_say_no(small: Stage) -> None:
    question = await waiting(small)
    assert (await small.decide(question, by="weak", approved=False)).status == 201
    assert await small.reasons(await small.ask()) == {"HOLDER_REFUSED"}


async def test_nobody_lets_his_own_organisation_in(small: Stage) -> None:
    own = {"organisation": "ggz-west"}
    assert (await small.tell(categories=["goals"], asker=own)).status == 403
    assert (await small.tell(approved=False, asker=own)).status == 201


@pytest.mark.parametrize("name", ["by", "holder", "on", "id"])
async def test_no_body_names_who_decides_or_when(small: Stage, name: str) -> None:
    question = await waiting(small)
    body = {"approved": True, "reason": WHY, name: "cora"}
    assert (await small.gateway.call("chris", "POST", f"{QUESTIONS}/{question}/decision", body)).status == 422
    told = {"about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY, "categories": ["goals"]}
    assert (await small.gateway.call("chris", "POST", DECISIONS, body | told)).status == 422


async def test_a_decision_needs_a_reason(small: Stage) -> None:
    question = await waiting(small)
    assert (await small.decide(question, reason="  ")).status == 422


async def test_the_inbox_is_for_who_may_decide_and_the_holders_officer(small: Stage) -> None:
    await small.ask()
    for name in ("cora", "officer:ggz-west", "sanne", "officer:school-1"):  # the school helps nobody here
        assert len(await small.inbox(name)) == 1
    for name in ("bo", "officer:raad"):
        assert await small.inbox(name) == []
    for nobody in ("sem", "weak", "officer"):
        assert (await small.gateway.call(nobody, "GET", QUESTIONS)).status == 403


async def test_a_weak_login_of_the_holders_officer_sees_no_question(small: Stage) -> None:
    await small.ask()
    weak = small.as_somebody("ggz-west", Login(form="officer", id="officer-of-ggz-west", trusted=False))
    assert (await weak.call("officer:ggz-west", "GET", QUESTIONS)).status == 403


async def test_who_helps_nobody_answers_what_he_finds_in_his_inbox(small: Stage) -> None:
    await small.ask()
    [question] = await small.inbox("sanne")
    assert (await small.decide(question["id"], by="sanne", approved=False)).status == 201
    assert await small.inbox("sanne") == []


async def test_who_asked_does_not_find_his_own_question_where_he_works_now(small: Stage) -> None:
    question = await waiting(small)
    await works_at(small, "bo", "ggz-west")
    moved = small.as_somebody("ggz-west", Login(form="professional", id="bo", role=Role.THERAPIST))
    answer = await moved.call("bo", "GET", QUESTIONS)
    assert (answer.status, json.loads(answer.body)["questions"]) == (200, [])
    body = {"approved": False, "reason": WHY}
    assert (await moved.call("bo", "POST", f"{QUESTIONS}/{question}/decision", body)).status == 403


async def test_who_is_not_registered_with_the_holder_finds_nothing(small: Stage) -> None:
    await small.ask()
    await works_at(small, "chris", "school-1")
    assert (await small.gateway.call("chris", "GET", QUESTIONS)).status == 403


async def test_a_holder_who_does_not_know_the_person_hears_of_no_question(tmp_path: Path) -> None:
    strange = [element("e1")]
    sources = [
        Telling("ggz-west", strange),
        Telling("school-1", strange, identifier_system="urn:example:pupil-numbers"),
    ]
    async with stage_at(tmp_path, change=instead(*sources)) as one:
        answer = await one.ask()
        request_id = json.loads(answer.body)["request_id"]
        assert await one.inbox("officer:school-1") == []
        looked = await one.gateway.call("officer:school-1", "GET", f"/api/v1/decisions/{request_id}")
        assert looked.status == 403
        assert len(await one.inbox("officer:ggz-west")) == 1
        assert (await one.seen("officer:ggz-west", request_id))["not_asked"] != []
        # Nor does he find out by deciding about somebody.
        assert (await one.tell(by="sanne", approved=False)).status == 403


async def test_of_somebody_unknown_no_question_waits(small: Stage) -> None:
    assert (await small.ask(person="niemand")).status == 403
    assert await small.inbox("officer:ggz-west") == []
    assert (await small.tell(about="niemand", approved=False)).status == 403


async def test_a_holder_decides_without_being_asked(stage: Stage) -> None:
    assert (await stage.tell()).status == 422  # an approval of nothing in particular
    assert (await stage.tell(categories=["goals"])).status == 201
    assert (await stage.ask(question="wat dan ook")).status == 200
    assert (await stage.gateway.call("chris", "POST", DECISIONS, {"approved": True})).status == 422


@pytest.mark.parametrize("asker", [{}, {"organisation": "raad", "person": "bo"}], ids=["none", "two"])
async def test_a_decision_is_about_one_asker(small: Stage, asker: dict[str, str]) -> None:
    assert (await small.tell(approved=False, asker=asker)).status == 422


async def test_a_decider_who_left_the_holder_opens_nothing(small: Stage) -> None:
    question = await waiting(small)
    assert (await small.decide(question)).status == 201
    await works_at(small, "chris", "school-1")
    answer = await small.ask()
    assert answer.status == 403
    assert await small.reasons(answer) == {"EVIDENCE_INSUFFICIENT"}


async def test_what_a_holder_tells_of_his_own_accord_is_fetched_by_whom_he_tells(stage: Stage) -> None:
    before = await stage.ask("risk", "goals", purpose="avert-harm")
    assert before.status == 403
    told = await stage.tell(purpose="avert-harm", categories=["goals"], reason=LONG)
    assert told.status == 201, told.body
    answer = await stage.ask("risk", "goals", purpose="avert-harm")
    assert answer.status == 200, answer.body
    view = await stage.seen("officer", json.loads(answer.body)["request_id"])
    assert [(each["id"], each["basis"]) for each in view["elements"] if each["basis"]] == [("r1", "LB-23")]
    await assert_same(stage.gateway, view["request_id"])
    # Nobody else was told, and another purpose is another question.
    assert (await stage.ask("goals", purpose="avert-harm", by="bep")).status == 403
    assert (await stage.ask("goals")).status == 403
    assert (await stage.tell(purpose="avert-harm", approved=False)).status == 201
    assert (await stage.ask("goals", purpose="avert-harm")).status == 403


async def test_nobody_asks_a_holder_to_break_a_secret(small: Stage) -> None:
    assert (await small.ask("goals", purpose="avert-harm")).status == 403
    [question] = await small.inbox("chris")
    answer = await small.decide(question["id"], reason=LONG)
    assert (answer.status, json.loads(answer.body)["errors"][0]["path"]) == (422, "approved")
    assert (await small.decide(question["id"], approved=False)).status == 201
    assert (await small.ask("goals", purpose="avert-harm")).status == 403


async def works_at(stage: Stage, name: str, organisation: str) -> None:
    """Tell the registry that somebody works elsewhere now."""
    committer = stage.gateway.gateway.exchange.committer
    told = {"id": name, "organisation": organisation, "role": "therapist"}
    async with write_transaction(committer.engine) as connection:
        await register(connection, committer.facts, [("professionals", told)])
