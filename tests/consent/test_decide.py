"""What holds for a decision as a whole: rule sets, digest, doubles, unknown people."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from consent.decide import DoubledRecordError, decide, prepare
from consent.facts import Facts
from consent.law.rows_family import LB_06
from consent.situation import UnknownPersonError
from schemas.canonical_json import canonical
from schemas.words import Category
from tests.consent.asking import may_ask
from tests.consent.make import authority, consent, decided, element, incapable, read, world

YES: dict[str, Any] = {"age": 19, "consents": [consent("sem", on="2026-12-01")]}


def on(day: str) -> dict[str, Any]:
    return world(**YES, request={"at": day})


def test_the_last_day_of_2026_is_decided_by_confirmed_rules() -> None:
    told = decided(on("2026-12-31T23:59:59+01:00")).as_json()
    assert (told["rule_set"], "rule_set_status" in told) == ("2026-11", False)


def test_from_2027_the_same_rules_are_unconfirmed() -> None:
    told = decided(on("2027-01-01")).as_json()
    assert (told["outcome"], told["rule_set"], told["rule_set_status"]) == ("permit", "2027-01", "unconfirmed")


@pytest.mark.parametrize(("day", "expected"), [("2026-12-31", "release"), ("2027-01-01", "withhold")])
def test_where_rules_must_be_confirmed_nothing_leaves_on_unconfirmed_ones(day: str, expected: str) -> None:
    found = read(on(day))
    [request] = found.requests
    decision = decide(request, found.facts, request.at, require_confirmed_rules=True)
    assert decision.elements["r1"].result == expected
    asked = may_ask(prepare(request, found.facts, request.at, require_confirmed_rules=True), ["ggz"], Category)
    assert bool(asked) == (expected == "release")


def test_the_digest_is_that_of_the_world_without_its_request() -> None:
    found = on("2026-12-02")
    bare = {key: value for key, value in found.items() if key not in {"schakel", "request"}}
    assert decided(found).facts_digest == "sha256:" + hashlib.sha256(canonical(bare)).hexdigest()


def test_a_record_with_the_id_of_another_stops_the_decision() -> None:
    found = read(on("2026-12-02"))
    [request] = found.requests
    case = prepare(request, found.facts, request.at)
    with pytest.raises(DoubledRecordError):
        case.decide([*found.facts.records, *found.facts.records])


def test_who_is_unknown_is_not_guessed_at() -> None:
    found = read(on("2026-12-02"))
    [request] = found.requests
    with pytest.raises(UnknownPersonError):
        prepare(request, replace(found.facts, persons=()), request.at)
    with pytest.raises(UnknownPersonError):
        prepare(request, replace(found.facts, professionals=()), request.at)
    with pytest.raises(UnknownPersonError):
        prepare(request, Facts(), request.at)


def test_a_record_about_somebody_of_whom_nothing_is_known_is_withheld() -> None:
    found = read(on("2026-12-02"))
    [request] = found.requests
    [record] = found.facts.records
    stranger = replace(record, about=frozenset({"sem", "stranger"}))
    assert prepare(request, found.facts, request.at).decide([stranger]).outcome == "deny"


def test_only_what_could_be_released_may_be_asked() -> None:
    found = read(on("2026-12-02"))
    [request] = found.requests
    assert may_ask(prepare(request, found.facts, request.at), ["ggz", "zorg"], Category) == {("ggz", "goals")}


def test_what_was_not_requested_may_not_be_asked() -> None:
    found = read(world(**YES, request={"at": "2026-12-02", "categories": ["risk"]}))
    [request] = found.requests
    assert may_ask(prepare(request, found.facts, request.at), ["ggz"], Category) == frozenset()


def test_an_element_says_what_the_contract_says_and_no_more() -> None:
    told = decided(on("2026-12-02")).as_json()["elements"]["r1"]
    assert told == {
        "result": "release",
        "basis": "LB-01",
        "rules": ["CV-17", "G-06"],
        "evidence": ["c-sem"],
        "obligations": ["OB-LOG", "OB-MIN", "OB-NOFWD", "OB-PART"],
        "expires_at": "2027-12-01T00:00:00+01:00",
    }


def test_an_element_in_review_names_the_basis_that_asked_for_it() -> None:
    told = decided(world(by="rik", purpose="child-protection-inquiry")).as_json()["elements"]["r1"]
    assert told == {
        "result": "review",
        "reason": "HOLDER_DECISION_PENDING",
        "basis": "LB-12",
        "rules": ["LB-12"],
    }


def test_a_withheld_element_names_no_basis() -> None:
    told = decided(world(**YES, record={"good_care_veto": True}, request={"at": "2026-12-02"})).as_json()
    assert told["elements"]["r1"] == {"result": "withhold", "reason": "GOOD_CARE_VETO", "rules": ["G-08"]}


def test_feedback_is_asked_for_though_only_a_medical_record_could_be_released() -> None:
    referral = {"id": "v", "about": "sem", "by": "anna", "to": "ggz", "on": "2026-01-08", "client_informed": True}
    found = read(world(purpose="referral-feedback", referrals=[referral], request={"categories": "all"}))
    [request] = found.requests
    asked = may_ask(prepare(request, found.facts, request.at), ["ggz", "zorg"], Category)
    assert asked == {("ggz", "help-status"), ("ggz", "evaluation")}


def test_another_moment_than_the_request_s_is_told_itself() -> None:
    found = read(world())
    [request] = found.requests
    assert decide(request, found.facts, datetime(2026, 3, 5, tzinfo=UTC)).at == "2026-03-05T00:00:00+00:00"


def test_a_row_is_law_from_its_first_day_until_its_last() -> None:
    row = replace(LB_06, in_force_from=date(2026, 3, 1), in_force_until=date(2026, 3, 3))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    assert [row.is_law_on(day) for day in days] == [False, True, True, False]


RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "two parents": ("CV-01", {"age": 11, "authority": [authority("moeder"), authority("vader")]}),
    "one parent": ("CV-02", {"age": 11, "authority": [authority("moeder")]}),
    "with a non-parent": ("CV-03", {"age": 11, "authority": [authority("moeder", kind="joint-non-parent")]}),
    "a guardian": ("CV-04", {"age": 11, "authority": [authority("moeder", kind="guardianship")]}),
    "nobody": ("CV-06", {"age": 11}),
    "at twelve": ("CV-09", {"persons": [{"id": "sem", "born": "2014-03-02"}]}),
    "at thirteen, incapable": ("CV-12", {"age": 13, "authority": [authority("moeder")], "capacity": [incapable()]}),
    "at thirteen, unclear": (
        "CV-13",
        {"age": 13, "authority": [authority("moeder")], "capacity": [incapable(capable="unclear")]},
    ),
    "at sixteen": ("CV-14", {"persons": [{"id": "sem", "born": "2010-03-02"}]}),
    "at seventeen, incapable": ("CV-15", {"age": 17, "authority": [authority("moeder")], "capacity": [incapable()]}),
    "at seventeen, unclear": ("CV-16", {"age": 17, "capacity": [incapable(capable="unclear")]}),
    "at eighteen": ("CV-17", {"persons": [{"id": "sem", "born": "2008-03-02"}]}),
    "with a curator": (
        "CV-18",
        {"age": 19, "authority": [authority("moeder", kind="curator")], "capacity": [incapable()]},
    ),
    "with family": (
        "CV-19",
        {
            "age": 19,
            "family": [{"person": "moeder", "of": "sem", "relation": "parent"}],
            "capacity": [incapable()],
        },
    ),
}


@pytest.mark.parametrize(("rule", "sections"), RULES.values(), ids=RULES.keys())
def test_the_row_of_the_consent_table_is_told(rule: str, sections: dict[str, Any]) -> None:
    said = [consent("sem"), consent("moeder"), consent("vader")]
    assert rule in element(world(consents=said, **sections)).rules
