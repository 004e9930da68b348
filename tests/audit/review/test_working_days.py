"""When a term of working days ends, in the Netherlands."""

from datetime import date, datetime

import pytest

from audit.review.working_days import is_working_day, working_days_after

TERMS = [
    ("2026-11-27T10:00:00+01:00", 1, "2026-11-30", "Friday: the next is Monday"),
    ("2026-11-28T10:00:00+01:00", 2, "2026-12-01", "Saturday: Monday and Tuesday"),
    ("2026-11-25T10:00:00+01:00", 5, "2026-12-02", "a week"),
    ("2026-04-01T10:00:00+02:00", 2, "2026-04-07", "Easter: Good Friday and Monday are free"),
    ("2026-12-23T10:00:00+01:00", 2, "2026-12-28", "Christmas: Friday the 25th and Saturday the 26th"),
    ("2026-12-30T10:00:00+01:00", 2, "2027-01-04", "New Year's Day is a Friday"),
    ("2026-04-24T10:00:00+02:00", 1, "2026-04-28", "King's Day is a Monday"),
    ("2025-04-25T10:00:00+02:00", 1, "2025-04-28", "King's Day a day early, as the 27th was a Sunday"),
    ("2025-05-02T10:00:00+02:00", 1, "2025-05-06", "Liberation Day is free in the fifth year"),
    ("2026-05-04T10:00:00+02:00", 1, "2026-05-05", "and in no other"),
    ("2026-05-13T10:00:00+02:00", 1, "2026-05-15", "Ascension Day"),
    ("2026-05-22T10:00:00+02:00", 1, "2026-05-26", "Whit Monday"),
    ("2026-03-27T22:59:59+00:00", 1, "2026-03-30", "before the clock goes forward, Friday 23:59 in Amsterdam"),
    ("2026-03-27T23:00:00+00:00", 1, "2026-03-30", "Saturday 00:00 in Amsterdam"),
    ("2026-03-29T22:00:00+00:00", 1, "2026-03-31", "behind it, Monday 00:00 in summer time"),
    ("2026-10-25T22:59:59+00:00", 1, "2026-10-26", "behind the clock going back, Sunday 23:59"),
    ("2026-10-25T23:00:00+00:00", 1, "2026-10-27", "Monday 00:00 in winter time"),
]


@pytest.mark.parametrize(("at", "days", "due", "why"), TERMS, ids=[why for *_, why in TERMS])
def test_a_term_ends_on_the_working_day(at: str, days: int, due: str, why: str) -> None:
    assert str(working_days_after(datetime.fromisoformat(at), days)) == due, why


def test_a_term_is_never_shorter_than_it_says_and_ends_on_a_working_day() -> None:
    for day in range(1, 29):
        at = datetime.fromisoformat(f"2026-12-{day:02}T23:30:00+01:00")
        for days in range(1, 6):
            due = working_days_after(at, days)
            between = sum(
                is_working_day(date.fromordinal(each)) for each in range(at.toordinal() + 1, due.toordinal() + 1)
            )
            assert (between, is_working_day(due)) == (days, True)
