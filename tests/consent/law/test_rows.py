"""The rows of law on help, authority, family and the mentor, on both sides of each of their conditions."""

from typing import Any

import pytest

from tests.consent.make import JOINT, approval, authority, element, incapable, mandate, refusal, told, world

OWN = {"id": "i2", "kind": "help", "about": "sem", "organisations": ["ggz"], "since": "2026-01-10"}
DEPUTY = {"id": "i3", "kind": "replacement", "professional": "zoe", "replaces": "anna", "since": "2026-03-01"}
MOTHER = {"by": {"person": "moeder"}, "purpose": "exercise-authority"}
CURATOR = {"by": {"person": "luus"}, "purpose": "exercise-authority", "request": {"matter": "school"}}
SPECIAL = authority("luus", kind="special-representative", matter=" school\u2003")
PARTIAL = {"by": "jan", "purpose": "partial-authority"}
FOSTER = {"by": {"person": "luus"}, "purpose": "foster-care"}
KEEPS = {"person": "luus", "of": "sem", "relation": "foster-parent", "via": "ggz"}
FATHER = {"by": {"person": "vader"}, "purpose": "parent-information", "request": {"holder_decisions": [approval()]}}
IS_FATHER = {"person": "vader", "of": "sem", "relation": "parent"}
HIMSELF = {"by": {"person": "sem"}, "purpose": "own-access"}
FOR_HIM = {"by": {"person": "moeder"}, "purpose": "own-access", "capacity": [incapable()]}
IS_MOTHER = {"person": "moeder", "of": "sem", "relation": "parent"}
FEEDBACK = {
    "by": "anna",
    "purpose": "referral-feedback",
    "record": {"category": "help-status", "regime": "wgbo"},
    "request": {"categories": ["help-status"]},
}
REFERRAL = {"id": "ref", "about": "sem", "by": "anna", "to": "ggz", "on": "2026-01-08", "client_informed": True}


