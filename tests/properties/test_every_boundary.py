"""The last second of what holds and the first of what does not, on ordinary days and on those that are not.

The days: the nights in which the clock goes forward and back, 29 February, the last of a month, the first of a year.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from tests.consent.make import decided, ends, incapable, told
from tests.properties.deciding import Json, asked
from tests.properties.every_basis import WORLDS, world_of_basis
from tests.properties.every_end import ENDS, base, day, emergency, jim, mentored, title, yes

DAYS: Final = (
    *(date(2026, 6, 1), date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)),
    *(date(2024, 2, 29), date(2025, 3, 1), date(2025, 12, 31), date(2026, 1, 1)),
)
SECOND: Final = timedelta(seconds=1)


def midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo("Europe/Amsterdam"))


def at(world: Json, moment: datetime) -> Json:
    return asked(world, at=moment.astimezone(UTC).isoformat())


def is_released(world: Json, moment: datetime) -> bool:
    return told(at(world, moment)).startswith("release")


@pytest.mark.parametrize("on", DAYS, ids=str)
@pytest.mark.parametrize("kind", ENDS)
def test_it_ends_at_the_first_instant_of_its_day(kind: str, on: date) -> None:
    world, end = ENDS[kind](on), midnight(on)
    last = end.astimezone(UTC) - SECOND
    assert ends(at(world, last - timedelta(days=1))) == end.isoformat()
    assert ends(at(world, last)) == end.isoformat()
    assert is_released(world, end.astimezone(UTC) - timedelta(microseconds=1))
    assert not is_released(world, end)


YEARS: Final = {
    "2024-02-29": "2025-02-28",
    "2023-02-28": "2024-02-28",
    "2023-03-01": "2024-03-01",
    "2025-03-29": "2026-03-29",
    "2025-10-25": "2026-10-25",
    "2025-10-24T22:30:00Z": "2026-10-25",
    "2025-10-24T21:30:00Z": "2026-10-24",
    "2024-12-31T23:30:00Z": "2026-01-01",
    "2025-03-02T09:00:00+01:00": "2026-03-02",
}


@pytest.mark.parametrize(("given_on", "end"), YEARS.items())
def test_a_consent_ends_twelve_months_after_its_local_day(given_on: str, end: str) -> None:
    on = date.fromisoformat(end)
    world = base(on, 16, consents=[yes(on) | {"on": given_on}])
    assert ends(at(world, midnight(on).astimezone(UTC) - SECOND)) == midnight(on).isoformat()
    assert told(at(world, midnight(on))) == "withhold CONSENT_EXPIRED"


HALVES: Final = {
    "2025-08-31": "2026-02-28",
    "2023-08-31": "2024-02-29",
    "2023-08-29": "2024-02-29",
    "2025-08-29": "2026-02-28",
    "2025-03-31": "2025-09-30",
    "2025-12-31": "2026-06-30",
    "2025-09-30": "2026-03-30",
    "2025-09-29": "2026-03-29",
    "2026-04-25": "2026-10-25",
    "2024-02-29": "2024-08-29",
    "2025-09-28T22:30:00Z": "2026-03-29",
}


@pytest.mark.parametrize(("since", "end"), HALVES.items())
def test_a_mandate_ends_six_months_after_its_local_day(since: str, end: str) -> None:
    on = date.fromisoformat(end)
    world = mentored(on, 17, mandates=[jim(on) | {"since": since}])
    assert ends(at(world, midnight(on).astimezone(UTC) - SECOND)) == midnight(on).isoformat()
    assert told(at(world, midnight(on))) == "withhold JIM_MANDATE_INVALID"


BIRTHDAYS: Final = {
    ("2014-06-01", 12): "2026-06-01",
    ("2014-03-29", 12): "2026-03-29",
    ("2013-10-26", 12): "2025-10-26",
    ("2012-02-29", 12): "2024-02-29",
    ("2010-03-29", 16): "2026-03-29",
    ("2010-10-25", 16): "2026-10-25",
    ("2008-02-29", 16): "2024-02-29",
    ("2008-03-29", 18): "2026-03-29",
    ("2008-10-25", 18): "2026-10-25",
    ("2008-02-29", 18): "2026-03-01",
    ("2004-02-29", 18): "2022-03-01",
    ("2008-01-01", 18): "2026-01-01",
}


def grows(age: int, on: date) -> tuple[Json, str, str]:
    """A world on a birthday, and what is told before it and on it."""
    mother = {"person": "moeder"}
    if age == 12:
        own = base(on, 13, by={"person": "sem"}, purpose="own-access")
        return own, "review BEST_INTEREST", "release LB-20"
    if age == 16:
        world = base(on, 13, authority=[title()], consents=[yes(on)])
        return world, "withhold CONSENT_MISSING_AUTHORITY", "release LB-01"
    asks: Json = {"by": mother, "purpose": "exercise-authority", "capacity": [incapable(on=day(on, -40))]}
    return base(on, 13, authority=[title(verified_on=day(on, -5))], **asks), "release LB-06", "withhold NO_BASIS"


@pytest.mark.parametrize(("birth", "end"), BIRTHDAYS.items(), ids=str)
def test_a_birthday_begins_at_midnight(birth: tuple[str, int], end: str) -> None:
    on = date.fromisoformat(end)
    world, before, after = grows(birth[1], on)
    world["persons"] = [one | ({"born": birth[0]} if one["id"] == "sem" else {}) for one in world["persons"]]
    assert told(at(world, midnight(on).astimezone(UTC) - SECOND)) == before
    assert told(at(world, midnight(on))) == after
    if before.startswith("release"):
        assert ends(at(world, midnight(on).astimezone(UTC) - SECOND)) == midnight(on).isoformat()


CHECKED: Final = {"2026-02-27": "2026-03-30", "2026-09-25": "2026-10-26", "2024-01-30": "2024-03-01"}


@pytest.mark.parametrize(("verified", "end"), CHECKED.items())
def test_a_check_of_authority_counts_for_thirty_local_days(verified: str, end: str) -> None:
    on = date.fromisoformat(end)
    asks: Json = {"by": {"person": "moeder"}, "purpose": "exercise-authority"}
    world = base(on, 13, authority=[title(verified_on=f"{verified}T21:59:59Z")], **asks)
    assert told(at(world, midnight(on).astimezone(UTC) - SECOND)) == "release LB-06"
    assert told(at(world, midnight(on))) == "review AUTHORITY_UNVERIFIED"


TWICE: Final = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-03-29T01:59:59+01:00")


@pytest.mark.parametrize("moment", TWICE)
def test_the_hour_that_comes_twice_is_two_hours(moment: str) -> None:
    end = datetime.fromisoformat(moment)
    on = end.date()
    world = base(on, 16, consents=[yes(on, withdrawn_on=moment)])
    assert ends(at(world, end - SECOND)) == moment
    assert ends(at(world, end - timedelta(minutes=60))) == moment
    assert told(at(world, end)) == "withhold CONSENT_WITHDRAWN"
    assert told(at(world, end + timedelta(minutes=60))) == "withhold CONSENT_WITHDRAWN"


def test_an_hour_that_the_clock_skips_is_written_as_the_next() -> None:
    world = base(date(2026, 3, 29), 16, consents=[yes(date(2026, 3, 29), withdrawn_on="2026-03-29T02:30:00+01:00")])
    assert ends(asked(world, at="2026-03-29T01:59:59+01:00")) == "2026-03-29T03:30:00+02:00"


FOUR_HOURS: Final = {
    "2026-03-28T21:59:59+01:00": "2026-03-29T01:59:59+01:00",
    "2026-03-28T22:00:00+01:00": "2026-03-29T03:00:00+02:00",
    "2026-10-24T22:30:00+02:00": "2026-10-25T02:30:00+02:00",
    "2026-10-24T23:30:00+02:00": "2026-10-25T02:30:00+01:00",
    "2026-10-25T02:30:00+01:00": "2026-10-25T06:30:00+01:00",
    "2024-02-28T20:00:00.999999+01:00": "2024-02-29T00:00:00+01:00",
}


@pytest.mark.parametrize(("moment", "end"), FOUR_HOURS.items())
def test_an_emergency_lasts_four_elapsed_hours(moment: str, end: str) -> None:
    assert ends(emergency(moment)) == end


def test_a_birthday_in_the_four_hours_of_an_emergency_ends_it() -> None:
    on = date(2026, 3, 2)
    world = emergency("2026-03-01T22:00:00+01:00")
    world["persons"][0] = {"id": "sem", "born": "2010-03-02"}
    assert ends(world) == midnight(on).isoformat()


RULES: Final = {"2026-12-31T23:59:59+01:00": "2026-11", "2027-01-01": "2027-01", "2015-01-01": "2026-11"}


@pytest.mark.parametrize(("moment", "name"), RULES.items())
def test_a_rule_set_begins_at_midnight(moment: str, name: str) -> None:
    found = decided(asked(base(date(2026, 12, 31), 16), at=moment))
    assert found.rule_set == name
    assert (found.rule_set_status is None) == (name == "2026-11")


def moved(value: Any, days: int) -> Any:
    """The same JSON with every date and instant so many days later."""
    if isinstance(value, dict):
        return {key: moved(one, days) for key, one in value.items()}
    if isinstance(value, list):
        return [moved(one, days) for one in value]
    if isinstance(value, str) and value[:2] in {"19", "20"} and value[4:5] == "-":
        return (date.fromisoformat(value[:10]) + timedelta(days=days)).isoformat() + value[10:]
    return value


@pytest.mark.parametrize("basis", WORLDS)
def test_every_row_is_law_from_the_first_instant_of_the_jeugdwet(basis: str) -> None:
    first = date(2015, 1, 1)
    world = moved(world_of_basis(basis), (first - date(2026, 3, 2)).days)
    assert told(at(world, midnight(first))) == f"release {basis}"
