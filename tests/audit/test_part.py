"""Who may see what of an event, rule by rule; and that what he may not see is found by no term of his."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.finding.terms import What, terms
from audit.part import WHOLE, part, parts, said_in
from audit.saw import Saw
from audit.sentences.released import obligations
from audit.told import Told
from tests.audit import make

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def element(name: str, holder: str, result: str, **more: Any) -> dict[str, Any]:
    basis = "LB-01" if result == "release" else None
    return {"id": name, "holder": holder, "category": "goals", "result": result, "basis": basis, "reason": None} | more


def told(*elements: dict[str, Any], kind: Kind = Kind.EXCHANGE_DISCLOSED, **more: Any) -> Told:
    fields = more.pop("fields", {})
    values: dict[str, Any] = {
        "seq": 0,
        "id": "01950000-0000-7000-8000-000000000000",
        "at": AT,
        "kind": kind,
        "outcome": EventOutcome.PARTIAL,
        "organisation": "north",
        "counterparties": ("school", "west"),
        "rule_set": "2026-11",
        "request_id": "r",
        "person": "sem",
        "fields": {Field.ACTOR: {"id": "anna", "form": "professional"}, Field.ELEMENTS: list(elements), **fields},
    }
    return Told(**{**values, **more})


WAITS = {"holder": "west", "category": "health", "result": "review", "reason": "HOLDER_DECISION_PENDING"}


def waiting(*holders: str) -> Told:
    detail = {"waiting": list(holders), "not_asked": [WAITS, WAITS | {"holder": "school", "reason": "NO_BASIS"}]}
    return told(kind=Kind.EXCHANGE_REVIEWED, outcome=EventOutcome.REVIEW, fields={Field.DETAIL: detail})


@pytest.mark.parametrize(
    ("results", "outcome", "kind"),
    [
        (("release",), EventOutcome.PERMIT, Kind.EXCHANGE_DISCLOSED),
        (("release", "withhold"), EventOutcome.PARTIAL, Kind.EXCHANGE_DISCLOSED),
        (("review", "withhold"), EventOutcome.REVIEW, Kind.EXCHANGE_REVIEWED),
        (("withhold",), EventOutcome.DENY, Kind.EXCHANGE_DENIED),
    ],
)
def test_a_holders_part_ends_as_his_own_elements_did(
    results: tuple[str, ...], outcome: EventOutcome, kind: Kind
) -> None:
    own = [element(f"e{n}", "west", result) for n, result in enumerate(results)]
    seen = part(told(*own, element("x", "school", "release")), "west")
    assert seen is not None
    assert (seen.outcome, seen.kind, seen.holders) == (outcome, kind, ("west",))
    assert [each["id"] for each in seen.elements] == [each["id"] for each in own]


def test_the_asking_side_sees_what_left_and_learns_of_nothing_that_did_not() -> None:
    one = told(element("e1", "west", "release"), element("e2", "school", "review"))
    seen = part(one, "north")
    assert seen is not None
    assert (seen.outcome, seen.holders, seen.person) == (EventOutcome.PERMIT, ("west",), "sem")
    assert [each["id"] for each in seen.elements] == ["e1"]


def test_the_asking_side_cannot_tell_a_denial_from_a_review_or_from_nobody() -> None:
    one = told(element("e", "west", "review"), kind=Kind.EXCHANGE_REVIEWED, outcome=EventOutcome.REVIEW)
    other = told(kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY, person=None, counterparties=())
    shown = {(s.kind, s.outcome, s.person, s.holders, s.elements) for s in map(_of_north, (one, other))}
    assert len(shown) == 1
    assert make.all_of(one, "north") == make.all_of(other, "north")


def _of_north(one: Told) -> Any:
    return part(one, "north")


def test_a_question_that_was_not_put_is_the_holders_only_where_he_has_to_decide_on_it() -> None:
    assert part(waiting(), "west") is None
    seen = part(waiting("west", "school"), "west")
    assert seen is not None
    assert (seen.not_asked, seen.outcome) == ((WAITS,), EventOutcome.REVIEW)
    assert part(waiting("west", "school"), "school") is None


def test_what_was_not_asked_for_one_reason_is_told_question_by_question_as_where_each_stands_by_itself() -> None:
    together = [
        {"asked": {"west": ["goals", "health"], "school": ["goals"]}, "result": "withhold", "reason": "NO_BASIS"},
        WAITS | {"category": "risk"},
    ]
    apart = [
        {"holder": holder, "category": category, "result": "withhold", "reason": "NO_BASIS"}
        for holder, category in (("school", "goals"), ("west", "goals"), ("west", "health"))
    ]
    found = [_not_asked(together), _not_asked([*apart, together[1]])]
    assert found[0] == found[1] == (*apart, together[1])


@pytest.mark.parametrize("asked", [None, [], "west", {"west": "goals"}, {"west": None}, {"west": {"goals": 1}}])
def test_what_nobody_understands_of_what_was_not_asked_is_nobodys_and_stops_nothing(asked: Any) -> None:
    assert _not_asked([{"asked": asked, "result": "withhold", "reason": "NO_BASIS"}, WAITS]) == (WAITS,)


def _not_asked(listed: list[Any]) -> Any:
    seen = part(told(kind=Kind.EXCHANGE_DENIED, fields={Field.DETAIL: {"not_asked": listed}}), WHOLE)
    return None if seen is None else seen.not_asked


@pytest.mark.parametrize("word", ["person", "operator", "system", "gateway-west", "nobody"])
def test_nobody_else_has_a_part(word: str) -> None:
    assert part(told(element("e", "west", "release"), organisation="person"), word) is None


def test_an_act_that_was_refused_does_not_say_whom_it_was_about() -> None:
    recorded = told(kind=Kind.FACT_RECORDED, outcome=EventOutcome.OK, counterparties=())
    assert [part(each, "north").person for each in (recorded, replace(recorded, outcome=EventOutcome.DENY))] == [  # type: ignore[union-attr] # both are his own acts
        "sem",
        None,
    ]


def test_that_an_officer_searched_does_not_tell_his_colleagues_whether_he_found_anybody() -> None:
    looked = told(kind=Kind.LOG_READ, outcome=EventOutcome.OK, fields={Field.ACTOR: {"id": "o", "form": "officer"}})
    seen = part(looked, "north")
    assert seen is not None
    assert seen.person is None


def test_an_emergency_is_also_the_holders_and_a_recorded_fact_is_not() -> None:
    assert part(told(kind=Kind.EMERGENCY_OPENED), "west") is not None
    assert part(told(kind=Kind.FACT_RECORDED), "west") is None


def _viewers(event: Told) -> tuple[str, ...]:
    return tuple(each.viewer for each in parts(event))


def test_everybody_who_has_a_part_is_a_viewer_and_nobody_else() -> None:
    assert _viewers(told(element("e", "west", "release"))) == (WHOLE, "north", "west")


def test_of_an_erased_person_only_the_open_members_and_who_acted_are_terms() -> None:
    gone = told(person=None, fields={})
    gone = replace(gone, fields={Field.ACTOR: gone.fields[Field.ACTOR]})
    found = terms(gone)
    assert found.personal == ()
    assert {each.what for each in found.lasting if each.viewer == "north"} == {
        What.EVERY,
        What.ORGANISATION,
        What.ACTOR,
    }
    assert {each.viewer for each in found.lasting} == {WHOLE, "north"}


@pytest.mark.parametrize(
    "fields",
    [
        {Field.ELEMENTS: "all"},
        {Field.ELEMENTS: [None, {"id": "e", "holder": "west"}]},
        {Field.ACTOR: "anna"},
        {Field.ACTOR: {"id": ["anna"], "client": {"a": 1}}},
        {Field.DETAIL: ["waiting"]},
        {Field.PURPOSE: {"a": 1}},
    ],
)
def test_what_nobody_understands_is_nobodys_part_and_stops_nobody(fields: dict[Field, Any]) -> None:
    strange = told(fields=fields)
    assert _viewers(strange) == (WHOLE, "north")
    assert What.EVERY in {each.what for each in make.all_of(strange, WHOLE)}


def test_a_term_tells_nothing_without_its_key_and_is_another_for_each_viewer() -> None:
    one = terms(told(element("e", "west", "release")))
    keyed = {each.keyed(b"a" * 32) for each in (*one.lasting, *one.personal)}
    assert len(keyed) == len(one.lasting) + len(one.personal)
    assert not keyed & {each.keyed(b"b" * 32) for each in (*one.lasting, *one.personal)}


def test_who_was_only_tried_for_was_not_seen() -> None:
    saw = Saw()
    for one in (told(element("e", "west", "withhold"), kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY),):
        seen = part(one, WHOLE)
        assert seen is not None
        saw.add(seen)
    totals = saw.totals()
    assert (totals["persons"], totals["only_tried_for"], totals["elements"]) == (0, 1, 0)


def test_no_institutions_part_of_a_decision_is_whole_also_where_there_was_no_other() -> None:
    denied = told(element("e", "west", "withhold"), kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY)
    reviewed = replace(denied, kind=Kind.EXCHANGE_REVIEWED, outcome=EventOutcome.REVIEW)
    nobody = told(kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY, person=None, counterparties=())
    bare = told(kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY, counterparties=())
    given = told(element("e", "west", "release"), outcome=EventOutcome.PERMIT, counterparties=("west",))
    assert {_of_north(each).is_whole for each in (denied, reviewed, nobody, bare, given)} == {False}
    seen, whole = part(given, "west"), part(nobody, WHOLE)
    assert seen is not None
    assert not seen.is_whole
    assert whole is not None
    assert whole.is_whole


def test_of_a_decision_an_institution_tells_on_what_was_released_of_its_part() -> None:
    elements = (
        element("mine", "west", "release"),
        element("kept", "west", "withhold"),
        element("other", "school", "release"),
    )
    decided = {"elements": {each["id"]: each for each in elements}, "obligations": ["OB-DELAY"]}
    given = told(*elements, fields={Field.DECISION: decided})
    found = {viewer: part(given, viewer) for viewer in ("north", "west", "school")}
    own = {
        viewer: sorted(said_in(seen.to_be_told, Field.DECISION)["elements"])
        for viewer, seen in found.items()
        if seen is not None and seen.to_be_told is not None
    }
    assert own == {"north": ["mine", "other"], "west": ["mine"], "school": ["other"]}
    # Why it may be told later only can be another's part.
    assert found["west"] is not None
    assert found["west"].to_be_told is not None
    assert list(obligations(found["west"].to_be_told)) == ["OB-DELAY"]
    received = part(replace(given, facts_gone=True), "north")
    assert received is not None
    assert received.to_be_told is not None
    # What is left of facts that went with somebody does not say whose part it is; nor is it one that nothing left.
    nothing = told(element("e", "west", "withhold"), kind=Kind.EXCHANGE_DENIED, outcome=EventOutcome.DENY)
    for each in (replace(given, facts_gone=True), nothing):
        seen = part(each, "west")
        assert seen is not None
        assert seen.to_be_told is None


@pytest.mark.parametrize("kind", [Kind.EXCHANGE_DENIED, Kind.EXCHANGE_REVIEWED, Kind.EXCHANGE_DISCLOSED])
def test_after_erasure_the_asking_side_keeps_its_part_of_what_it_received_only(kind: Kind) -> None:
    before = told(element("e", "west", "withhold"), kind=kind)
    gone = replace(before, person=None, fields={Field.ACTOR: before.fields[Field.ACTOR]})
    is_kept = kind is Kind.EXCHANGE_DISCLOSED
    assert (part(gone, "north") is not None) == is_kept
    # Nor does a term stay by which it was found.
    assert any(each.viewer == "north" for each in terms(before).lasting) == is_kept
    assert part(gone, WHOLE) is not None


@pytest.mark.parametrize("form", ["person", "mentor"])
def test_no_account_finds_what_a_person_or_mentor_did(form: str) -> None:
    did = told(kind=Kind.FACT_RECORDED, outcome=EventOutcome.OK, fields={Field.ACTOR: {"id": "moeder", "form": form}})
    assert What.ACTOR not in {each.what for each in (*terms(did).lasting, *terms(did).personal)}


def test_a_holder_who_has_to_decide_has_a_part_though_he_was_asked_nothing() -> None:
    event = replace(waiting("west"), counterparties=())
    assert "west" in {each.viewer for each in parts(event)}