def case(told: str, *parts: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    sections: dict[str, Any] = {}
    for part in (*parts, more):
        sections |= part
    return told, sections


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    # LB-04, LB-05
    "joint help opens": case("release LB-04", involvements=[JOINT]),
    "joint help of which the client does not know": case(
        "withhold NO_BASIS", involvements=[JOINT | {"client_informed": False}]
    ),
    "joint help without the holder": case(
        "withhold NO_BASIS", involvements=[JOINT | {"organisations": ["team", "zorg"]}]
    ),
    "joint help without the requester": case(
        "withhold NO_BASIS", involvements=[JOINT | {"organisations": ["zorg", "ggz"]}]
    ),
    "joint help about somebody else": case("withhold NO_BASIS", involvements=[JOINT | {"about": "moeder"}]),
    "joint help from tomorrow": case("withhold NO_BASIS", involvements=[JOINT | {"since": "2026-03-03"}]),
    "joint help until today": case("withhold NO_BASIS", involvements=[JOINT | {"until": "2026-03-02"}]),
    "joint help until tomorrow": case("release LB-04", involvements=[JOINT | {"until": "2026-03-03"}]),
    "somebody objected": case("review YOUTH_OBJECTION", involvements=[JOINT | {"objection_on": "2026-03-02"}]),
    "an objection of tomorrow": case("release LB-04", involvements=[JOINT | {"objection_on": "2026-03-03"}]),
    "his own organisation helps": case("release LB-04", by="chris", involvements=[OWN]),
    "a professional's help is his organisation's": case(
        "release LB-04",
        by="chris",
        involvements=[{key: OWN[key] for key in ("id", "kind", "about", "since")} | {"professional": "psych"}],
    ),
    "help of the holder alone opens nothing to another": case("withhold NO_BASIS", involvements=[OWN]),
    "the same category list": case(
        "withhold CATEGORY_EXCLUDED",
        involvements=[JOINT],
        record={"category": "process-notes"},
        request={"categories": ["process-notes"]},
    ),
    "a restricted record stays": case("withhold RESTRICTED", involvements=[JOINT], record={"restricted": True}),
    "a person is no helper": case("withhold NO_BASIS", by={"person": "moeder"}, involvements=[JOINT]),
    "a deputy": case("release LB-05", by="zoe", involvements=[JOINT, DEPUTY]),
    "a deputy of yesterday": case(
        "withhold NO_BASIS", by="zoe", involvements=[JOINT, DEPUTY | {"until": "2026-03-02"}]
    ),
    "a deputy where somebody objected": case(
        "withhold NO_BASIS", by="zoe", involvements=[JOINT | {"objection_on": "2026-02-01"}, DEPUTY]
    ),
    "the deputy's colleague": case("withhold NO_BASIS", by="jan", involvements=[JOINT, DEPUTY]),
    # LB-06
    "a mother with authority": case("release LB-06", MOTHER, authority=[authority("moeder")]),
    "a mother without": case("withhold NO_BASIS", MOTHER),
    "as a mentor she is no authority holder": case(
        "withhold NO_BASIS", MOTHER, by={"mentor": "moeder"}, authority=[authority("moeder")]
    ),
    "at fifteen still": case("release LB-06", MOTHER, age=15, authority=[authority("moeder")]),
    "from sixteen he decides": case("withhold CONSENT_MISSING_YOUTH", MOTHER, age=16, authority=[authority("moeder")]),
    "at sixteen and incapable she": case(
        "release LB-06", MOTHER, age=16, authority=[authority("moeder")], capacity=[incapable()]
    ),
    "at eighteen authority is over": case(
        "withhold NO_BASIS", MOTHER, age=19, authority=[authority("moeder")], capacity=[incapable()]
    ),
    "a mother under guardianship": case(
        "withhold AUTHORITY_INCOMPETENT",
        MOTHER,
        authority=[authority("moeder")],
        persons=[{"id": "moeder", "born": "1984-01-01", "under_guardianship": True}],
    ),
    "checked thirty days ago": case("release LB-06", MOTHER, authority=[authority("moeder", verified_on="2026-01-31")]),
    "checked thirty-one days ago": case(
        "review AUTHORITY_UNVERIFIED", MOTHER, authority=[authority("moeder", verified_on="2026-01-30")]
    ),
    "disputed": case("review AUTHORITY_UNVERIFIED", MOTHER, authority=[authority("moeder", disputed=True)]),
    "suspended today": case("withhold NO_BASIS", MOTHER, authority=[authority("moeder", suspended_on="2026-03-02")]),
    "the youth of thirteen does not want it": case(
        "review YOUTH_OBJECTION",
        MOTHER,
        authority=[authority("moeder")],
        refusals=[refusal("sem", recipients=["moeder"])],
    ),
    "the youth does not want the school to know": case(
        "release LB-06", MOTHER, authority=[authority("moeder")], refusals=[refusal("sem", recipients=["school"])]
    ),
    "the better of two titles counts": case(
        "release LB-06", MOTHER, authority=[authority("moeder", disputed=True), authority("moeder", id="a2")]
    ),
    "where he hides is not for her": case(
        "withhold CATEGORY_EXCLUDED",
        MOTHER,
        authority=[authority("moeder")],
        record={"category": "whereabouts"},
        request={"categories": ["whereabouts"]},
    ),
    # LB-09
    "an institution as guardian": case(
        "release LB-09", by="jan", purpose="guardianship", authority=[authority("gi", kind="guardianship")]
    ),
    "a person as guardian": case(
        "release LB-09",
        by={"person": "luus"},
        purpose="guardianship",
        authority=[authority("luus", kind="provisional-guardianship")],
    ),
    "a parent is no guardian": case(
        "withhold NO_BASIS", by={"person": "moeder"}, purpose="guardianship", authority=[authority("moeder")]
    ),
    "a guardian of sixteen": case(
        "withhold CONSENT_MISSING_YOUTH",
        by="jan",
        purpose="guardianship",
        age=16,
        authority=[authority("gi", kind="guardianship")],
    ),
    # LB-38
    "a special representative in his matter": case("release LB-38", CURATOR, authority=[SPECIAL]),
    "in another matter": case("withhold NO_BASIS", CURATOR, authority=[SPECIAL], request={"matter": "geld"}),
    "without a matter": case("withhold NO_BASIS", CURATOR, authority=[SPECIAL], request={}),
    "never verified": case(
        "review AUTHORITY_UNVERIFIED",
        CURATOR,
        authority=[{key: value for key, value in SPECIAL.items() if key != "verified_on"}],
    ),
    "verified long ago is enough": case("release LB-38", CURATOR, authority=[SPECIAL | {"verified_on": "2025-01-01"}]),
    "a special representative at sixteen": case("withhold CONSENT_MISSING_YOUTH", CURATOR, age=16, authority=[SPECIAL]),
    # LB-10
    "school authority towards a school": case(
        "release LB-10",
        PARTIAL,
        authority=[authority("gi", kind="partial", scope="school")],
        record={"holder": "school", "category": "school"},
        request={"categories": ["school"]},
    ),
    "school authority towards another": case(
        "withhold NO_BASIS",
        PARTIAL,
        authority=[authority("gi", kind="partial", scope="school")],
        record={"category": "school"},
        request={"categories": ["school"]},
    ),
    "medical authority at eleven": case(
        "release LB-10",
        PARTIAL,
        age=11,
        authority=[authority("gi", kind="partial", scope="medical")],
        record={"category": "health"},
        request={"categories": ["health"]},
    ),
    "medical authority at thirteen": case(
        "withhold NO_BASIS",
        PARTIAL,
        authority=[authority("gi", kind="partial", scope="medical")],
        record={"category": "health"},
        request={"categories": ["health"]},
    ),
    "medical authority opens no goals": case(
        "withhold CATEGORY_EXCLUDED", PARTIAL, age=11, authority=[authority("gi", kind="partial", scope="medical")]
    ),
    # LB-18, LB-19
    "a foster parent through the holder": case("release LB-18", FOSTER, family=[KEEPS]),
    "a foster parent through another": case("withhold NO_BASIS", FOSTER, family=[KEEPS | {"via": "pleegzorg"}]),
    "of an adult": case("withhold NO_BASIS", FOSTER, age=19, family=[KEEPS]),
    "a father without authority": case("release LB-19", FATHER, family=[IS_FATHER]),
    "a father with authority": case("withhold NO_BASIS", FATHER, family=[IS_FATHER], authority=[authority("vader")]),
    "a father of sixteen": case("withhold CONSENT_MISSING_YOUTH", FATHER, age=16, family=[IS_FATHER]),
    "contact was denied": case(
        "review BEST_INTEREST", FATHER, family=[IS_FATHER, IS_FATHER | {"contact_denied": True}]
    ),
    "contact will be denied": case(
        "release LB-19", FATHER, family=[IS_FATHER, IS_FATHER | {"contact_denied": True, "since": "2026-03-03"}]
    ),
    "the holder has not decided": case("review HOLDER_DECISION_PENDING", FATHER, family=[IS_FATHER], request={}),
    # LB-20, LB-25
    "he himself": case("release LB-20", HIMSELF),
    "he himself at eleven": case("review BEST_INTEREST", HIMSELF, age=11),
    "he himself, incapable": case("review BEST_INTEREST", HIMSELF, capacity=[incapable()]),
    "somebody else": case("withhold NO_BASIS", HIMSELF, by={"person": "vader"}),
    "his mother for an incapable adult": case("release LB-25", FOR_HIM, age=19, family=[IS_MOTHER]),
    "she does not stand behind a curator": case(
        "withhold NO_BASIS",
        FOR_HIM,
        age=19,
        family=[IS_MOTHER],
        authority=[authority("gi", kind="curator")],
    ),
    "the curator does": case("release LB-25", FOR_HIM, by="jan", age=19, authority=[authority("gi", kind="curator")]),
    "not for a minor": case("withhold NO_BASIS", FOR_HIM, family=[IS_MOTHER]),
    # LB-26
    "feedback to who referred": case("release LB-26", FEEDBACK, referrals=[REFERRAL]),
    "to his organisation": case("release LB-26", FEEDBACK, referrals=[REFERRAL | {"by": "team"}]),
    "to his colleague": case("withhold NO_BASIS", FEEDBACK, referrals=[REFERRAL | {"by": "bert"}]),
    "somebody objected to feedback": case(
        "withhold YOUTH_OBJECTION", FEEDBACK, referrals=[REFERRAL | {"objection_on": "2026-03-01"}]
    ),
    "feedback from youth care": case(
        "withhold NO_BASIS", FEEDBACK, referrals=[REFERRAL], record={"category": "help-status"}
    ),
    "the named referral alone is read": case(
        "withhold NO_BASIS",
        FEEDBACK,
        referrals=[REFERRAL, REFERRAL | {"id": "ref2", "to": "zorg"}],
        request={"categories": ["help-status"], "referral": "ref2"},
    ),
}


