from datetime import date

import pytest

from gateway.demo.days import BASE_DAY, moved

SUMMER = date(2027, 7, 1)


@pytest.mark.parametrize(
    ("written", "in_summer"),
    [
        ("since: 2026-11-25, until: 2026-12-01", "since: 2027-07-01, until: 2027-07-07"),
        ("'25-11-2026'", "'01-07-2027'"),
        ("9-3-2026;", "13-10-2026;"),
        ("25-11-2026 09:30", "01-07-2027 09:30"),
        ("2026-12-01T15:30:00+01:00", "2027-07-07T15:30:00+02:00"),
    ],
)
def test_a_date_moves_with_today_and_keeps_its_form_and_its_time_on_the_clock(written: str, in_summer: str) -> None:
    assert moved(written, today=SUMMER) == in_summer


def test_on_the_base_day_nothing_moves() -> None:
    text = "2026-11-25 1-5-2026 02-11-2026 2026-12-08T15:30:00+01:00"
    assert moved(text, today=BASE_DAY) == text


@pytest.mark.parametrize("number", ["77-1042-1", "06-00000001", "999900420", "C/00/oud-1", "L-20417"])
def test_a_number_is_no_date(number: str) -> None:
    assert moved(number, today=SUMMER) == number
