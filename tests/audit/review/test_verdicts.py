"""What verdicts make of a review, and the lot of the sample."""

from collections import Counter
from datetime import datetime
from itertools import permutations

import pytest

from audit.review.sample import drawn, monday_of, week_of
from audit.review.verdicts import FollowUp, Given, Standing, Verdict, breach_by, conclusion, has_judged, standing
from tests.audit.review.events import FRIDAY

YES, NO, WHY = Verdict.JUSTIFIED, Verdict.UNJUSTIFIED, Verdict.NEEDS_EXPLANATION


def given(who: str, verdict: Verdict, follow_up: FollowUp = FollowUp.NONE, *, at: datetime = FRIDAY) -> Given:
    return Given(who.encode(), verdict, follow_up, at)


STANDINGS: list[tuple[int, str, str, Verdict | None]] = [
    (2, "", "open", None),
    (2, "a+", "second", None),
    (2, "a+ b+", "closed", YES),
    (2, "a- b-", "closed", NO),
    (2, "a+ b-", "disputed", None),
    (2, "a+ b- c-", "closed", NO),
    (2, "a- b+ c+", "closed", YES),
    (2, "a?", "waits-for-explanation", None),
    (2, "a? a+", "second", None),
    (2, "a+ b?", "waits-for-explanation", None),
    (2, "a? b? a- b-", "closed", NO),
    (2, "a? b? c?", "waits-for-explanation", None),
    (2, "a+ b- c?", "disputed", None),
    (1, "a-", "closed", NO),
    (1, "a?", "waits-for-explanation", None),
    (2, "a+ a+", "disputed", None),
]


@pytest.mark.parametrize(("judges", "said", "how", "closed"), STANDINGS, ids=[f"{j} {s}" for j, s, *_ in STANDINGS])
def test_verdicts_bring_a_review_so_far(judges: int, said: str, how: str, closed: Verdict | None) -> None:
    told = [given(each[0], {"+": YES, "-": NO, "?": WHY}[each[1]]) for each in said.split()]
    assert (standing(told, judges=judges), conclusion(told, judges=judges)) == (how, closed)


def test_no_one_person_ever_closes_what_asks_two() -> None:
    one = [given("a", verdict) for verdict in (YES, NO, WHY)]
    for said in permutations(one * 2, 4):
        assert conclusion(said, judges=2) is None


def test_who_asked_for_an_explanation_has_not_judged_yet() -> None:
    assert not has_judged([given("a", WHY)], b"a")
    assert has_judged([given("a", WHY), given("a", YES)], b"a")
    assert not has_judged([given("a", YES)], b"b")


def test_the_clock_of_a_breach_runs_from_the_first_who_called_it_one() -> None:
    later = FRIDAY.replace(hour=15)
    told = [given("a", NO, FollowUp.POSSIBLE_BREACH), given("b", NO, FollowUp.POSSIBLE_BREACH, at=later)]
    assert breach_by(told) == datetime.fromisoformat("2026-11-30T10:00:00+01:00")
    assert breach_by([given("a", NO, FollowUp.TALK)]) is None


def test_a_review_without_verdicts_is_open_for_ever() -> None:
    assert standing([], judges=1) is Standing.OPEN


def test_a_week_is_one_of_amsterdam() -> None:
    sunday = datetime.fromisoformat("2026-11-29T22:59:59+00:00")
    monday = datetime.fromisoformat("2026-11-29T23:00:00+00:00")
    assert (week_of(sunday), week_of(monday)) == ("2026-W48", "2026-W49")
    assert monday_of(monday) == monday
    assert week_of(datetime.fromisoformat("2027-01-01T12:00:00+01:00")) == "2026-W53"


def test_the_lot_is_the_heads_and_the_holders_and_whoever_has_them_draws_the_same() -> None:
    ids = [f"e{n}" for n in range(50)]
    first = drawn("head 1", "ggz-west", ids)
    assert first == drawn("head 1", "ggz-west", reversed(ids))
    assert sorted(first) == sorted(ids)
    assert first != drawn("head 2", "ggz-west", ids)
    assert first != drawn("head 1", "school-1", ids)


def test_every_event_has_the_same_chance() -> None:
    ids = [f"e{n}" for n in range(10)]
    seen = Counter(each for n in range(2000) for each in drawn(f"head {n}", "h", ids)[:2])
    assert all(320 < seen[each] < 480 for each in ids), seen