@pytest.mark.parametrize(("expected", "sections"), CASES.values(), ids=CASES.keys())
def test_a_row_answers(expected: str, sections: dict[str, Any]) -> None:
    assert told(world(**sections)) == expected


AGREED = {"parent_agreements": [{"by": "moeder", "on": "2026-01-16"}]}
TAKEN_BACK = {"parent_agreements": [{"by": "moeder", "on": "2026-01-16", "withdrawn_on": "2026-03-01"}]}
MENTOR: dict[str, tuple[str, int, dict[str, Any]]] = {
    "a mentor with everything": ("release LB-27", 13, AGREED),
    "whom the youth did not choose": ("withhold JIM_NOT_CHOSEN_BY_YOUTH", 13, {"mentor": "zus"}),
    "whom he chooses tomorrow": ("withhold JIM_NOT_CHOSEN_BY_YOUTH", 13, {"youth_chose_on": "2026-03-03"}),
    "whom he left": ("withhold JIM_MANDATE_INVALID", 13, AGREED | {"youth_withdrew_on": "2026-03-02"}),
    "whose identity nobody saw": (
        "withhold JIM_MANDATE_INVALID",
        13,
        AGREED | {"identity_verified_on": "2026-03-03"},
    ),
    "who begins tomorrow": ("withhold JIM_MANDATE_INVALID", 13, AGREED | {"since": "2026-03-03"}),
    "who ends today": ("withhold JIM_MANDATE_INVALID", 13, AGREED | {"until": "2026-03-02"}),
    "six months on": ("withhold JIM_MANDATE_INVALID", 13, AGREED | {"since": "2025-09-02"}),
    "a day before six months": ("release LB-27", 13, AGREED | {"since": "2025-09-03"}),
    "who began after the record was made": ("withhold CATEGORY_EXCLUDED", 13, AGREED | {"since": "2026-02-11"}),
    "who is suspended": ("review SAFETY_SUSPENSION", 13, AGREED | {"suspended_on": "2026-03-02"}),
    "without the mother's agreement": ("withhold JIM_MANDATE_INVALID", 13, {}),
    "with an agreement of tomorrow": (
        "withhold JIM_MANDATE_INVALID",
        13,
        {"parent_agreements": [{"by": "moeder", "on": "2026-03-03"}]},
    ),
    "whose agreement was taken back": ("review JIM_MANDATE_INVALID", 13, TAKEN_BACK),
    "whose agreement was taken back under twelve": ("withhold JIM_MANDATE_INVALID", 11, TAKEN_BACK),
    "at sixteen parents count for nothing": ("release LB-27", 16, {}),
    "for a category that is switched off": (
        "withhold CATEGORY_EXCLUDED",
        13,
        AGREED | {"categories": ["appointments"]},
    ),
}


