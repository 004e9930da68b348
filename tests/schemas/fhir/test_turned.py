"""What somebody turned round, or made about fewer persons, is no element any more, whether it was ours or not."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.fhir import Read, bundle_of, json_bytes, read_bundle, read_json, resources_of
from schemas.fhir.addresses import CATEGORY, KIND
from schemas.plan import Activity, Status
from tests.schemas.fhir import whole
from tests.schemas.fhir.test_foreign import CONDITION, GOAL, PLAN, paths, read

Resource = dict[str, Any]
TURNED: list[tuple[str, Resource]] = [
    ("ServiceRequest", {"doNotPerform": True}),
    ("ServiceRequest", {"_doNotPerform": {"extension": [{"url": "x"}]}}),
    ("ServiceRequest", {"intent": "proposal"}),
    ("Task", {"intent": "proposal"}),
    ("Task", {"doNotPerform": True}),
    ("Communication", {"notDone": True}),
    ("RelatedPerson", {"active": False}),
    ("RelatedPerson", {"_active": {"extension": [{"url": "x"}]}}),
    ("PractitionerRole", {"active": False}),
]


def ours(of_type: str) -> Resource:
    return next(each for each in resources_of(whole.all_full()) if each["resourceType"] == of_type)


@pytest.mark.parametrize(("of_type", "more"), TURNED)
def test_an_element_of_ours_that_was_turned_round_is_not_read(of_type: str, more: Resource) -> None:
    assert read(ours(of_type)).elements
    found = read(ours(of_type), **more)
    assert not found.elements
    assert found.leftovers


def test_an_appointment_of_ours_to_which_somebody_will_not_come_is_not_read() -> None:
    told = ours("Appointment")
    assert read(told).elements
    told["participant"][0]["status"] = "declined"
    assert not read(told).elements


@pytest.mark.parametrize("more", [{"status": "revoked"}, {"intent": "proposal"}, {"status": None}])
def test_a_plan_of_ours_that_is_not_in_force_is_no_plan(more: Resource) -> None:
    assert changed("CarePlan", dict).plan is not None
    assert changed("CarePlan", lambda each: each.update(more)).plan is None
    assert changed("CarePlan", lambda each: each.pop("intent")).plan is None


def test_a_team_of_ours_that_does_not_work_now_is_not_read() -> None:
    found = changed("CareTeam", lambda each: each.update(status="inactive"))
    assert found.plan is not None
    assert (found.plan.team, found.plan.coordinators) == ((), ())


def changed(of_type: str, change: Callable[[Resource], Any]) -> Read:
    bundle = read_json(json_bytes(bundle_of(whole.all_full(), base=whole.BASE)))
    for each in bundle["entry"]:
        if each["resource"]["resourceType"] == of_type:
            change(each["resource"])
    return read_bundle(bundle, whole.ORIGIN)


@pytest.mark.parametrize(
    "tags",
    [
        [{"system": KIND, "code": "safety-goal"}, {"system": CATEGORY, "code": "risk"}],
        [{"system": KIND, "code": "need"}],
        [{"system": KIND}],
        {"system": KIND, "code": "safety-goal"},
        [{"system": KIND, "code": "goal"}, {"system": KIND, "code": "safety-goal"}],
        [{"system": CATEGORY, "code": "risk"}],
    ],
)
def test_a_kind_of_ours_without_a_table_is_not_read_as_anothers(tags: Any) -> None:
    assert read(GOAL, meta={"tag": []}).elements
    found = read(GOAL, meta={"tag": tags})
    assert not found.elements
    assert found.leftovers[0].path == ""


def test_an_element_of_ours_with_two_categories_is_not_read() -> None:
    told = ours("Goal")
    told["meta"]["tag"].append({"system": CATEGORY, "code": "risk"})
    assert not read(told).elements


UNNAMED: list[Any] = [
    {"reference": "#p"},
    {"reference": "Patient/1/_history/2"},
    {"reference": "Group/1"},
    {"reference": "urn:uuid:a"},
    {"type": "Patient", "identifier": {"value": "9"}},
    {"identifier": {"value": "9"}},
    {"reference": None, "display": "x"},
    {"type": ["Practitioner"], "display": "x"},
    {"type": {}, "display": "x"},
    {},
    "Patient/1",
]


@pytest.mark.parametrize("told", UNNAMED)
def test_an_appointment_with_somebody_who_cannot_be_named_is_not_read(told: Any) -> None:
    appointment = {"resourceType": "Appointment", "id": "a", "status": "booked"}
    kim = {"actor": {"reference": "Patient/kim"}, "status": "accepted"}
    worker = {"actor": {"reference": "Practitioner/1", "display": "x"}, "status": "accepted"}
    contained = [{"resourceType": "Patient", "id": "p"}]
    assert read(appointment, participant=[kim, worker], contained=contained).elements
    assert not read(appointment, participant=[kim, {"actor": told}], contained=contained).elements


@pytest.mark.parametrize("told", UNNAMED)
def test_an_element_of_ours_keeps_all_whom_it_is_about_or_is_not_read(told: Any) -> None:
    url = "urn:schakel:fhir:plan:about"
    goal = ours("Goal")
    second = {"url": url, "valueReference": {"reference": "Patient/zed"}}
    (found,) = read(goal, extension=[*goal["extension"], second]).elements
    assert len(found.about) == len(("kim", "zed"))
    assert not read(goal, extension=[*goal["extension"], second | {"valueReference": told}]).elements
    assert not read(goal, extension=[*goal["extension"], {"url": url, "valueString": "Patient/zed"}]).elements
    assert not read(goal, subject=told, extension=[*goal["extension"], second]).elements
    assert not read(goal, subject=[{"reference": "Patient/kim"}, {"reference": "Patient/zed"}]).elements


@pytest.mark.parametrize(
    "more",
    [
        {"verificationStatus": {"text": "refuted"}},
        {"verificationStatus": {"coding": [{"display": "Refuted"}]}},
        {"verificationStatus": {"coding": [{"code": "confirmed"}, {"display": "Refuted"}]}},
        {"verificationStatus": {}},
        {"_verificationStatus": {"extension": [{"url": "x", "valueCode": "refuted"}]}},
    ],
)
def test_a_condition_of_which_is_not_known_whether_it_is_so_is_not_read(more: Resource) -> None:
    assert read(CONDITION, verificationStatus={"coding": [{"code": "confirmed"}]}).elements
    assert not read(CONDITION, **more).elements


@pytest.mark.parametrize("name", ["status", "intent"])
def test_a_plan_that_does_not_say_what_it_is_makes_nothing(name: str) -> None:
    assert not read({member: value for member, value in PLAN.items() if member != name}).elements


def test_nothing_is_read_of_an_activity_that_may_be_forbidden() -> None:
    detail = {"kind": "NutritionOrder", "status": "in-progress", "_doNotPerform": {"extension": [{"url": "x"}]}}
    assert not read(PLAN, activity=[{"detail": detail}]).elements


@pytest.mark.parametrize(
    ("plan", "told", "status"),
    [
        ("on-hold", "in-progress", Status.ON_HOLD),
        ("on-hold", "scheduled", Status.ON_HOLD),
        ("on-hold", None, Status.ON_HOLD),
        ("completed", "in-progress", Status.UNKNOWN),
    ],
)
def test_an_activity_goes_no_further_than_its_plan(plan: str, told: str | None, status: Status) -> None:
    detail = {"kind": "NutritionOrder", "description": "eten"} | ({"status": told} if told else {})
    found = read(PLAN, status=plan, activity=[{"detail": detail}])
    (activity,) = found.elements
    assert isinstance(activity, Activity)
    assert (activity.status, activity.stage) == (status, None)
    assert told is None or paths(found)["activity*.detail.status"] == f"the whole that it is part of is {plan}"


def test_what_is_over_stays_so_under_a_plan_that_is_on_hold() -> None:
    (activity,) = read(PLAN, status="on-hold").elements
    assert activity.status is Status.CANCELLED


def test_an_episode_of_care_is_not_read_as_help() -> None:
    told = {"resourceType": "EpisodeOfCare", "id": "e", "status": "active", "patient": {"reference": "Patient/1"}}
    found = read(told, type=[{"text": "Klinische verslavingszorg"}])
    assert not found.elements
    assert found.leftovers


def test_what_turns_a_plan_of_another_round_turns_all_its_activities() -> None:
    assert read(PLAN, doNotPerform=False).elements
    assert not read(PLAN, doNotPerform=True).elements


@pytest.mark.parametrize("more", [{"identifier": {"value": "9"}}, {"reference": None}])
def test_a_name_with_a_number_beside_it_is_somebody(more: Resource) -> None:
    """A name alone is one who takes part in an appointment of ours, and no person of the plan."""
    told = ours("Appointment")
    told["participant"].append({"actor": {"display": "x"}})
    assert read(told).elements
    told["participant"][-1]["actor"] |= more
    assert not read(told).elements
