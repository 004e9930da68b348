"""What stops a record for which there is a basis (section 3, steps 1 and 3 to 8), and what it does to the whole."""

from typing import Any

import pytest

from schemas.words import Outcome
from tests.consent.make import approval, authority, consent, decided, order, refusal, told, world

YES: dict[str, Any] = {"age": 16, "consents": [consent("sem", categories=["goals", "bsn", "justice", "working-notes"])]}
OTS: dict[str, Any] = {"by": "jan", "purpose": "supervision-order", "orders": [order()]}
ASKS = {"question": "Wat loopt er?"}
MOTHER: dict[str, Any] = {
    "by": {"person": "moeder"},
    "purpose": "exercise-authority",
    "authority": [authority("moeder")],
}
HARM: dict[str, Any] = {"by": {"person": "luus"}, "purpose": "avert-harm"}
LONG = "x" * 40
ALL: dict[str, Any] = {"categories": "all"}
TOGETHER = {"about": ["sem", "vader"]}
SISTER = [{"person": "zus", "of": "sem", "relation": "sibling"}]
SAYS_YES = {"about": "vader", "id": "c-vader", "given_by": "vader"}


def case(told: str, *parts: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    sections: dict[str, Any] = {}
    for part in (*parts, more):
        sections |= part
    return told, sections


def rec(**changes: Any) -> dict[str, Any]:
    return {"record": changes}


def tells(**decision: Any) -> dict[str, Any]:
    decisions = [approval(reason=LONG, **decision)]
    return {"request": {"initiative": "holder", "categories": ["risk"], "holder_decisions": decisions}}


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "working notes never leave": case("withhold CATEGORY_EXCLUDED", YES, rec(category="working-notes"), request=ALL),
    # Step 3
    "an unknown regime is looked at": case("review REGIME_UNKNOWN", YES, rec(regime=None)),
    "an unknown regime without a basis is refused": case("withhold NO_BASIS", rec(regime=None)),
    # Step 4
    "a service number to a local team": case("release LB-01", YES, rec(category="bsn"), request=ALL),
    "a service number to a school": case(
        "withhold CATEGORY_EXCLUDED",
        rec(category="bsn"),
        age=16,
        by="juf",
        consents=[consent("sem", recipients=["school"], categories=["bsn"])],
        request=ALL,
    ),
    "a service number to himself": case(
        "release LB-20", rec(category="bsn"), by={"person": "sem"}, purpose="own-access", request=ALL
    ),
    "a service number to a parent": case("withhold CATEGORY_EXCLUDED", MOTHER, rec(category="bsn"), request=ALL),
    "justice on consent": case("withhold CATEGORY_EXCLUDED", YES, rec(category="justice"), request=ALL),
    "justice under supervision": case(
        "release LB-07", OTS, rec(category="justice"), request=ASKS | {"categories": ["justice"]}
    ),
    # Step 5
    "what a third party told": case("withhold THIRD_PARTY_PRIVACY", YES, rec(source="third-party")),
    "what a third party told, on the duty": case("release LB-07", OTS, rec(source="third-party"), request=ASKS),
    "what a third party told, of his own accord": case(
        "withhold THIRD_PARTY_PRIVACY",
        OTS,
        rec(source="third-party"),
        request={"initiative": "holder", "holder_decisions": [approval()]},
    ),
    # Step 6
    "somebody else in it": case("withhold THIRD_PARTY_PRIVACY", YES, rec(**TOGETHER)),
    "somebody else who says yes himself": case(
        "release LB-01", rec(**TOGETHER), age=16, consents=[consent("sem"), consent(**SAYS_YES)]
    ),
    "somebody else whose yes is in review": case(
        "withhold THIRD_PARTY_PRIVACY",
        rec(**TOGETHER),
        age=16,
        consents=[consent("sem"), consent(**SAYS_YES, free=False)],
    ),
    "only about somebody else": case("withhold THIRD_PARTY_PRIVACY", YES, rec(about=["vader"])),
    "the requester covers himself": case("release LB-06", MOTHER, rec(about=["sem", "moeder"])),
    "his authority covers a father under supervision": case(
        "release LB-07", OTS, rec(**TOGETHER), authority=[authority("vader")], request=ASKS
    ),
    "the requester covers nobody else": case("withhold THIRD_PARTY_PRIVACY", MOTHER, rec(**TOGETHER)),
    "a sister of somebody else is looked at": case(
        "review SUBJECT_NOT_COVERED",
        OTS,
        rec(about=["sem", "zus"]),
        family=[{"person": "zus", "of": "luus", "relation": "sibling"}],
        request=ASKS,
    ),
    "who is his parent is no sibling": case(
        "review SUBJECT_NOT_COVERED",
        OTS,
        rec(**TOGETHER),
        family=[*SISTER, {"person": "vader", "of": "sem", "relation": "parent"}],
        request=ASKS,
    ),
    "a father without authority is looked at": case("review SUBJECT_NOT_COVERED", OTS, rec(**TOGETHER), request=ASKS),
    "a sister is not covered": case(
        "withhold SUBJECT_NOT_COVERED", OTS, rec(about=["sem", "zus"]), family=SISTER, request=ASKS
    ),
    "a sister and a father: the no comes first": case(
        "withhold SUBJECT_NOT_COVERED", OTS, rec(about=["sem", "vader", "zus"]), family=SISTER, request=ASKS
    ),
    "a household member, to the board": case(
        "release LB-12",
        rec(**TOGETHER),
        by="rik",
        purpose="child-protection-inquiry",
        family=[{"person": "vader", "of": "sem", "relation": "parent", "lives_with": True}],
        request={"holder_decisions": [approval()]},
    ),
    "who lives elsewhere, to the board": case(
        "withhold THIRD_PARTY_PRIVACY",
        rec(**TOGETHER),
        by="rik",
        purpose="child-protection-inquiry",
        family=[{"person": "vader", "of": "sem", "relation": "parent"}],
        request={"holder_decisions": [approval()]},
    ),
    # Step 7
    "the professional keeps it": case("withhold GOOD_CARE_VETO", YES, rec(good_care_veto=True)),
    "against a duty he is heard": case("review GOOD_CARE_VETO", OTS, rec(good_care_veto=True), request=ASKS),
    # Step 8
    "told in confidence, to a parent": case("withhold YOUTH_OBJECTION", MOTHER, rec(told_in_confidence=True)),
    "told in confidence by a child": case("review BEST_INTEREST", MOTHER, rec(told_in_confidence=True), age=11),
    "told in confidence by one of whom the youngest is a child": case(
        "review BEST_INTEREST",
        rec(about=["sem", "zus"], told_in_confidence=True),
        by={"mentor": "luus"},
        age=16,
        persons=[{"id": "zus", "born": "2018-01-01"}],
        authority=[authority("vader", over="zus")],
        purpose="referral",
        consents=[
            consent("sem", recipients=["luus"], purposes=["referral"]),
            consent("vader", about="zus", recipients=["luus"], purposes=["referral"]),
        ],
    ),
    "told in confidence, to a professional": case("release LB-01", YES, rec(told_in_confidence=True)),
    "kept from the mother": case("withhold YOUTH_OBJECTION", MOTHER, rec(confidential_from=["moeder"])),
    "kept from the father": case("release LB-06", MOTHER, rec(confidential_from=["vader"])),
    "told in confidence by herself": case(
        "release LB-06", MOTHER, rec(about=["sem", "moeder"], told_in_confidence=True)
    ),
    "harm, and the holder names the category": case(
        "release LB-23", HARM, rec(category="risk", told_in_confidence=True), tells(categories=["risk"])
    ),
    "harm, and he does not": case(
        "withhold YOUTH_OBJECTION", HARM, rec(category="risk", told_in_confidence=True), tells()
    ),
}


