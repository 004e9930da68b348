"""Resources of others: known answers, one for each thing that a reader can lose or turn round."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from docs.fhir_xml import resource_of_xml
from schemas.fhir import Read, read_bundle, read_json, resources_of
from schemas.plan import Activity, ActivityStage, Goal, Period, Plan, Status
from schemas.words import Category
from tests.schemas.fhir import whole

GOAL: dict[str, Any] = {
    "resourceType": "Goal",
    "id": "1",
    "lifecycleStatus": "active",
    "description": {"text": "Weer naar school"},
    "subject": {"reference": "Patient/kim"},
}
CONDITION: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "1",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "55607006"}]}],
    "code": {"text": "slaapt slecht"},
    "subject": {"reference": "Patient/kim"},
}
PLAN: dict[str, Any] = {
    "resourceType": "CarePlan",
    "id": "1",
    "status": "active",
    "intent": "plan",
    "subject": {"reference": "Patient/kim"},
    "activity": [{"detail": {"kind": "NutritionOrder", "status": "stopped", "description": "eten"}}],
}


def read(resource: dict[str, Any], **more: Any) -> Read:
    return read_bundle(resource | more, whole.ORIGIN)


def paths(found: Read) -> dict[str, str]:
    return {each.path: each.why for each in found.leftovers}


def test_a_goal_is_read_with_a_category_of_its_type_and_no_regime() -> None:
    (goal,) = read(GOAL).elements
    assert isinstance(goal, Goal)
    assert (goal.text, goal.status, goal.about) == ("Weer naar school", Status.ACTIVE, ("Patient/kim",))
    assert (goal.category, goal.regime) == (Category.GOALS, None)
    assert goal.source.record == "Goal/1"
    assert goal.handling == whole.HANDLING


@pytest.mark.parametrize("told", ["2026", "2026-10", "2026-02-30", "26-10-2026"])
def test_a_date_of_lower_precision_is_listed_and_not_made_whole(told: str) -> None:
    found = read(GOAL, startDate=told)
    assert found.elements[0].period == Period()
    assert "startDate" in paths(found)


def test_of_a_time_the_dutch_day_is_read_and_the_rest_is_listed() -> None:
    found = read(GOAL, startDate="2026-10-31T23:30:00Z")
    assert found.elements[0].period.start == date(2026, 11, 1)
    assert paths(found) == {"startDate": "its time of the day"}


@pytest.mark.parametrize("told", ["9999-12-31T23:30:00Z", "0001-01-01T00:00:00+23:59"])
def test_a_time_that_has_no_dutch_day_is_listed(told: str) -> None:
    found = read(GOAL, startDate=told)
    assert found.elements[0].period.start is None
    assert ("startDate", "no such day or time") in {(each.path, each.why) for each in found.leftovers}


def test_a_last_day_of_fhir_belongs_to_the_period() -> None:
    found = read(CONDITION, onsetDateTime="2026-01-01", abatementDateTime="2026-01-31")
    assert found.elements[0].period == Period(date(2026, 1, 1), date(2026, 2, 1))


def test_what_stands_beside_a_simple_value_is_listed() -> None:
    found = read(GOAL, _startDate={"extension": [{"url": "x", "valueCode": "unknown"}]})
    assert paths(found).keys() == {"_startDate.extension*.url", "_startDate.extension*.valueCode"}


def test_an_extension_that_nobody_knows_is_listed_wherever_it_stands() -> None:
    found = read(GOAL | {"description": {"text": "x", "extension": [{"url": "y", "valueString": "z"}]}})
    assert paths(found).keys() == {"description.extension*.url", "description.extension*.valueString"}
    assert found.elements[0].text == "x"


def test_a_decimal_of_a_value_that_is_read_keeps_its_digits() -> None:
    told = read_json(b'{"a": 1.10, "b": 1E+2, "c": 12345678901234567890.5}')
    assert [str(each) for each in told.values()] == ["1.10", "1E+2", "12345678901234567890.5"]
    for text in (b'{"a": NaN}', b'{"a": Infinity}'):
        with pytest.raises(ValueError, match="not a number of JSON"):
            read_json(text)


@pytest.mark.parametrize(
    ("resource", "more"),
    [
        (GOAL, {"modifierExtension": [{"url": "not", "valueBoolean": True}]}),
        (GOAL, {"description": {"text": "x", "modifierExtension": [{"url": "not", "valueBoolean": True}]}}),
        (GOAL, {"implicitRules": "http://example.org/other"}),
        (GOAL, {"lifecycleStatus": "entered-in-error"}),
        (GOAL, {"status": "entered-in-error"}),
        (GOAL, {"status": ["entered-in-error"]}),
        (GOAL, {"status": {"coding": [{"code": "entered-in-error"}]}}),
        (GOAL, {"verificationStatus": "entered-in-error"}),
        (GOAL, {"verificationStatus": [{"coding": {"code": "entered-in-error"}}]}),
        (GOAL, {"lifecycleStatus": "rejected"}),
        (GOAL, {"lifecycleStatus": ["active", {"x": 1}]}),
        (GOAL, {"meta": {"security": [{"code": "R"}]}}),
        (GOAL, {"subject": {"reference": "Group/1"}}),
        (GOAL, {"subject": {"reference": "#kim"}}),
        (GOAL, {"subject": {"identifier": {"value": "999990019"}}}),
        (CONDITION, {"category": []}),
        (CONDITION, {"category": [{"coding": [{"system": "http://elsewhere", "code": "55607006"}]}]}),
        (CONDITION, {"verificationStatus": {"coding": [{"code": "refuted"}]}}),
        (CONDITION, {"verificationStatus": {"coding": [{"code": "confirmed"}, {"code": "410516002"}]}}),
        (CONDITION, {"verificationStatus": "refuted"}),
        (PLAN, {"status": "revoked"}),
        (PLAN, {"intent": "option"}),
        (PLAN, {"activity": [{"detail": {"kind": "NutritionOrder", "status": "active", "doNotPerform": True}}]}),
        (PLAN, {"activity": [{"detail": {"kind": "NutritionOrder", "prohibited": True}}]}),
        (PLAN, {"activity": [{"detail": {"kind": "NutritionOrder", "doNotPerform": "true"}}]}),
        (PLAN, {"activity": [{"detail": {"status": "in-progress", "description": "eten"}}]}),
    ],
)
def test_what_would_mean_something_else_is_never_read(resource: dict[str, Any], more: dict[str, Any]) -> None:
    assert read(resource).elements
    found = read(resource, **more)
    assert not found.elements
    assert found.leftovers


def test_an_activity_that_was_stopped_says_so() -> None:
    (activity,) = read(PLAN).elements
    assert isinstance(activity, Activity)
    assert (activity.id, activity.text) == ("CarePlan/1#activity-0", "eten")
    assert (activity.stage, activity.status) == (ActivityStage.STOPPED_EARLY, Status.CANCELLED)


def test_one_bad_activity_does_not_take_the_others_along() -> None:
    bad = {"detail": {"kind": "NutritionOrder", "status": "in-progress", "doNotPerform": True}}
    found = read(PLAN, activity=[bad, *PLAN["activity"]])
    assert [each.id for each in found.elements] == ["CarePlan/1#activity-1"]
    assert paths(found)["activity*.detail.doNotPerform"] == "`doNotPerform` turns it round"


@pytest.mark.parametrize(
    "more", [{"modifierExtension": [{"url": "not"}]}, {"status": "entered-in-error"}, {"status": "noshow"}]
)
def test_a_resource_of_ours_that_means_something_else_is_not_read_either(more: dict[str, Any]) -> None:
    ours = next(each for each in resources_of(whole.all_full()) if each["resourceType"] == "Appointment")
    assert read(ours).elements
    assert not read(ours, **more).elements


def test_codes_that_say_more_than_one_category_make_nothing() -> None:
    codes = [{"system": "http://snomed.info/sct", "code": each} for each in ("55607006", "303186005")]
    assert not read(CONDITION, category=[{"coding": codes}]).elements
    assert read(CONDITION, category=[{"coding": codes[1:]}]).elements[0].category is Category.JUSTICE


def test_a_status_that_another_system_changed_counts_before_our_own_word() -> None:
    """The extension keeps the word that FHIR has no code for; who changed the code may not know it."""
    flag = next(each for each in resources_of(_cancelled()) if each["resourceType"] == "Flag")
    assert read(flag).elements[0].status is Status.CANCELLED
    found = read(flag, status="active")
    assert found.elements[0].status is Status.ACTIVE
    assert "extension*.valueCode" in paths(found)


def _cancelled() -> Plan:
    plan = whole.all_full()
    elements = tuple(replace(each, status=Status.CANCELLED) for each in plan.elements)
    return replace(plan, elements=elements)


def test_a_goal_of_stu3_in_xml_is_read() -> None:
    found = read_bundle(
        resource_of_xml(
            b'<Goal xmlns="http://hl7.org/fhir"><id value="1"/><status value="achieved"/><description>'
            b'<text value="Weer naar school"/></description><subject><reference value="Patient/kim"/></subject>'
            b'<startDate value="2026-01-01"><extension url="x"><valueString value="y"/></extension></startDate>'
            b'<target><dueDate value="2026-02-01"/></target></Goal>'
        ),
        whole.ORIGIN,
    )
    (goal,) = found.elements
    assert isinstance(goal, Goal)
    assert (goal.status, goal.target_date) == (Status.COMPLETED, date(2026, 2, 1))
    assert paths(found).keys() == {"_startDate.extension*.url", "_startDate.extension*.valueString"}


def test_no_value_and_no_odd_name_is_in_what_is_left() -> None:
    found = read(GOAL, **{"999990019": "x", "Jan Jansen": {"y": 1}, "note": [{"text": "GEHEIM"}]})
    assert {each.path for each in found.leftovers} == {"?", "?.y", "note*.text"}


def test_what_is_nested_very_deeply_is_no_trap() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = {"extension": [deep]}
    assert [each.id for each in read(GOAL, note=[deep]).elements] == ["Goal/1"]


def test_an_element_that_stands_there_twice_is_read_once_and_listed() -> None:
    ours = next(each for each in resources_of(whole.all_full()) if each["resourceType"] == "Goal")
    other = ours | {"description": {"text": "iets anders"}}
    found = read_bundle({"resourceType": "Bundle", "entry": [{"resource": ours}, {"resource": other}]}, whole.ORIGIN)
    assert [each.text for each in found.elements] == [ours["description"]["text"]]
    assert paths(found) == {"": "its id stands there twice"}


def test_another_number_of_a_person_of_ours_is_listed() -> None:
    patient = next(each for each in resources_of(whole.all_full()) if each["resourceType"] == "Patient")
    more = [*patient["identifier"], {"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": "999990019"}]
    assert paths(read(patient, identifier=more)).keys() == {"identifier*.system", "identifier*.value"}


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        (GOAL, {"contained.resourceType", "contained.id", "contained.lifecycleStatus"}),
        ("x", {"contained"}),
        ([], {"contained"}),
        (["text"], {"contained*"}),
        (["text", {"resourceType": "Organization"}], {"contained*"}),
        ([[GOAL]], {"contained**.resourceType", "contained**.id", "contained**.lifecycleStatus"}),
    ],
)
def test_what_is_contained_and_no_resource_is_listed(told: Any, listed: set[str]) -> None:
    found = read(GOAL, contained=told)
    assert [each.id for each in found.elements] == ["Goal/1"]
    assert listed <= {each.path for each in found.leftovers if each.resource == "Goal/1"}


def test_what_something_contained_contains_is_listed_there() -> None:
    inner = GOAL | {"id": "inner"}
    found = read(GOAL, contained=[GOAL | {"id": "outer", "contained": [inner]}])
    assert [each.id for each in found.elements] == ["Goal/1", "Goal/1#outer"]
    left = {(each.resource, each.path) for each in found.leftovers}
    assert left == {
        ("Goal/1#outer", f"contained*.{each}")
        for each in (*(set(GOAL) - {"description", "subject"}), "description.text", "subject.reference")
    }


@pytest.mark.parametrize("value", [None, [], [None], {}, "x", 1, True, [[]], {"coding": 1}, [{"coding": [None]}]])
@pytest.mark.parametrize(
    "name", ["meta", "identifier", "contained", "subject", "lifecycleStatus", "extension", "target"]
)
def test_nonsense_inside_a_resource_is_listed_and_never_raises(name: str, value: Any) -> None:
    found = read(GOAL, **{name: value})
    assert isinstance(found, Read)
    assert found.leftovers


@pytest.mark.parametrize("told", [{"a": 1}, [2], {"a": {"b": ""}}])
def test_what_stands_where_a_name_should_is_listed(told: Any) -> None:
    ours = next(each for each in resources_of(whole.all_full()) if each["resourceType"] == "Goal")
    found = read(ours, id=told)
    assert found.elements
    assert [each.why for each in found.leftovers if each.path.startswith("id")] == ["has no place in the plan"]
