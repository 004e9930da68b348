"""What an event says of a working relation, by its own facts at its own instant; not knowing is no yes and no no."""

from datetime import UTC, datetime
from typing import Any

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.signals.acts import REFUSED, act_of
from audit.told import Told
from tests.audit.signals.make import element, told

HELP = {"id": "i1", "kind": "help", "about": "sem", "organisations": ["team-noord"], "since": "2026-11-01"}
ORDER = {"id": "o1", "kind": "supervision-order", "subject": "sem", "since": "2026-01-01", "until": "2027-01-01"}


def related(**facts: Any) -> bool | None:
    act = act_of(told(facts))
    assert act is not None
    return act.related


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"professional": "anna"}, True),
        ({"professional": "anna", "organisations": []}, True),
        ({"professional": "bram"}, False),
        ({"organisations": ["ggz-west"]}, False),
        ({"about": "zus"}, True),  # of the same family
        ({"since": "2026-11-20T10:00:00+01:00"}, True),
        ({"since": "2026-11-20T10:00:01+01:00"}, False),
        ({"until": "2026-11-20T10:00:00+01:00"}, False),
        ({"until": "2026-11-20T10:00:01+01:00"}, True),
        ({"objection_on": "2026-11-10"}, False),
        ({"until": None}, True),
    ],
)
def test_help_counts_for_who_gives_it_while_it_lasts(change: dict[str, Any], *, expected: bool) -> None:
    assert related(involvements=[{**HELP, **change}]) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"executor": "gi-oost"}, False),
        ({"workers": ["anna"]}, True),
        ({"workers": ["bram"]}, False),
        ({"ended_on": "2026-11-19"}, False),
        ({"until": "2026-11-20"}, False),
    ],
)
def test_who_runs_a_measure_works_with_the_family_while_it_lasts(change: dict[str, Any], *, expected: bool) -> None:
    assert related(orders=[{**ORDER, "executor": "team-noord", **change}]) is expected


def test_whom_a_measure_engaged_works_with_the_family_while_both_last() -> None:
    engaged = {"order": "o1", "provider": "team-noord", "since": "2026-02-01"}
    executed = {**ORDER, "executor": "gi-oost"}
    assert related(orders=[executed], assignments=[engaged]) is True
    assert related(orders=[executed], assignments=[{**engaged, "until": "2026-11-01"}]) is False
    assert related(orders=[{**executed, "ended_on": "2026-11-01"}], assignments=[engaged]) is False


def test_a_family_of_which_nothing_is_on_record_has_no_relation() -> None:
    assert related() is False


def told_of(result: str, kind: Kind, basis: str | None = None) -> Told:
    each = told({})
    return told(kind=kind, fields={**each.fields, Field.ELEMENTS: [element(result=result, basis=basis)]})


@pytest.mark.parametrize(("result", "kind"), [("deny", Kind.EXCHANGE_DENIED), ("review", Kind.EXCHANGE_REVIEWED)])
def test_of_what_gave_nothing_an_institution_learns_neither_whom_nor_whether_it_waits(result: str, kind: Kind) -> None:
    own, whole = act_of(told_of(result, kind), "team-noord"), act_of(told_of(result, kind))
    assert own is not None
    assert whole is not None
    assert (own.kind, own.person) == (Kind.EXCHANGE_DENIED, None)
    assert (whole.kind, whole.person) == (kind, "sem")
    assert own.kind in REFUSED
    assert whole.kind in REFUSED


def test_of_a_fact_that_was_refused_an_institution_learns_not_about_whom() -> None:
    own = act_of(told(kind=Kind.FACT_REFUSED, outcome=EventOutcome.DENY), "team-noord")
    assert own is not None
    assert own.person is None


def test_whom_something_was_given_about_its_own_institution_sees_and_no_holder() -> None:
    own = act_of(told({}), "team-noord")
    assert own is not None
    assert (own.kind, own.person) == (Kind.EXCHANGE_DISCLOSED, "sem")
    assert act_of(told({}), "ggz-west") is None


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        (["LB-01"], True),
        (["LB-24", "LB-06"], True),
        (["LB-01", "LB-04"], False),
        (["LB-99"], False),
        ([None], False),
    ],
)
def test_what_left_on_a_basis_that_asks_for_no_relation_is_no_look_without_one(
    bases: list[str | None], *, expected: bool
) -> None:
    fields = {**told({}).fields, Field.ELEMENTS: [element(basis=basis) for basis in bases]}
    for day, is_related in (
        (datetime(2026, 11, 20, 9, tzinfo=UTC), expected),
        (datetime(2026, 10, 20, tzinfo=UTC), False),
    ):
        act = act_of(told(at=day, fields=fields))
        assert act is not None
        assert act.related is is_related


def test_facts_that_were_erased_say_nothing() -> None:
    act = act_of(told(person=None))
    assert act is not None
    assert (act.related, act.person, act.account) == (None, None, "anna")


@pytest.mark.parametrize(
    "broken",
    [
        {"request": {}},
        {"request": {"at": "soon"}},
        {"involvements": [{"id": "i1"}]},
        {"involvements": ["help"]},
        {"involvements": 5},
        {"orders": [{**ORDER, "since": 5}]},
        {"orders": [ORDER], "assignments": [{}]},
    ],
)
def test_facts_that_cannot_be_read_say_nothing(broken: dict[str, Any]) -> None:
    assert related(**broken) is None


@pytest.mark.parametrize("form", ["person", "mentor", "officer"])
def test_what_people_do_with_what_is_their_own_is_no_act_of_somebody_at_work(form: str) -> None:
    assert act_of(told(fields={Field.ACTOR: {"form": form, "id": "sem"}})) is None


def test_no_rule_looks_at_events_of_other_kinds_or_without_an_actor() -> None:
    assert not [each for each in (told(kind=Kind.LOG_READ), told(kind=Kind.FLOOD), told(fields={})) if act_of(each)]


def test_neither_account_nor_person_shows_where_an_act_is_printed() -> None:
    assert "anna" not in repr(act_of(told()))
    assert "sem" not in repr(act_of(told()))
