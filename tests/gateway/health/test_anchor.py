"""How old the anchor is, and what that stops: no clock that is moved, and nobody who does not look, gains time."""

from datetime import timedelta

import pytest

from gateway.health.anchor import STOP_FROM, WARN_FROM, Anchor
from tests.gateway.witness.make import Clock

NOTHING = timedelta(0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def anchor(clock: Clock) -> Anchor:
    return Anchor(clock, confirmed=True)


def test_before_anything_is_known_nothing_is_disclosed(clock: Clock) -> None:
    assert Anchor(clock).obstacle() is not None
    assert Anchor(clock, confirmed=True).obstacle() is not None


def test_a_log_that_no_quorum_confirmed_since_the_start_discloses_nothing(clock: Clock) -> None:
    anchor = Anchor(clock)
    anchor.saw(None, NOTHING)
    assert "too few witnesses" in (anchor.obstacle() or "")
    assert anchor.warnings()[0].startswith("nothing is disclosed")


def test_where_nothing_waits_the_anchor_never_grows_old(anchor: Anchor, clock: Clock) -> None:
    for _ in range(10):
        anchor.saw(None, NOTHING)
        clock.pass_(timedelta(days=1))
        anchor.saw(None, NOTHING)
        assert (anchor.age, anchor.obstacle(), anchor.warnings()) == (NOTHING, None, [])


@pytest.mark.parametrize(
    ("waited", "warned", "stopped"),
    [
        (WARN_FROM - MINUTE, False, False),
        (WARN_FROM, True, False),
        (STOP_FROM - MINUTE, True, False),
        (STOP_FROM, True, True),
        (STOP_FROM * 50, True, True),
    ],
)
def test_it_warns_from_15_minutes_and_stops_from_4_hours(
    anchor: Anchor, waited: timedelta, *, warned: bool, stopped: bool
) -> None:
    anchor.saw(7, waited)
    assert (bool(anchor.warnings()), anchor.obstacle() is not None) == (warned, stopped)


def test_time_goes_on_between_two_looks(anchor: Anchor, clock: Clock) -> None:
    anchor.saw(7, NOTHING)
    clock.pass_(STOP_FROM - MINUTE)
    assert anchor.obstacle() is None
    clock.pass_(MINUTE)
    assert anchor.obstacle() is not None


def test_where_nobody_looks_any_more_it_stops_too(anchor: Anchor, clock: Clock) -> None:
    anchor.saw(None, NOTHING)
    clock.pass_(STOP_FROM)
    assert anchor.obstacle() is not None


@pytest.mark.parametrize("told", [timedelta(days=-1), NOTHING, MINUTE])
def test_a_clock_that_is_set_back_gains_no_time(anchor: Anchor, clock: Clock, told: timedelta) -> None:
    anchor.saw(7, timedelta(hours=3))
    clock.pass_(timedelta(hours=1))
    anchor.saw(7, told)
    assert anchor.obstacle() is not None


def test_a_clock_that_is_set_forward_stops_until_the_next_anchor(anchor: Anchor) -> None:
    anchor.saw(7, timedelta(hours=5))
    assert anchor.obstacle() is not None
    anchor.saw(None, NOTHING)
    assert anchor.obstacle() is None


def test_with_a_new_anchor_it_starts_again_by_itself(anchor: Anchor, clock: Clock) -> None:
    anchor.saw(7, STOP_FROM)
    assert anchor.obstacle() is not None
    clock.pass_(MINUTE)
    anchor.saw(9, MINUTE)
    assert (anchor.obstacle(), anchor.age) == (None, MINUTE)


def test_a_silent_witness_is_told_with_its_reason(anchor: Anchor) -> None:
    anchor.saw(None, NOTHING)
    anchor.silent["w2"] = "status 503"
    assert anchor.warnings() == ["witness `w2` did not cosign: status 503"]
