"""What holds at the very instant of a boundary: a start counts from it, an end and a withdrawal too."""

from typing import Any

import pytest

from tests.consent.make import (
    approval,
    authority,
    consent,
    element,
    ends,
    incapable,
    mandate,
    order,
    refusal,
    told,
    world,
)

MIDNIGHT = "2026-03-02T00:00:00+01:00"
BEFORE = "2026-03-01T23:59:59+01:00"
TODAY = "2026-03-02"
GI: dict[str, Any] = {"by": "jan", "purpose": "supervision-order"}
HELP: dict[str, Any] = {"id": "i", "kind": "help", "about": "sem", "organisations": ["ggz"], "since": "2026-01-01"}
MENTOR: dict[str, Any] = {"by": {"mentor": "luus"}, "purpose": "mentor-support"}
OWN: dict[str, Any] = {"by": {"person": "sem"}, "purpose": "own-access"}
ALONE = [authority("moeder")]

CASES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a consent begins": ("withhold NO_BASIS", "release LB-01", {"age": 16, "consents": [consent("sem", on=TODAY)]}),
    "a consent ends": (
        "release LB-01",
        "withhold CONSENT_EXPIRED",
        {"age": 16, "consents": [consent("sem", until=TODAY)]},
    ),
    "a consent is withdrawn": (
        "release LB-01",
        "withhold CONSENT_WITHDRAWN",
        {"age": 16, "consents": [consent("sem", withdrawn_on=TODAY)]},
    ),
    "a refusal begins": (
        "release LB-01",
        "withhold YOUTH_OBJECTION",
        {"age": 16, "consents": [consent("sem")], "refusals": [refusal("sem", on=TODAY)]},
    ),
    "help begins": ("withhold NO_BASIS", "release LB-04", {"by": "chris", "involvements": [HELP | {"since": TODAY}]}),
    "help ends": ("release LB-04", "withhold NO_BASIS", {"by": "chris", "involvements": [HELP | {"until": TODAY}]}),
    "somebody objects": (
        "release LB-04",
        "review YOUTH_OBJECTION",
        {"by": "chris", "involvements": [HELP | {"objection_on": TODAY}]},
    ),
    "an order begins": ("withhold ORDER_NOT_YET_VALID", "release LB-07", GI | {"orders": [order(since=TODAY)]}),
    "an order ends": ("release LB-07", "withhold ORDER_EXPIRED", GI | {"orders": [order(ended_on=TODAY)]}),
    "an order is verified": (
        "review EVIDENCE_INSUFFICIENT",
        "release LB-07",
        GI | {"orders": [order(verified_on=TODAY)]},
    ),
    "a referral is made": (
        "withhold NO_BASIS",
        "release LB-26",
        {
            "by": "anna",
            "purpose": "referral-feedback",
            "record": {"category": "help-status", "regime": "wgbo"},
            "request": {"categories": ["help-status"]},
            "referrals": [
                {"id": "r", "about": "sem", "by": "anna", "to": "ggz", "on": TODAY, "client_informed": True},
            ],
        },
    ),
    "a finding is made": ("release LB-20", "review BEST_INTEREST", OWN | {"capacity": [incapable(on=TODAY)]}),
    "a finding of ninety days ago": (
        "review BEST_INTEREST",
        "release LB-20",
        OWN | {"capacity": [incapable(on="2025-12-01")]},
    ),
    "a twelfth birthday": (
        "review BEST_INTEREST",
        "release LB-20",
        OWN | {"persons": [{"id": "sem", "born": "2014-03-02"}]},
    ),
    "a sixteenth birthday": (
        "withhold CONSENT_MISSING_AUTHORITY",
        "release LB-01",
        {"persons": [{"id": "sem", "born": "2010-03-02"}], "consents": [consent("sem")], "authority": ALONE},
    ),
    "an eighteenth birthday of an incapable youth": (
        "release LB-01",
        "review AUTHORITY_UNVERIFIED",
        {
            "persons": [{"id": "sem", "born": "2008-03-02"}],
            "consents": [consent("moeder")],
            "authority": ALONE,
            "capacity": [incapable()],
        },
    ),
    "an eighteenth birthday of an incapable youth who has his mother": (
        "withhold CONSENT_MISSING_AUTHORITY",
        "release LB-01",
        {
            "persons": [{"id": "sem", "born": "2008-03-02"}],
            "family": [{"person": "moeder", "of": "sem", "relation": "parent"}],
            "consents": [consent("moeder")],
            "authority": [*ALONE, authority("vader")],
            "capacity": [incapable()],
        },
    ),
    "an eighteenth birthday, and his mother represents him": (
        "withhold NO_BASIS",
        "release LB-25",
        {
            "by": {"person": "moeder"},
            "purpose": "own-access",
            "persons": [{"id": "sem", "born": "2008-03-02"}],
            "family": [{"person": "moeder", "of": "sem", "relation": "parent"}],
            "capacity": [incapable()],
        },
    ),
    "a twelfth birthday under medical authority": (
        "release LB-10",
        "withhold NO_BASIS",
        {
            "by": "jan",
            "purpose": "partial-authority",
            "persons": [{"id": "sem", "born": "2014-03-02"}],
            "authority": [authority("gi", kind="partial", scope="medical")],
            "record": {"category": "health"},
            "request": {"categories": ["health"]},
        },
    ),
    "a holder decides": (
        "review HOLDER_DECISION_PENDING",
        "release LB-12",
        {
            "by": "rik",
            "purpose": "child-protection-inquiry",
            "request": {"holder_decisions": [approval(on=TODAY)]},
        },
    ),
    "an eighteenth birthday of a sister": (
        "review AUTHORITY_UNVERIFIED",
        "release LB-01",
        {
            "age": 19,
            "persons": [{"id": "zus", "born": "2008-03-02"}],
            "family": [{"person": "zus", "of": "sem", "relation": "sibling"}],
            "consents": [consent("zus")],
            "capacity": [incapable()],
        },
    ),
    "a twelfth birthday, and only the mother said yes": (
        "release LB-01",
        "withhold CONSENT_MISSING_YOUTH",
        {"persons": [{"id": "sem", "born": "2014-03-02"}], "consents": [consent("moeder")], "authority": ALONE},
    ),
    "a twelfth birthday, and it was told in confidence": (
        "review BEST_INTEREST",
        "withhold YOUTH_OBJECTION",
        {
            "by": {"person": "moeder"},
            "purpose": "exercise-authority",
            "persons": [{"id": "sem", "born": "2014-03-02"}],
            "authority": ALONE,
            "record": {"told_in_confidence": True},
        },
    ),
    "a mother's eighteenth birthday": (
        "withhold AUTHORITY_INCOMPETENT",
        "release LB-01",
        {
            "age": 7,
            "persons": [{"id": "moeder", "born": "2008-03-02"}],
            "consents": [consent("moeder")],
            "authority": ALONE,
        },
    ),
    "a birthday in a mandate": (
        "release LB-27",
        "withhold JIM_MANDATE_INVALID",
        MENTOR | {"persons": [{"id": "sem", "born": "2008-03-02"}], "mandates": [mandate()]},
    ),
    "a mentor's eighteenth birthday": (
        "review JIM_MANDATE_INVALID",
        "release LB-27",
        MENTOR | {"age": 16, "persons": [{"id": "luus", "born": "2008-03-02"}], "mandates": [mandate()]},
    ),
    "a twelfth birthday in a mandate that a mother ended": (
        "withhold JIM_MANDATE_INVALID",
        "review JIM_MANDATE_INVALID",
        MENTOR
        | {
            "persons": [{"id": "sem", "born": "2014-03-02"}],
            "authority": ALONE,
            "mandates": [
                mandate(
                    reconfirmed_on=TODAY,
                    parent_agreements=[{"by": "moeder", "on": "2026-01-16", "withdrawn_on": "2026-02-01"}],
                )
            ],
        },
    ),
    "a mandate's six months": (
        "release LB-27",
        "withhold JIM_MANDATE_INVALID",
        MENTOR | {"age": 16, "mandates": [mandate(since="2025-09-02")]},
    ),
    "authority is suspended": (
        "withhold CONSENT_MISSING_AUTHORITY",
        "release LB-01",
        {
            "age": 11,
            "consents": [consent("moeder")],
            "authority": [*ALONE, authority("vader", suspended_on=TODAY)],
        },
    ),
}