@pytest.mark.parametrize(("expected", "sections"), CASES.values(), ids=CASES.keys())
def test_a_gate_answers(expected: str, sections: dict[str, Any]) -> None:
    sections = dict(sections)
    asked = {"categories": [sections.get("record", {}).get("category", "goals")]} | sections.pop("request", {})
    assert told(world(**sections, request=asked)) == expected


def test_a_confidence_kept_from_a_holder_of_authority_calls_for_a_talk() -> None:
    kept = {"told_in_confidence": True}
    assert decided(world(record=kept, **MOTHER)).obligations == ("OB-YOUTH1",)
    proxy: dict[str, Any] = {"by": {"person": "luus"}, "purpose": "exercise-authority", "request": {"matter": "x"}}
    special = authority("luus", kind="special-representative", matter="x")
    assert decided(world(record=kept, authority=[special], **proxy)).obligations == ()


def test_one_confidence_among_much_that_is_shown_calls_for_a_talk() -> None:
    found = world(record={"told_in_confidence": True}, **MOTHER)
    found["records"].append(found["records"][0] | {"id": "r2", "told_in_confidence": False})
    assert decided(found).obligations == ("OB-LOG", "OB-PART", "OB-YOUTH1")
    adult = world(record={"told_in_confidence": True}, age=11, **MOTHER)
    assert decided(adult).obligations == ()


