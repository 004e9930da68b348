"""What is written is FHIR R4: the models of fhir.resources take it, and every code of a required list is one of it."""

import importlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from gateway.flow.assembling import assemble
from schemas.fhir import bundle_of, json_bytes, read_bundle, read_json, resources_of
from schemas.plan import KINDS, Element, Period, Plan
from tests.schemas.fhir import whole
from tests.schemas.plan.make import several
from tests.thoroughness import examples

REQUEST = {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}
EVENT = {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"}
REQUIRED: dict[tuple[str, str], set[str]] = {
    ("Appointment", "status"): {
        "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error",
        "checked-in", "waitlist",
    },
    ("CarePlan", "status"): REQUEST,
    ("CarePlan", "intent"): {"proposal", "plan", "order", "option"},
    ("CareTeam", "status"): {"proposed", "active", "suspended", "inactive", "entered-in-error"},
    ("Communication", "status"): EVENT,
    ("Flag", "status"): {"active", "inactive", "entered-in-error"},
    ("Goal", "lifecycleStatus"): {
        "proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled", "entered-in-error",
        "rejected",
    },
    ("Observation", "status"): {
        "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
    },
    ("ServiceRequest", "status"): REQUEST,
    ("ServiceRequest", "intent"): {
        "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order",
        "instance-order", "option",
    },
    ("Task", "status"): {
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold",
        "failed", "completed", "entered-in-error",
    },
    ("Task", "intent"): {
        "unknown", "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order",
        "option",
    },
}  # fmt: skip
"""The required bindings of HL7 FHIR R4 (4.0.1), which no model checks, as that standard writes them."""


def take(resource: dict[str, Any]) -> None:
    kind = resource["resourceType"]
    model = getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    model.model_validate(resource)


def plain(resource: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = read_json(json_bytes(resource))
    return told


def test_every_kind_full_bare_and_in_every_status_is_taken() -> None:
    for resource in resources_of(whole.everything()):
        take(plain(resource))


def test_the_bundle_and_the_terms_of_a_release_are_taken() -> None:
    terms = {"goal": {"basis": "LB-04", "obligations": (), "expires_at": "2026-12-01"}}
    take(plain(bundle_of(whole.all_full(), base=whole.BASE, kind="searchset", terms=terms)))


@settings(max_examples=examples(10), deadline=None)
@given(several())
def test_plans_as_they_come_are_taken(elements: list[Element]) -> None:
    for resource in resources_of(assemble(elements, whole.DAY)):
        take(plain(resource))


def test_every_code_of_a_required_list_is_one_of_it() -> None:
    for resource in resources_of(whole.everything()):
        for (kind, name), words in REQUIRED.items():
            if resource["resourceType"] == kind:
                assert (name in resource) != (f"_{name}" in resource), (kind, name)
                assert resource.get(name, next(iter(words))) in words, (kind, name)


def test_every_reference_is_to_what_the_bundle_holds() -> None:
    bundle = plain(bundle_of(whole.everything(), base=whole.BASE))
    there = {f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle["entry"]}
    named = set(_references(bundle))
    assert named <= there
    assert {each["fullUrl"] for each in bundle["entry"]} == {f"{whole.BASE}/{each}" for each in there}
    assert len(there) == len(bundle["entry"])


def test_a_period_ends_on_its_last_day_in_fhir() -> None:
    """R4, datatypes, Period: the end is a day of the period; ours is the day after it."""
    task = next(each for each in resources_of(whole.all_full()) if each["resourceType"] == "Task")
    assert task["executionPeriod"] == {"start": "2026-01-01", "end": "2026-11-30"}


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 1, 1), date.min])
def test_a_period_without_a_day_is_no_period_that_ends_before_it_starts(end: date) -> None:
    """R4, datatypes, per-1. Its end stands in an extension, and comes back."""
    agreement = whole.full(KINDS["agreement"], "a", period=Period(date(2026, 1, 1), end), goals=())
    task = next(each for each in resources_of(assemble([agreement], whole.DAY)) if each["resourceType"] == "Task")
    assert task["executionPeriod"] == {"start": "2026-01-01"}
    assert read_bundle(task, whole.ORIGIN).elements[0].period == agreement.period


def test_an_appointment_has_a_start_and_an_end_or_says_that_they_are_not_known() -> None:
    """R4, Appointment, app-2 and app-3."""
    for resource in resources_of(whole.everything()):
        if resource["resourceType"] == "Appointment":
            assert ("start" in resource) != ("_start" in resource)
            assert ("end" in resource) != ("_end" in resource)


@pytest.mark.parametrize("name", ["p_1", "ünïcode", "a" * 65, "Patient/1"])
def test_an_id_that_is_none_of_fhir_becomes_one(name: str) -> None:
    plan = Plan(family=(name,), coordinators=(), team=(), elements=())
    patient = next(each for each in resources_of(plan) if each["resourceType"] == "Patient")
    take(patient)
    assert patient["id"] != name
    assert patient["identifier"][0]["value"] == name


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for each in node for found in _references(each)]
    if not isinstance(node, dict):
        return []
    here = [node["reference"]] if isinstance(node.get("reference"), str) else []
    return here + [found for each in node.values() for found in _references(each)]