@pytest.mark.parametrize(("before", "at", "sections"), CASES.values(), ids=CASES.keys())
def test_a_boundary_is_reached_at_its_first_instant(before: str, at: str, sections: dict[str, Any]) -> None:
    for expected, instant in ((before, BEFORE), (at, MIDNIGHT)):
        asked = sections.get("request", {}) | {"at": instant, "question": "Wat loopt er?"}
        assert told(world(**(sections | {"request": asked}))) == expected


TALK = [("2014-03-03", []), ("2014-03-02", ["OB-YOUTH1"]), ("2010-03-03", ["OB-YOUTH1"]), ("2010-03-02", [])]


@pytest.mark.parametrize(("born", "more"), TALK)
def test_at_12_to_15_somebody_talks_with_the_youth_first(born: str, more: list[str]) -> None:
    asked: dict[str, Any] = {"by": {"person": "moeder"}, "purpose": "exercise-authority", "authority": ALONE}
    found = world(persons=[{"id": "sem", "born": born}], capacity=[incapable()], **asked)
    assert list(element(found).obligations) == ["OB-LOG", "OB-PART", *more]


def test_a_mandate_begins_at_its_first_instant_and_shows_what_was_made_in_it() -> None:
    found = world(age=16, mandates=[mandate(since=TODAY)], record={"created_on": TODAY}, **MENTOR)
    found["request"]["at"] = MIDNIGHT
    assert told(found) == "release LB-27"


