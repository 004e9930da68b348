"""The calendar that every rule counts by, word for word."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from schemas import calendar


def test_a_day_begins_at_midnight_in_amsterdam() -> None:
    assert calendar.midnight(date(2026, 3, 29)).astimezone(UTC) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert calendar.midnight(date(2026, 3, 30)).astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert calendar.midnight(date(2026, 7, 14)) == datetime(2026, 7, 13, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-01-01T22:59:59Z", date(2026, 1, 1)),
        ("2026-01-01T23:00:00Z", date(2026, 1, 2)),
        ("2026-07-01T21:59:59Z", date(2026, 7, 1)),
        ("2026-07-01T22:00:00Z", date(2026, 7, 2)),
    ],
)
def test_an_instant_falls_on_a_local_day(instant: str, day: date) -> None:
    assert calendar.local_day(datetime.fromisoformat(instant)) == day


def test_months_are_counted_by_day_number() -> None:
    assert calendar.months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert calendar.months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert calendar.months_after(date(2026, 2, 28), 6) == date(2026, 8, 28)
    assert calendar.months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert calendar.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_days_are_counted_by_one() -> None:
    assert calendar.days_after(date(2026, 2, 28), 1) == date(2026, 3, 1)
    assert calendar.days_after(date(2026, 10, 1), 91) == date(2026, 12, 31)


def test_somebody_of_29_february_has_his_birthday_on_1_march_in_a_common_year() -> None:
    assert calendar.birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert calendar.birthday(date(2008, 2, 29), 16) == date(2024, 2, 29)
    assert calendar.birthday(date(2008, 3, 1), 18) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("born", "instant", "age"),
    [
        (date(2012, 5, 4), "2024-05-03T23:59:59+02:00", 11),
        (date(2012, 5, 4), "2024-05-04T00:00:00+02:00", 12),
        (date(2012, 5, 4), "2024-05-03T22:00:00Z", 12),
        (date(2008, 2, 29), "2026-02-28T23:59:59+01:00", 17),
        (date(2008, 2, 29), "2026-03-01T00:00:00+01:00", 18),
        (date(2026, 3, 1), "2026-03-02T00:00:00+01:00", 0),
        (date(2025, 12, 31), "2026-03-02T00:00:00+01:00", 0),
    ],
)
def test_an_age_grows_at_local_midnight(born: date, instant: str, age: int) -> None:
    assert calendar.age_at(born, datetime.fromisoformat(instant)) == age


def test_a_moment_is_a_date_or_an_instant_with_an_offset() -> None:
    assert calendar.parse_moment("2026-07-14") == datetime(2026, 7, 13, 22, tzinfo=UTC)
    assert calendar.parse_moment("2026-07-14T10:00:00+02:00") == datetime(2026, 7, 14, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "20260714", "14-07-2026", "\u0662\u0660\u0662\u0666-07-14", "morgen", ""]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        calendar.parse_moment(text)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="an offset after the time"):
        calendar.parse_moment("2026-07-14T10:00:00")


def test_it_is_written_with_the_offset_of_amsterdam_and_no_fraction() -> None:
    assert calendar.written(datetime(2026, 7, 14, 8, 0, 0, 999999, tzinfo=UTC)) == "2026-07-14T10:00:00+02:00"
    assert (
        calendar.written(datetime(2026, 1, 14, 8, tzinfo=timezone(timedelta(hours=5)))) == "2026-01-14T04:00:00+01:00"
    )


def test_the_log_writes_milliseconds_of_utc() -> None:
    summer = datetime(2026, 7, 14, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    assert calendar.utc_milliseconds(summer) == "2026-07-14T08:00:00.123Z"


@pytest.mark.parametrize(
    ("text", "askable"),
    [
        ("1969-12-31T23:59:59+01:00", False),
        ("1970-01-01", True),
        ("9998-12-31T23:59:59+01:00", True),
        ("9999-01-01", False),
    ],
)
def test_somebody_may_ask_about_the_years_1970_to_9998(text: str, *, askable: bool) -> None:
    assert calendar.is_askable(calendar.parse_moment(text)) is askable
