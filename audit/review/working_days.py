"""Dutch working days: Monday to Friday, but for the public holidays of the library `holidays`.

Source: Algemene termijnenwet 3; decision contract, section 2 (days are those of Amsterdam). The library counts Good
Friday, and Liberation Day once in five years, as public holidays.
"""

from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from schemas.calendar import local_day

if TYPE_CHECKING:
    from holidays import HolidayBase

_SATURDAY: Final = 5


@cache
def _dutch() -> "HolidayBase":
    # The library loads every country there is, which who only starts a command should not wait for.
    from holidays import country_holidays  # noqa: PLC0415

    return country_holidays("NL")


def is_holiday(day: date) -> bool:
    """Say whether `day` is a public holiday."""
    return day in _dutch()


def is_working_day(day: date) -> bool:
    """Say whether people work on `day`."""
    return day.weekday() < _SATURDAY and not is_holiday(day)


def working_days_after(instant: datetime, days: int) -> date:
    """Return the last day of a term of `days` working days (1 or more) that begins behind the day of `instant`."""
    day = local_day(instant)
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day
