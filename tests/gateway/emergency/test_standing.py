"""What an earlier emergency stands in the way of, to the millisecond. Pure."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.law.rows_authorities import LB_24
from gateway.emergency.standing import (
    CLOSED_BY_GATEWAY,
    CLOSED_BY_HOLDER,
    LASTS,
    LONGEST_RUN,
    LOOKED_BACK,
    PAUSE,
    TOO_LONG,
    Side,
    Use,
    barred,
)
from schemas.calendar import AMSTERDAM

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
HOLDERS = ("ggz", "school")


def use(after: timedelta = timedelta(0), closed_by: tuple[Side, ...] = (), holder: str = "ggz") -> Use:
    at = START + after
    return Use(str(after), holder, at, at + LASTS, closed_by)


def test_it_lasts_as_long_as_the_law_says() -> None:
    assert LB_24.lasts == LASTS


def test_an_emergency_that_nobody_closed_stands_in_nobodys_way() -> None:
    assert barred([use()], HOLDERS, at=START + TICK) == {}


def test_what_the_askers_own_side_closed_stands_in_nobodys_way() -> None:
    assert barred([use(closed_by=(Side.ASKER,))], HOLDERS, at=START + TICK) == {}


def test_a_holder_who_closed_one_is_not_asked_until_it_would_have_ended() -> None:
    closed = [use(closed_by=(Side.ASKER, Side.HOLDER))]
    assert barred(closed, HOLDERS, at=START + LASTS - TICK) == {"ggz": CLOSED_BY_HOLDER}
    assert barred(closed, HOLDERS, at=START + LASTS) == {}


def test_the_gateways_officer_closes_for_all_holders_until_it_would_have_ended() -> None:
    closed = [use(closed_by=(Side.HOLDER, Side.GATEWAY))]
    assert barred(closed, HOLDERS, at=START + LASTS - TICK) == dict.fromkeys(HOLDERS, CLOSED_BY_GATEWAY)
    assert barred(closed, HOLDERS, at=START + LASTS) == {}


@pytest.mark.parametrize("step", [LASTS / 2, LASTS, LASTS + PAUSE - TICK])
def test_uses_that_follow_each_other_end_within_a_day_of_the_first(step: timedelta) -> None:
    latest = LONGEST_RUN - LASTS
    run = [use(step * n) for n in range(int(latest / step) + 1)]
    assert barred(run, HOLDERS, at=START + latest) == {}
    assert barred(run, HOLDERS, at=START + latest + TICK) == dict.fromkeys(HOLDERS, TOO_LONG)


def test_after_a_pause_as_long_as_an_emergency_a_new_run_begins() -> None:
    run = [use(timedelta(hours=each)) for each in (0, 6, 12, 18)]
    last = run[-1].expires_at
    assert barred(run, HOLDERS, at=last + PAUSE - TICK) == dict.fromkeys(HOLDERS, TOO_LONG)
    assert barred(run, HOLDERS, at=last + PAUSE) == {}


@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28"])
def test_a_day_is_24_elapsed_hours_when_the_clocks_change(day: str) -> None:
    first = datetime.fromisoformat(f"{day}T00:30:00").replace(tzinfo=AMSTERDAM)
    run = [Use("", "ggz", _later(first, hours), _later(first, hours) + LASTS) for hours in (0, 7, 14)]
    latest = _later(first, 20)
    assert barred(run, HOLDERS, at=latest.astimezone(AMSTERDAM)) == {}
    assert barred(run, HOLDERS, at=(latest + TICK).astimezone(AMSTERDAM)) == dict.fromkeys(HOLDERS, TOO_LONG)


def _later(moment: datetime, hours: int) -> datetime:
    return moment.astimezone(UTC) + timedelta(hours=hours)


def test_the_order_in_which_uses_are_read_means_nothing() -> None:
    run = [use(timedelta(hours=each)) for each in (12, 0, 18, 6)]
    assert barred(run, HOLDERS, at=START + timedelta(hours=21)) == dict.fromkeys(HOLDERS, TOO_LONG)


def test_nothing_that_matters_is_older_than_what_is_looked_back() -> None:
    run = [use(timedelta(hours=20)), use(timedelta(hours=13)), use(timedelta(hours=6)), use()]
    for minutes in range(0, 40 * 60, 7):
        at = START + timedelta(minutes=minutes)
        known = [each for each in run if each.opened_at <= at]
        seen = [each for each in known if each.opened_at >= at - LOOKED_BACK]
        assert barred(seen, HOLDERS, at=at) == barred(known, HOLDERS, at=at), minutes


@given(st.lists(st.integers(min_value=0, max_value=13 * 60), max_size=25))
def test_whatever_the_hours_no_chain_of_uses_covers_more_than_a_day(gaps: list[int]) -> None:
    uses: list[Use] = []
    now = START
    for minutes in gaps:
        now += timedelta(minutes=minutes)
        if not barred([each for each in uses if each.opened_at >= now - LOOKED_BACK], ["ggz"], at=now):
            uses.append(use(now - START))
    began = uses[0].opened_at if uses else START
    for earlier, later in pairwise(uses):
        began = later.opened_at if later.opened_at - earlier.expires_at >= PAUSE else began
        assert later.expires_at - began <= LONGEST_RUN
    # And it is a pause that is asked, not a ban: whoever waits so long may always ask again.
    waited = uses[-1].expires_at + PAUSE if uses else now
    assert barred(uses, ["ggz"], at=waited) == {}
