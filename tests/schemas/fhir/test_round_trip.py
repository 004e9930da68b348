"""Whatever a plan shows survives plan -> FHIR -> plan, and what is never shown is never written."""

from dataclasses import asdict, fields, replace
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from schemas.fhir import Read, bundle_of, json_bytes, read_bundle, read_json
from schemas.fhir.kinds import BY_KIND, RELATED
from schemas.fhir.places import Path, leaves
from schemas.plan import KINDS, Evaluation, Goal, Measured, Plan
from schemas.plan_json import plan_json
from tests.schemas.fhir import whole
from tests.schemas.fhir.plans import plans
from tests.thoroughness import examples

TERMS: dict[str, dict[str, Any]] = {
    "goal": {
        "basis": "LB-04",
        "obligations": ("OB-LOG", "OB-MIN"),
        "expires_at": "2026-12-01T00:00:00+01:00",
    },
    "need": {"basis": "LB-01/02", "obligations": (), "expires_at": None},
}


def there_and_back(plan: Plan, terms: dict[str, Any] | None = None) -> Read:
    return read_bundle(read_json(json_bytes(bundle_of(plan, base=whole.BASE, terms=terms or {}))), whole.ORIGIN)


@settings(max_examples=examples(40), deadline=None)
@given(plans())
def test_what_a_plan_shows_survives_the_round_trip(plan: Plan) -> None:
    read = there_and_back(plan)
    assert read.plan is not None
    assert read.plan == plan
    assert orjson.dumps(plan_json(read.plan)) == orjson.dumps(plan_json(plan))
    assert not read.leftovers


@pytest.mark.parametrize("person", ["kim", "p-4"])
def test_so_it_does_whoever_was_asked_about(person: str) -> None:
    goal = whole.bare(Goal, "g", about=("brør", "kim", "p-4"))
    plan = replace(whole.everything(), family=goal.about, elements=(goal,), team=(), coordinators=(), households=())
    bundle = bundle_of(plan, base=whole.BASE, person=person)
    assert bundle["entry"][0]["resource"]["subject"] == {"reference": f"Patient/{person}"}
    read = read_bundle(read_json(json_bytes(bundle)), whole.ORIGIN)
    assert read.plan is not None
    assert (read.plan.family, read.plan.elements) == (plan.family, plan.elements)


@pytest.mark.parametrize("digits", ["1E+30000000", "1E-31", "1" * 31, "1e300"])
def test_a_number_that_would_fill_the_memory_is_not_read(digits: str) -> None:
    written = json_bytes(bundle_of(whole.all_full(), base=whole.BASE)).replace(
        b'"value":1.10', b'"value":' + digits.encode()
    )
    assert digits.encode() in written
    read = read_bundle(read_json(written), whole.ORIGIN)
    assert {each.why for each in read.leftovers} == {"a number of at most 30 digits was expected"}


def test_every_field_of_every_kind_in_every_status_survives() -> None:
    plan = whole.everything()
    read = there_and_back(plan)
    assert read.plan == plan
    assert not read.leftovers


def test_every_field_that_is_shown_has_a_row() -> None:
    for kind, table in [*BY_KIND.items(), ("contact", RELATED)]:
        of_source = {"source", "handling"} | ({"relation"} if kind == "contact" and table is not RELATED else set())
        shown = {each.name for each in fields(KINDS[kind])} - of_source
        assert {row.field for row in table.rows if row.field} == shown, kind
    assert BY_KIND.keys() == KINDS.keys()


def test_how_a_record_may_be_handled_is_never_written() -> None:
    written = json_bytes(bundle_of(whole.everything(), base=whole.BASE, terms=TERMS))
    assert b"SECRET-HANDLING" not in written
    assert b"2026-01-01" in written
    assert b"handling" not in written


def test_the_terms_of_a_release_survive() -> None:
    read = there_and_back(whole.everything(), TERMS)
    assert {name: asdict(each) for name, each in read.released.items()} == TERMS
    assert not read.leftovers


RELEASED = "urn:schakel:fhir:plan:released"
OTHER_TERMS = {"url": RELEASED, "extension": [{"url": "urn:schakel:fhir:plan:basis", "valueString": "LB-20"}]}


@pytest.mark.parametrize("others", [1, 2])
def test_of_several_terms_of_one_element_the_first_counts_and_the_others_are_listed(others: int) -> None:
    bundle = read_json(json_bytes(bundle_of(whole.everything(), base=whole.BASE, terms=TERMS)))
    goal = next(each["resource"] for each in bundle["entry"] if each["resource"]["id"] == "goal")
    goal["extension"] += [OTHER_TERMS] * others
    read = read_bundle(bundle, whole.ORIGIN)
    assert {name: asdict(each) for name, each in read.released.items()} == TERMS
    assert {(each.resource, each.why) for each in read.leftovers} == {("Goal/goal", "a second one of its kind")}
    assert any(each.path.endswith("valueString") for each in read.leftovers)


@pytest.mark.parametrize("digits", ["1.10", "-2", "0.000", "1.0E+2", "123456789012345678.9"])
def test_a_decimal_keeps_its_digits_on_the_wire(digits: str) -> None:
    score = whole.bare(Evaluation, "e", measure=Measured.OTHER, score=Decimal(digits))
    plan = replace(whole.everything(), elements=(score,), team=(), coordinators=(), households=(), gaps=())
    assert f'"value":{Decimal(digits):f}'.encode() in json_bytes(bundle_of(plan, base=whole.BASE))
    back = there_and_back(plan).elements[0]
    assert isinstance(back, Evaluation)
    assert f"{back.score:f}" == f"{Decimal(digits):f}"


def test_no_value_of_a_bundle_can_change_without_a_trace() -> None:
    bundle = read_json(json_bytes(bundle_of(whole.all_full(), base=whole.BASE, terms=TERMS)))
    for entry in bundle["entry"]:
        resource = entry["resource"]
        # What is said of the plan as a whole needs the whole; an element stands alone, and reads faster so.
        told = bundle if resource["resourceType"] in {"CarePlan", "CareTeam", "Patient", "Provenance"} else resource
        before = read_bundle(told, whole.ORIGIN)
        for path in list(leaves(resource)):
            # The id of a resource says nothing by itself: who or what it is stands in its identifier.
            if path != ("id",):
                assert changed(told, resource, path) != before, (entry["fullUrl"], path)


def changed(told: dict[str, Any], node: Any, path: Path) -> Read:
    for step in path[:-1]:
        node = node[step]
    kept, node[path[-1]] = node[path[-1]], "changed"
    after = read_bundle(told, whole.ORIGIN)
    node[path[-1]] = kept
    return after
