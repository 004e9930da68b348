"""A plan in FHIR is shown as the same plan in the gateway's own JSON is."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from gateway.flow.release import MESSAGE
from gateway.showing_plan.differences import Differences, differences
from gateway.showing_plan.reading import read_answer
from gateway.showing_plan.sheet import sheet_of
from gateway.showing_plan.words import texts_in
from schemas.fhir import bundle_of, json_bytes
from schemas.plan import Element, Evaluation, Goal, Handling, Measured, OwnWords, Plan, Source
from schemas.plan_json import plan_json
from schemas.words import Category, Regime
from tests.gateway.showing_plan.answers import DAY, named

AT = datetime(2026, 11, 26, 10, tzinfo=UTC)


def element(kind: type[Element], id_: str, **members: Any) -> Element:
    source = Source(organisation="de-waard", system="dossier", record=id_, version="2", retrieved_at=AT)
    common: dict[str, Any] = {"about": ("milan",), "category": Category.GOALS, "regime": Regime.JEUGDWET}
    return kind(id=id_, handling=Handling(created_on="2026-01-01"), source=source, **common, **members)


ELEMENTS = (
    element(OwnWords, "e1", text="Ik wil thuis wonen.", speaker="milan"),
    element(Goal, "e2", text="Weer naar school"),
    element(Evaluation, "e3", measure=Measured.GOAL_ATTAINMENT, score=Decimal("1.10")),
)
PLAN = Plan(("milan",), (), (), ELEMENTS)
TERMS: dict[str, dict[str, Any]] = {
    each.id: {"basis": "LB-01", "obligations": [], "expires_at": "2027-05-02T00:00:00+02:00"} for each in ELEMENTS
}


def bundle(*more: dict[str, Any]) -> bytes:
    found = bundle_of(PLAN, base="https://schakel.example.org/fhir", kind="collection", name="r1", terms=TERMS)
    entries = [*found["entry"], *({"resource": each} for each in more)]
    return json_bytes({"resourceType": "Bundle", "id": "r1", **found, "entry": entries})


def test_a_bundle_says_what_the_plans_own_json_says() -> None:
    native = read_answer(orjson.dumps({"plan": plan_json(PLAN), "released": TERMS}))
    answer = read_answer(bundle())
    assert answer.left == ()
    assert differences(native, answer) == Differences()
    texts = texts_in("nl")
    assert sheet_of(answer, texts, day=DAY) == sheet_of(native, texts, day=DAY)


def test_which_source_was_silent_and_the_constant_sentence_come_from_the_outcome() -> None:
    silent = [{"url": "organisation", "valueString": "de-linde"}, {"url": "status", "valueCode": "silent"}]
    said = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "information", "code": "informational", "details": {"text": MESSAGE["en"]}}],
        "extension": [{"url": "urn:schakel:fhir:source", "extension": silent}],
    }
    answer = read_answer(bundle(said))
    assert answer.silent() == ["de-linde"]
    assert sheet_of(answer, texts_in("nl"), day=DAY).message == MESSAGE["nl"]


def test_a_search_of_ours_names_nothing_more_and_somebody_elses_names_how_it_was_found() -> None:
    found = json.loads(bundle())
    for each in found["entry"]:
        each["search"] = {"mode": "include"}
    assert read_answer(orjson.dumps(found)).left == ()
    stranger = {"resourceType": "Goal", "id": "g1", "lifecycleStatus": "active", "subject": {"reference": "Patient/1"}}
    other = {"resourceType": "Bundle", "entry": [{"resource": stranger, "search": {"mode": "include"}}]}
    assert any("entry*.search.mode" in each for each in read_answer(orjson.dumps(other)).left)


def test_what_of_fhir_has_no_place_in_a_plan_is_named() -> None:
    stranger = {"resourceType": "Goal", "id": "g1", "lifecycleStatus": "active", "mood": "fine"}
    found = sheet_of(read_answer(bundle(stranger)), texts_in("en"), day=DAY)
    assert any("Goal/g1" in line for line in named(found, "more"))


def test_fhir_of_somebody_else_is_not_told_as_an_answer_of_a_gateway() -> None:
    goal = {"resourceType": "Goal", "id": "g1", "subject": {"reference": "Patient/1"}, "lifecycleStatus": "active"}
    found = sheet_of(read_answer(orjson.dumps({**goal, "description": {"text": "Rust"}})), texts_in("en"), day=DAY)
    assert found.notes[0] == "This is no plan as a gateway answers it. What you may see was not looked at here."
    assert not any("gateway" in each for each in sheet_of(read_answer(bundle()), texts_in("en"), day=DAY).notes)
