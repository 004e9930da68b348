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
_ASKED_FROM: Final = datetime(1970, 1, 1, tzinfo=AMSTERDAM)
_ASKED_BEFORE: Final = datetime(9999, 1, 1, tzinfo=AMSTERDAM)
ASKED_YEARS: Final = "in the years 1970 to 9998"
"""Of which days and instants somebody may ask, in words."""


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
    return age_on(born, local_day(instant))


def age_on(born: date, day: date) -> int:
    """Return the age in whole years on the Amsterdam calendar day `day`."""
    return day.year - born.year - (day < birthday(born, day.year - born.year))


def days_after(day: date, days: int) -> date:
    """Return the calendar day `days` on."""
    return day + timedelta(days=days)


def parse_day(text: str) -> date:
    """Return the day that `text` names in its one spelling, 2026-01-31: a library may read others too.

    Raises:
        ValueError: it names none.
    """
    if _DAY.fullmatch(text) is None:
        raise ValueError("expected a date (2026-01-31)")
    return date.fromisoformat(text)


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


def is_askable(instant: datetime) -> bool:
    """Return whether somebody may ask about `instant`: nothing is older than an id can be (RFC 9562 section 5.7).

    At the edges of the calendar an instant has no other offset, none before it or none behind it.
    """
    return _ASKED_FROM <= instant < _ASKED_BEFORE


@lru_cache(maxsize=4096)  # the same few ends stand in every element of an answer
def written(instant: datetime) -> str:
    """Return `instant` as the contract writes it: Amsterdam offset, whole seconds (a fraction is cut)."""
    return instant.astimezone(AMSTERDAM).replace(microsecond=0).isoformat()


def utc_milliseconds(instant: datetime) -> str:
    """Return `instant` as the audit log writes it: UTC, milliseconds, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_milliseconds(instant: datetime) -> str:
    """Return `instant` as facts have it: Amsterdam offset, milliseconds, cut.

    So it is never later than the clock: an end that is acknowledged has been reached.
    """
    return instant.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")
