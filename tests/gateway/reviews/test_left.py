"""Followers are told what is left of a decision without its facts: it asks the same of people as the whole."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from audit.events import EventOutcome, Field, Kind
from audit.finding.terms import terms
from audit.part import DECIDED
from audit.review.opening import acted, openings, owed
from audit.review.rows import DUTIES
from audit.told import Told
from gateway.committing.recording import left_of
from schemas.words import Reason

_CODES: Final = ["OB-REV(3wd)", "OB-LOG", *(each.code for each in DUTIES)]
_ENDS: Final = "2034-05-06T00:00:00+02:00"


def _told(outcome: EventOutcome, decision: dict[str, Any]) -> Told:
    element = {
        "id": "e1",
        "holder": "de-vliet",
        "category": "plan",
        "result": "release",
        "basis": "LB-24",
        "reason": None,
    }
    kept = element | {"id": "e2", "result": "withhold", "reason": Reason.YOUTH_OBJECTION}
    return Told(
        seq=1,
        id="0199f0c4-0000-7000-8000-000000000000",
        at=datetime(2026, 3, 2, tzinfo=UTC),
        kind=DECIDED[outcome],
        outcome=outcome,
        organisation="team-noord",
        counterparties=("de-vliet",),
        rule_set="2026-11",
        request_id="r1",
        person="sem",
        fields={
            Field.ACTOR: {"form": "professional", "id": "anna"},
            Field.ELEMENTS: [element, kept],
            Field.DETAIL: {"deciders": ["chris"]},
            Field.DECISION: decision,
        },
    )


@pytest.mark.parametrize("outcome", [EventOutcome.PARTIAL, EventOutcome.REVIEW, EventOutcome.DENY])
def test_what_is_left_of_a_decision_opens_the_same_reviews_and_leaves_the_same_duties(outcome: EventOutcome) -> None:
    elements = {
        "e1": {"basis": "LB-24", "obligations": _CODES[:3], "expires_at": _ENDS},
        "e2": {"basis": None, "obligations": [], "expires_at": None},
    }
    decision = {"facts_digest": "1", "expires_at": _ENDS, "obligations": _CODES, "elements": elements}
    whole, left = _told(outcome, decision), _told(outcome, left_of(decision))
    assert whole != left
    assert (openings(left), owed(left)) == (openings(whole), owed(whole))
    assert owed(left)
    assert bool(openings(left)) is (left.kind is Kind.EXCHANGE_DISCLOSED)
    assert (terms(left), acted(left)) == (terms(whole), acted(whole))
