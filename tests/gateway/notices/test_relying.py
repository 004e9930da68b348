"""What counts as having relied on a consent."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audit.events import ERASED
from gateway.notices.relying import TOLD, relied_on

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ENDING = TOLD["consents", "withdrawn_on"]


def says(**changes: Any) -> bool:
    element = {
        "result": "release",
        "basis": "LB-02",
        "rules": ["CV-14", "G-06"],
        "evidence": ["a1", "c1"],
        "obligations": [],
        "expires_at": "2027-05-04T00:00:00+02:00",
    }
    return relied_on({"elements": {"r1": element | changes}}, "c1", ENDING, at=AT)


def test_what_was_released_on_a_consent_relied_on_it() -> None:
    assert says()
    assert says(expires_at=None)


def test_what_rests_on_another_fact_did_not() -> None:
    assert not says(evidence=["c10", "xc1"])


def test_what_was_withheld_did_not() -> None:
    withheld = {"result": "withhold", "reason": "no-basis", "rules": ["CV-14"]}
    assert not relied_on({"elements": {"r1": withheld}}, "c1", ENDING, at=AT)
    assert not relied_on({"elements": {}}, "c1", ENDING, at=AT)


def test_what_had_expired_by_then_did_not_to_the_second() -> None:
    assert not says(expires_at=AT.isoformat())
    assert says(expires_at=(AT + timedelta(seconds=1)).isoformat())


def test_what_ended_at_an_instant_that_went_with_somebody_who_was_erased_counts_as_standing() -> None:
    assert says(expires_at=ERASED)


def test_who_was_never_told_of_a_rule_of_consent_is_not_told_that_there_was_one() -> None:
    # An order, or a report to Veilig Thuis: the consent covers only somebody who stands in the same record.
    assert not says(basis="LB-13", rules=["G-06", "G-07", "G-14"])


def test_one_element_is_enough() -> None:
    on_consent = {"result": "release", "rules": ["CV-14"], "evidence": ["c1"], "expires_at": None}
    on_order = {"result": "release", "rules": ["G-06"], "evidence": ["o1"], "expires_at": None}
    assert relied_on({"elements": {"r1": on_order, "r2": on_consent}}, "c1", ENDING, at=AT)