@pytest.mark.parametrize(("expected", "age", "changes"), MENTOR.values(), ids=MENTOR.keys())
def test_a_mentor_sees_what_the_mandate_says(expected: str, age: int, changes: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"by": {"mentor": "luus"}, "purpose": "mentor-support", "authority": [authority("moeder")]}
    assert told(world(age=age, mandates=[mandate(**changes)], **asked)) == expected


def test_a_birthday_ends_a_mandate_until_it_is_confirmed_again() -> None:
    asked: dict[str, Any] = {"by": {"mentor": "luus"}, "purpose": "mentor-support"}
    asked["persons"] = [{"id": "sem", "born": "2010-02-20"}]
    assert told(world(mandates=[mandate()], **asked)) == "withhold JIM_MANDATE_INVALID"
    assert told(world(mandates=[mandate(reconfirmed_on="2026-02-19")], **asked)) == "withhold JIM_MANDATE_INVALID"
    assert told(world(mandates=[mandate(reconfirmed_on="2026-02-20")], **asked)) == "release LB-27"


def test_a_mentor_of_seventeen_is_looked_at() -> None:
    asked: dict[str, Any] = {"by": {"mentor": "luus"}, "purpose": "mentor-support", "age": 16}
    asked["persons"] = [{"id": "luus", "born": "2008-03-03"}]
    assert told(world(mandates=[mandate()], **asked)) == "review JIM_MANDATE_INVALID"


def test_a_mentor_without_any_mandate_hears_of_the_row_that_it_is_about() -> None:
    assert element(world(by={"mentor": "luus"}, purpose="mentor-support")).rules == ("LB-27",)
