"""When facts end, and what that means for those that rest on them.

Source: decision contract, 2 (*Time*) and 5.6. Every instant is in UTC; `FOREVER` stands for "never".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from schemas import calendar

FOREVER: Final = datetime.max.replace(tzinfo=UTC)
BOUNDARIES: Final = (12, 16, 18)
"""The birthdays at which who decides about a minor changes."""


@lru_cache(maxsize=16384)
def beginning(day: date) -> datetime:
    """Return 00:00 in Amsterdam of `day`, in UTC."""
    return calendar.midnight(day).astimezone(UTC)


@lru_cache(maxsize=16384)
def months_on(instant: datetime, months: int) -> datetime:
    """Return 00:00 of the day `months` after the local day of `instant`; past the calendar's end: never."""
    try:
        return beginning(calendar.months_after(calendar.local_day(instant), months))
    except (OverflowError, ValueError):
        return FOREVER


@lru_cache(maxsize=4096)
def birthday(born: date, age: int) -> datetime:
    """Return the instant at which who was `born` turns `age`; past the calendar's end: never."""
    try:
        return beginning(calendar.birthday(born, age))
    except (OverflowError, ValueError):
        return FOREVER


def day_after_days(instant: datetime, days: int) -> datetime:
    """Return 00:00 of the day after the last of `days` local days, the day of `instant` being day 0."""
    try:
        return beginning(calendar.days_after(calendar.local_day(instant), days + 1))
    except (OverflowError, ValueError):
        return FOREVER


def later(instant: datetime, span: timedelta) -> datetime:
    """Return the instant `span` of elapsed time on; past the calendar's end: never."""
    try:
        return instant + span
    except OverflowError:
        return FOREVER


def next_boundary(born: date, at: datetime) -> datetime:
    """Return the next 12th, 16th or 18th birthday after `at`, or never."""
    return min((day for age in BOUNDARIES if (day := birthday(born, age)) > at), default=FOREVER)


def first_ahead(at: datetime, *instants: datetime | None) -> datetime:
    """Return the first of the instants after `at`, or never."""
    first = FOREVER
    for instant in instants:
        if instant is not None and at < instant < first:
            first = instant
    return first


@dataclass(frozen=True, slots=True)
class Support:
    """What something rests on: when that ends, and the names of the facts, sorted."""

    ends: datetime = FOREVER
    evidence: tuple[str, ...] = ()


SELF_EVIDENT: Final = Support()
"""Rests on no fact that can end."""


def together(*supports: Support) -> Support:
    """Return the support of facts that carry only together: it ends with the first of them."""
    telling = [support for support in supports if support is not SELF_EVIDENT]
    if len(telling) <= 1:
        return telling[0] if telling else SELF_EVIDENT
    names = {name for support in telling for name in support.evidence}
    return Support(min([support.ends for support in telling]), tuple(sorted(names)))


def last(supports: Iterable[Support]) -> Support:
    """Return the one that ends last; of those that end alike the one with the lowest id, else the first in the file.

    Raises:
        ValueError: there is none.
    """
    best, *others = supports
    for other in others:
        if other.ends > best.ends or (other.ends == best.ends and _places(other) < _places(best)):
            best = other
    return best


_PLACE: Final = re.compile(r"(\w+)\[(\d+)\]", re.ASCII)
"""How a fact without id is named: its section and its position in the file."""


def _places(support: Support) -> list[tuple[str, int]]:
    found = [(name, _PLACE.fullmatch(name)) for name in support.evidence]
    return [(name, -1) if place is None else (place[1], int(place[2])) for name, place in found]
