"""When a release ends (5.6): the first end of the facts relied on, of several the one that ends last."""

from typing import Any

import pytest

from tests.consent.make import (
    AT,
    JOINT,
    approval,
    authority,
    consent,
    decided,
    element,
    ends,
    incapable,
    mandate,
    order,
    refusal,
    world,
)

BIRTHDAY_16 = "2028-05-04T00:00:00+02:00"
DEPUTY = {"id": "i3", "kind": "replacement", "professional": "jet", "replaces": "jan", "since": "2026-03-01"}
GI: dict[str, Any] = {"by": "jan", "purpose": "supervision-order", "request": {"question": "Wat loopt er?"}}
MOTHER: dict[str, Any] = {"by": {"person": "moeder"}, "purpose": "exercise-authority"}
ADULT: dict[str, Any] = {"age": 19, "consents": [consent("sem")]}
MENTOR: dict[str, Any] = {"by": {"mentor": "luus"}, "purpose": "mentor-support"}

CASES: dict[str, tuple[str | None, dict[str, Any]]] = {
    "a consent after twelve months": ("2027-02-01T00:00:00+01:00", ADULT),
    "a consent at its until": ("2026-06-01T00:00:00+02:00", ADULT | {"consents": [consent("sem", until="2026-06-01")]}),
    "a consent at its announced withdrawal": (
        "2026-05-01T00:00:00+02:00",
        ADULT | {"consents": [consent("sem", withdrawn_on="2026-05-01")]},
    ),
    "a consent of leap day ends on the month's last day": (
        "2025-02-28T00:00:00+01:00",
        ADULT
        | {
            "consents": [consent("sem", on="2024-02-29")],
            "request": {"at": "2025-02-27T10:00:00+01:00"},
            "record": {"created_on": "2024-02-10"},
        },
    ),
    "of two consents the one that ends last": (
        "2027-01-01T00:00:00+01:00",
        ADULT | {"consents": [consent("sem", until="2026-06-01", id="c2"), consent("sem", until="2027-01-01")]},
    ),
    "an unsound consent is not relied on": (
        "2026-06-01T00:00:00+02:00",
        ADULT | {"consents": [consent("sem", until="2026-06-01"), consent("sem", id="c2", free=False)]},
    ),
    "the consent that sets a no aside": (
        "2026-06-01T00:00:00+02:00",
        ADULT
        | {
            "consents": [consent("sem", id="c1"), consent("sem", id="c2", on="2026-02-20", until="2026-06-01")],
            "refusals": [refusal("sem")],
        },
    ),
    "the first of several givers": (
        "2026-06-01T00:00:00+02:00",
        {
            "age": 7,
            "authority": [authority("moeder"), authority("vader")],
            "consents": [consent("moeder", until="2026-07-01"), consent("vader", until="2026-06-01")],
        },
    ),
    "authority that ends first": (
        "2026-04-01T00:00:00+02:00",
        {"age": 11, "authority": [authority("moeder", until="2026-04-01")], "consents": [consent("moeder")]},
    ),
    "the finding of incapacity": (
        "2026-05-03T00:00:00+02:00",
        {
            "age": 16,
            "authority": [authority("moeder")],
            "consents": [consent("moeder")],
            "capacity": [incapable()],
        },
    ),
    "a birthday of the youth": (
        "2026-05-04T00:00:00+02:00",
        {"age": 15, "authority": [authority("moeder")], "consents": [consent("sem"), consent("moeder")]},
    ),
    "help without an end, at the next birthday": (BIRTHDAY_16, {"involvements": [JOINT]}),
    "help with an end": ("2026-09-01T00:00:00+02:00", {"involvements": [JOINT | {"until": "2026-09-01"}]}),
    "an announced objection": (
        "2026-08-01T00:00:00+02:00",
        {"involvements": [JOINT | {"until": "2026-09-01", "objection_on": "2026-08-01"}]},
    ),
    "of two helps the longer": (
        BIRTHDAY_16,
        {"involvements": [JOINT | {"until": "2026-09-01"}, JOINT | {"id": "i9"}]},
    ),
    "help for an adult never ends": (None, {"age": 19, "involvements": [JOINT]}),
    "a check of authority is no end": (BIRTHDAY_16, MOTHER | {"authority": [authority("moeder")]}),
    "an order": ("2027-01-01T00:00:00+01:00", GI | {"orders": [order()]}),
    "a deputy of a worker": (
        "2026-03-16T00:00:00+01:00",
        GI
        | {
            "by": "jet",
            "orders": [order(workers=["jan"])],
            "involvements": [DEPUTY | {"until": "2026-03-16"}, DEPUTY | {"id": "i4", "until": "2026-03-15"}],
        },
    ),
    "a deputy who is a worker himself": (
        "2027-01-01T00:00:00+01:00",
        GI
        | {
            "by": "jet",
            "orders": [order(workers=["jan", "jet"])],
            "involvements": [DEPUTY | {"until": "2026-03-16"}],
        },
    ),
    "a mandate after six months": (
        "2026-07-15T00:00:00+02:00",
        MENTOR
        | {"age": 17, "persons": [{"id": "sem", "born": "2008-12-01"}], "mandates": [mandate(until="2027-01-01")]},
    ),
    "a mandate at its until": (
        "2026-07-01T00:00:00+02:00",
        MENTOR | {"persons": [{"id": "sem", "born": "2008-12-01"}], "mandates": [mandate()]},
    ),
    "an agreement of the mother that she takes back": (
        "2026-04-01T00:00:00+02:00",
        MENTOR
        | {
            "authority": [authority("moeder")],
            "mandates": [
                mandate(parent_agreements=[{"by": "moeder", "on": "2026-01-16", "withdrawn_on": "2026-04-01"}])
            ],
        },
    ),
}


