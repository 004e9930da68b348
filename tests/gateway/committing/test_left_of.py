"""What may be read of a decision when the facts that it was made of went with somebody."""

from datetime import UTC, datetime

from audit.events import ERASED
from consent.decision import Decision, ElementDecision
from consent.facts import Facts
from gateway.committing.recording import left_of
from schemas.words import Outcome, Reason, Result

BIRTHDAY = datetime(2027, 5, 3, 22, tzinfo=UTC)
"""The twelfth of the brother, whose own yes covers an element about both."""


def test_neither_the_digest_of_the_facts_nor_a_birthday_on_which_something_ends_is_left() -> None:
    released = ElementDecision(
        result=Result.RELEASE, rules=("CV-14",), basis="LB-01", evidence=("c1",), expires_at=BIRTHDAY
    )
    endless = ElementDecision(result=Result.RELEASE, rules=("G-06",), basis="LB-04", evidence=("i1",))
    withheld = ElementDecision(result=Result.WITHHOLD, rules=("G-07",), reason=Reason.THIRD_PARTY_PRIVACY)
    whole = Decision(
        outcome=Outcome.PARTIAL,
        at="2026-11-23T10:00:00+01:00",
        rule_set="2026-11",
        elements={"r1": released, "r2": endless, "r3": withheld},
        obligations=("OB-LOG",),
        expires_at=BIRTHDAY,
        facts=Facts(),
    ).as_json()
    assert "2027-05-04" in str(whole)
    left = left_of(whole)
    assert "2027-05-04" not in str(left)
    # Nor whether anything ended: who reads it cannot tell one from the other.
    assert {each.get("expires_at") for each in left["elements"].values()} == {ERASED, None}
    assert (left["facts_digest"], left["expires_at"]) == (ERASED, ERASED)
    assert left["elements"]["r3"] == whole["elements"]["r3"]
    for name in ("r1", "r2"):
        assert left["elements"][name] == whole["elements"][name] | {"expires_at": ERASED}
    assert left == whole | {each: left[each] for each in ("facts_digest", "expires_at", "elements")}
