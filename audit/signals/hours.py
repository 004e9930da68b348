"""When people work: on the clock of Amsterdam, not on Sundays and holidays, and as their roster says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from audit.review.working_days import is_holiday
from schemas.calendar import AMSTERDAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The hours of an organisation: `days` by ISO number (1 is Monday), from `opens` up to, not with, `closes`.

    `closes` at 00:00 is midnight at the end of the day. One that works through the night has every hour.
    """

    days: frozenset[int]
    opens: time
    closes: time
    on_holidays: bool = False

    def covers(self, at: datetime) -> bool:
        """Say whether somebody of this organisation is at work at `at`."""
        here = at.astimezone(AMSTERDAM)
        if here.isoweekday() not in self.days or (not self.on_holidays and is_holiday(here.date())):
            return False
        return self.opens <= here.time() and (self.closes == time.min or here.time() < self.closes)


OFFICE: Final = Roster(days=frozenset(range(1, 6)), opens=time(7), closes=time(19))
"""What is taken where no roster is known; the rule then says so."""

Rosters = Mapping[str, Roster]