@pytest.mark.parametrize(("expected", "sections"), CASES.values(), ids=CASES.keys())
def test_a_release_ends(expected: str | None, sections: dict[str, Any]) -> None:
    assert ends(world(**sections)) == expected


def test_an_emergency_pull_ends_after_four_hours_and_a_fraction_is_cut() -> None:
    emergency: dict[str, Any] = {"reason_code": "acuut", "text": "x" * 40, "live_contact": True, "cannot_consent": True}
    asked: dict[str, Any] = {"at": "2026-03-29T00:30:00.75+01:00", "categories": ["risk"]}
    asked |= {"emergency": emergency | {"holder_unreachable": True}}
    found = world(by="kris", purpose="emergency", record={"category": "risk"}, request=asked)
    for organisation in found["organisations"]:
        organisation["emergency_opt_in"] = True
    # The clock goes forward in that night: four elapsed hours, not four on the clock.
    assert ends(found) == "2026-03-29T05:30:00+02:00"


def test_cover_by_consent_ends_with_the_birthday_of_who_is_covered() -> None:
    sister = [{"id": "zus", "born": "2010-04-01"}]
    said = [consent("sem"), consent("zus", about="zus"), consent("moeder", about="zus")]
    over = [authority("moeder", over="zus")]
    found = world(age=16, record={"about": ["sem", "zus"]}, persons=sister, consents=said, authority=over)
    assert ends(found) == "2026-04-01T00:00:00+02:00"


def test_of_several_ways_to_cover_somebody_the_one_that_ends_last_counts() -> None:
    lives = {"person": "vader", "of": "sem", "relation": "parent", "lives_with": True, "until": "2026-05-01"}
    yes = consent("vader", about="vader", recipients=["raad"], purposes=["child-protection-inquiry"])
    asked: dict[str, Any] = {"by": "rik", "purpose": "child-protection-inquiry", "record": {"about": ["sem", "vader"]}}
    asked["request"] = {"holder_decisions": [approval()]}
    assert ends(world(family=[lives], **asked)) == "2026-05-01T00:00:00+02:00"
    assert ends(world(family=[lives], consents=[yes], **asked)) == "2027-02-01T00:00:00+01:00"


def test_the_decision_ends_with_its_first_element() -> None:
    found = world(age=19, consents=[consent("sem"), consent("sem", id="c2", categories=["risk"], until="2026-04-01")])
    found["records"].append(found["records"][0] | {"id": "r2", "category": "risk"})
    found["request"]["categories"] = "all"
    assert decided(found).as_json()["expires_at"] == "2026-04-01T00:00:00+02:00"


def test_evidence_names_what_was_relied_on() -> None:
    found = world(
        age=11,
        authority=[authority("moeder")],
        consents=[consent("moeder", id="c1", until="2026-04-01"), consent("moeder", id="c2")],
    )
    assert element(found).evidence == ("a-moeder", "c2")


def test_at_is_echoed_as_it_was_written() -> None:
    assert decided(world()).as_json()["at"] == AT
    assert decided(world(request={"at": "2026-03-02"})).as_json()["at"] == "2026-03-02"
