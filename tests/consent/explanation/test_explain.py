"""Why a decision fell: what an officer reads of rule, article and fact, and what the requester never reads."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings

from consent.answers import Satisfied
from consent.decide import decide
from consent.decision import Decision
from consent.explanation.explain import Explanation, explain
from consent.explanation.tracing import Trace, Tracer
from consent.request import Request
from consent.world.file import read_world, world_of
from schemas.words import Reason, Result
from tests.beside import SHARED, needs_shared
from tests.consent.make import (
    approval,
    authority,
    consent,
    refusal,
    world,
)
from tests.consent.random_worlds import worlds
from tests.thoroughness import examples

WORLDS = settings(max_examples=examples(100), deadline=None)
PARENTS = [authority("moeder"), authority("vader")]
LONG = "x" * 40


def answered(value: dict[str, Any]) -> tuple[Request, Decision]:
    found = world_of(value)
    [request] = found.requests
    return request, decide(request, found.facts, request.at)


def explained(value: dict[str, Any]) -> Explanation:
    return explain(*answered(value))


def officer(value: dict[str, Any]) -> str:
    return explained(value).officer["en"]


def test_a_release_names_rule_article_evidence_duties_and_end() -> None:
    told = officer(world(age=16, consents=[consent("sem", until="2026-12-01")]))
    assert "r1: released." in told
    assert "LB-01 Consent under the Jeugdwet (Jw 7.3.11 lid 1; " in told
    assert "CV-14 16 or 17: the youth alone" in told
    assert (
        "Rests on: c-sem (yes of sem about sem, 1 February 2026, at ggz, to team, purpose: to coordinate the plan, "
        in told
    )
    assert "on goals, until 1 December 2026)." in told
    assert "OB-NOFWD Do not pass on" in told
    assert "Ends: 1 December 2026, 00:00." in told


def test_a_yes_that_the_law_ends_earlier_than_it_says_is_told_with_that_end() -> None:
    told = officer(world(age=16, consents=[consent("sem", until="2030-12-01")]))
    assert "until 1 December 2030, by law until 1 February 2027 at most)" in told
    assert "by law" not in officer(world(age=16, consents=[consent("sem", until="2026-12-01")]))


def test_a_check_that_was_still_to_come_is_not_told_as_done() -> None:
    told = officer(
        world(age=11, consents=[consent("moeder")], authority=[authority("moeder", verified_on="2026-12-03")])
    )
    assert "verified 3 December 2026 (not yet then)" in told


def test_for_whom_somebody_works_who_decided_for_a_holder_is_told() -> None:
    request = {"question": "Wat loopt er?", "holder_decisions": [approval(by="anna")]}
    told = officer(world(age=16, by="rik", purpose="child-protection-inquiry", request=request))
    assert "decision of anna for ggz" in told
    assert "anna (youth professional of team)" in told


def test_the_head_says_who_asked_what_and_by_which_rules() -> None:
    told = officer(world())
    assert told.startswith("Outcome: denied. Asked by professional anna about sem, on 2 March 2026, 10:00.")
    assert "Purpose: to coordinate the plan. Rule set: 2026-11." in told


def test_an_unconfirmed_rule_set_is_said_to_be_one() -> None:
    told = officer(world(request={"at": "2027-03-02T10:00:00+01:00"}))
    assert "Rule set: 2027-01, unconfirmed: the text of the law was not checked when these rules were written." in told


def test_where_no_record_was_asked_for_the_officer_reads_so() -> None:
    assert "There was no record that the request asked for (NO_BASIS)." in officer(world(record={"category": "risk"}))


def test_alike_elements_are_told_in_one_breath() -> None:
    value = world(age=16, consents=[consent("sem")])
    value["records"] = [value["records"][0] | {"id": name} for name in ("r1", "r2", "r3")]
    assert "r1, r2 and r3: released." in officer(value)


def test_every_basis_that_was_tried_is_told_with_what_it_needed() -> None:
    told = officer(world(purpose="exercise-authority", by={"person": "luus"}))
    assert "Also tried: LB-06 Authority holder: no (NO_BASIS). There is no fact now that carries this rule." in told


def test_a_fact_that_comes_near_is_shown() -> None:
    ended = {"id": "i1", "kind": "help", "about": "sem", "organisations": ["team"], "since": "2026-01-01"}
    told = officer(world(record={"holder": "team"}, involvements=[ended | {"until": "2026-03-01"}]))
    assert "Seen: i1 (help, since 1 January 2026, by team, until 1 March 2026)." in told


def test_a_duty_of_the_whole_decision_is_told() -> None:
    value = world(
        by={"person": "moeder"}, purpose="exercise-authority", record={"told_in_confidence": True}, authority=PARENTS
    )
    assert "Duties of the whole decision: OB-YOUTH1 Talk with the youth first." in officer(value)


def test_a_free_text_of_the_world_is_not_repeated() -> None:
    value = world(
        purpose="avert-harm",
        record={"category": "risk"},
        request={
            "initiative": "holder",
            "categories": ["risk"],
            "justification": LONG,
            "holder_decisions": [approval(reason=LONG)],
        },
    )
    assert LONG not in json.dumps(explained(value).as_json())


def test_the_form_is_that_of_the_contract() -> None:
    told = explained(world()).as_json()
    assert list(told) == ["requester", "officer", "client"]
    assert all(set(each) == {"nl", "en"} for each in told.values())


def test_a_decision_without_its_explanation_is_what_it_was() -> None:
    request, decision = answered(world())
    before = json.dumps(decision.as_json())
    explain(request, decision)
    assert json.dumps(decision.as_json()) == before
    assert "explanation" not in decision.as_json()


WITHHELD = [
    world(),
    world(age=16, refusals=[refusal("sem")]),
    world(age=16, consents=[consent("sem")], record={"good_care_veto": True}),
    world(age=16, consents=[consent("sem")], record={"regime": None}),
    world(record={"category": "risk"}),
]


def test_the_requester_reads_one_sentence_whatever_was_kept_and_why() -> None:
    assert len({explained(value).requester["nl"] for value in WITHHELD}) == 1


def test_the_requester_reads_the_same_whether_or_not_something_was_kept_beside_what_he_got() -> None:
    whole = world(age=16, consents=[consent("sem")])
    part = world(age=16, consents=[consent("sem")])
    part["records"].append(part["records"][0] | {"id": "r2", "good_care_veto": True})
    assert answered(part)[1].outcome != answered(whole)[1].outcome
    assert explained(part).requester == explained(whole).requester


STOPS = {
    "closed": {Reason.REQUESTER_UNTRUSTED, Reason.FEATURE_DISABLED, Reason.RULE_SET_UNCONFIRMED},
    "working-notes": {Reason.CATEGORY_EXCLUDED},
    "regime": {Reason.REGIME_UNKNOWN},
    "category": {Reason.CATEGORY_EXCLUDED},
    "informant": {Reason.THIRD_PARTY_PRIVACY},
    "cover": {Reason.THIRD_PARTY_PRIVACY, Reason.SUBJECT_NOT_COVERED},
    "veto": {Reason.GOOD_CARE_VETO},
    "confidence": {Reason.BEST_INTEREST, Reason.YOUTH_OBJECTION},
}


def agrees(trace: Trace) -> bool:
    """Return whether a trace leads to the decision that was taken."""
    element = trace.element
    if element.result is Result.RELEASE:
        return trace.decided is not None and trace.decided.basis.number == element.basis
    if trace.gate:
        return element.reason in STOPS[trace.gate]
    if trace.decided is None or isinstance(trace.decided.answer, Satisfied):
        return False
    return trace.decided.answer.reason is element.reason and set(trace.decided.answer.rules) == set(element.rules)


def disagreeing(request: Request, decision: Decision) -> list[Trace]:
    return [trace for trace in Tracer(request, decision).traces() if not agrees(trace)]


@WORLDS
@given(worlds())
def test_a_trace_leads_to_the_decision_that_was_taken(value: dict[str, Any]) -> None:
    assert disagreeing(*answered(value)) == []


@WORLDS
@given(worlds())
def test_the_same_decision_is_explained_in_the_same_words(value: dict[str, Any]) -> None:
    assert explained(value) == explained(value)


@WORLDS
@given(worlds())
def test_the_officer_reads_of_every_element_and_its_evidence(value: dict[str, Any]) -> None:
    request, decision = answered(value)
    for language, told in explain(request, decision).officer.items():
        listed = " ".join(line for line in told.splitlines() if not line.startswith(" "))
        assert all(name in listed for name in decision.elements), language
        assert all(f"{name} (" in told for one in decision.elements.values() for name in one.evidence), language


@needs_shared
@pytest.mark.parametrize("folder", ["scenarios", "worlds"])
def test_every_shared_world_is_explained_as_it_was_decided(folder: str) -> None:
    files = [path for path in sorted((SHARED / folder).rglob("*")) if path.suffix in {".yaml", ".json"}]
    assert files
    for path in files[:: 100 // examples(100)]:
        found = read_world(path.read_bytes())
        for request in found.requests:
            decision = decide(request, found.facts, request.at)
            assert disagreeing(request, decision) == [], path.name
            explain(request, decision)


def test_an_explanation_is_made_only_when_it_is_asked_for() -> None:
    assert "explanation" not in {field.name for field in dataclasses.fields(Decision)}
