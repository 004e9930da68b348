"""How far the tree is behind, what that stops, and what is said of it."""

from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from audit.sequence import Waiting
from gateway.health.lag import ALARM_FROM, STOP_FROM, Lag
from tests.gateway.witness.make import Clock

SECOND = timedelta(seconds=1)
EVENT = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
"""The example of RFC 9562, A.6."""


def waiting(number: int, newest: int | None = None) -> Waiting:
    return Waiting(EVENT, number, newest or number)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lag(clock: Clock) -> Lag:
    return Lag(clock)


def test_an_event_says_itself_when_it_was_built() -> None:
    assert datetime.fromtimestamp(waiting(1).built_at, UTC) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waited", "warned", "stopped"),
    [
        (ALARM_FROM - SECOND, False, False),
        (ALARM_FROM, True, False),
        (STOP_FROM - SECOND, True, False),
        (STOP_FROM, True, True),
    ],
)
def test_it_warns_from_5_seconds_and_stops_from_5_minutes(
    lag: Lag, clock: Clock, waited: timedelta, *, warned: bool, stopped: bool
) -> None:
    lag.looked(waiting(7))
    clock.pass_(waited)
    lag.looked(waiting(7, 9))
    assert (bool(lag.warnings()), lag.obstacle() is not None) == (warned, stopped)


def test_where_events_are_placed_at_once_nothing_is_late(lag: Lag, clock: Clock) -> None:
    for number in range(1, 700):
        lag.looked(waiting(number))
        clock.pass_(SECOND)
    assert (lag.warnings(), lag.obstacle()) == ([], None)


def test_a_tree_that_goes_on_but_stays_behind_is_late(lag: Lag, clock: Clock) -> None:
    """Each event is placed a minute after it came: another waits first at each look, and all of them wait."""
    for second in range(1, 300):
        lag.looked(waiting(max(1, second - 60), second))
        clock.pass_(SECOND)
    assert lag.warnings()


def test_a_process_that_never_gets_to_look_stops_too_and_says_so(lag: Lag, clock: Clock) -> None:
    clock.pass_(STOP_FROM)
    assert "nobody could look" in (lag.obstacle() or "")


def test_it_goes_on_by_itself_when_nothing_waits_any_more(lag: Lag, clock: Clock) -> None:
    lag.looked(waiting(1))
    clock.pass_(STOP_FROM)
    lag.looked(waiting(1))
    assert "have waited for 300 seconds" in (lag.obstacle() or "")
    lag.looked(None)
    assert (lag.obstacle(), lag.warnings()) == (None, [])


def test_the_alarm_is_raised_once_a_minute_and_ended(lag: Lag, clock: Clock) -> None:
    said: list[MutableMapping[str, Any]]
    with capture_logs() as said:
        for second in range(70):
            lag.looked(waiting(1, 1 + second))
            clock.pass_(SECOND)
        lag.looked(None)
        lag.looked(None)
    assert [(each["event"], each.get("seconds")) for each in said] == [
        ("audit.late", 5),
        ("audit.late", 65),
        ("audit.in_time", None),
    ]
