"""Dutch calendar arithmetic: days, months and birthdays in Europe/Amsterdam.

Source: decision contract, section 2, *Time*.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def midnight(day: date) -> datetime:
    """Return the instant at which `day` begins, with the Amsterdam offset of that moment."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)


def local_day(instant: datetime) -> date:
    """Return the Amsterdam calendar day on which `instant` falls."""
    return instant.astimezone(AMSTERDAM).date()


def months_after(day: date, months: int) -> date:
    """Return the same day number `months` on, or that month's last day where it lacks it."""
    return day + relativedelta(months=months)


def birthday(born: date, age: int) -> date:
    """Return the day on which who was `born` turns `age`; 29 February becomes 1 March in a common year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_at(born: date, instant: datetime) -> int:
    """Return the age in whole years at `instant`, birthdays beginning at 00:00 local time."""
    day = local_day(instant)
    return day.year - born.year - (day < birthday(born, day.year - born.year))


def days_after(day: date, days: int) -> date:
    """Return the calendar day `days` on."""
    return day + timedelta(days=days)


def parse_moment(text: str) -> datetime:
    """Return the instant that `text` names: a date (its 00:00 in Amsterdam) or ISO 8601 with an offset.

    Raises:
        ValueError: not such a text; the message says what was expected.
    """
    try:
        if _DAY.fullmatch(text):
            return midnight(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a date (2026-01-31) or an instant with an offset") from None
    if instant.tzinfo is None:
        raise ValueError("expected an offset after the time (2026-01-31T10:00:00+01:00)")
    return instant


@lru_cache(maxsize=4096)  # the same few ends stand in every element of an answer
def written(instant: datetime) -> str:
    """Return `instant` as the contract writes it: Amsterdam offset, whole seconds (a fraction is cut)."""
    return instant.astimezone(AMSTERDAM).replace(microsecond=0).isoformat()


def utc_milliseconds(instant: datetime) -> str:
    """Return `instant` as the audit log writes it: UTC, milliseconds, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