def test_what_a_professional_keeps_from_a_holder_of_authority_calls_for_no_talk() -> None:
    assert decided(world(record={"good_care_veto": True}, **MOTHER)).obligations == ()


def test_from_an_untrusted_professional_everything_is_withheld() -> None:
    professionals = [{"id": "anna", "organisation": "team", "role": "other", "trusted": False}]
    untrusted = world(**YES, professionals=professionals)
    assert told(untrusted) == "withhold REQUESTER_UNTRUSTED"


def test_an_untrusted_researcher_is_untrusted_first() -> None:
    professionals = [{"id": "anna", "organisation": "team", "role": "other", "trusted": False}]
    assert told(world(purpose="research", professionals=professionals)) == "withhold REQUESTER_UNTRUSTED"


OUTCOMES = [
    ([{"category": "goals"}, {"category": "goals"}], Outcome.PERMIT),
    ([{"category": "goals"}, {"category": "risk"}], Outcome.PARTIAL),
    ([{"category": "goals"}, {"category": "goals", "regime": None}], Outcome.PARTIAL),
    ([{"category": "goals", "regime": None}, {"category": "risk"}], Outcome.REVIEW),
    ([{"category": "risk"}], Outcome.DENY),
    ([], Outcome.DENY),
]


@pytest.mark.parametrize(("records", "outcome"), OUTCOMES)
def test_the_outcome_follows_from_the_elements(records: list[dict[str, Any]], outcome: Outcome) -> None:
    found = world(**YES, request=ALL)
    plain = found["records"][0]
    found["records"] = [plain | {"id": f"r{position}"} | record for position, record in enumerate(records)]
    decision = decided(found)
    assert decision.outcome is outcome
    assert (decision.reason is None) == bool(records)


def test_what_was_not_asked_for_is_no_element() -> None:
    found = world(**YES, request={"records": ["r2"]})
    found["records"].append(found["records"][0] | {"id": "r2"})
    found["records"].append(found["records"][0] | {"id": "r3", "category": "risk"})
    assert list(decided(found).elements) == ["r2"]


def test_a_record_of_tomorrow_is_not_read_though_it_is_named() -> None:
    found = world(**YES, record={"created_on": "2026-03-03"}, request={"records": ["r1"]})
    assert decided(found).as_json()["elements"] == {}
    assert decided(found).as_json()["reason"] == "NO_BASIS"


def test_a_refusal_of_the_youth_about_another_category_does_not_stop_the_mother() -> None:
    found = world(record={}, refusals=[refusal("sem", recipients=["moeder"], categories=["health"])], **MOTHER)
    assert told(found) == "release LB-06"