def test_a_mandate_of_the_birthday_itself_needs_no_second_confirmation() -> None:
    found = world(persons=[{"id": "sem", "born": "2008-01-15"}], mandates=[mandate()], **MENTOR)
    assert told(found) == "release LB-27"


def test_a_parent_of_another_child_is_no_parent() -> None:
    other = [
        {"person": "vader", "of": "zus", "relation": "parent"},
        {"person": "luus", "of": "sem", "relation": "parent"},
    ]
    uncle = {"person": "vader", "of": "sem", "relation": "uncle"}
    asked = {"holder_decisions": [approval()]}
    found = world(by={"person": "vader"}, purpose="parent-information", family=[*other, uncle], request=asked)
    assert told(found) == "withhold NO_BASIS"


def test_a_written_no_on_the_day_of_the_finding_was_said_by_an_incapable_youth() -> None:
    said: dict[str, Any] = {"age": 17, "authority": ALONE, "consents": [consent("moeder")], "capacity": [incapable()]}
    same_day = [refusal("sem", written=True, on="2026-02-01")]
    an_hour_before = [refusal("sem", written=True, on="2026-01-31T23:00:00+01:00")]
    assert told(world(refusals=same_day, **said)) == "review YOUTH_OBJECTION"
    assert told(world(refusals=an_hour_before, **said)) == "withhold PRIOR_WRITTEN_REFUSAL"


def test_of_two_findings_the_latest_counts_wherever_it_stands() -> None:
    found = [incapable(capable=True, on="2026-02-02"), incapable(on="2026-02-01")]
    assert told(world(capacity=found, **OWN)) == "release LB-20"
    assert told(world(capacity=found[::-1], **OWN)) == "release LB-20"


def test_a_finding_counts_from_the_twelfth_birthday_on() -> None:
    twelve = [{"id": "sem", "born": "2014-03-02"}]
    assert told(world(persons=twelve, capacity=[incapable()], **OWN)) == "review BEST_INTEREST"


def test_on_a_birthday_the_next_one_ends_a_release() -> None:
    found = world(
        by="chris", persons=[{"id": "sem", "born": "2010-03-02"}], involvements=[HELP], request={"at": MIDNIGHT}
    )
    assert ends(found) == "2028-03-02T00:00:00+01:00"


def test_of_two_facts_that_end_alike_the_one_with_the_lowest_id_is_relied_on() -> None:
    twins = [consent("sem", id="c2"), consent("sem", id="c1")]
    for said in (twins, twins[::-1]):
        assert element(world(age=16, consents=said)).evidence == ("c1",)
    longer = [*twins, consent("sem", id="c9", on="2026-02-02"), consent("sem", id="c0", until="2026-06-01")]
    assert element(world(age=16, consents=longer)).evidence == ("c9",)


def test_a_title_that_runs_on_beyond_the_eighteenth_birthday_ends_there_as_one_without_an_end() -> None:
    titles = [authority("moeder", id="a2"), authority("moeder", id="a1", until="2031-01-01")]
    for held in (titles, titles[::-1]):
        found = world(by={"person": "moeder"}, purpose="exercise-authority", authority=held)
        assert element(found).evidence == ("a1",)
