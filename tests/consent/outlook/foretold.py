"""Worlds whose forecast is looked at, and what became of their one record at an instant."""

from datetime import datetime, timedelta
from typing import Any

from consent.decide import decide
from consent.outlook.forecast import Ahead, forecast
from schemas.calendar import parse_moment
from tests.consent.make import AT, authority, consent, world
from tests.consent.make import read as read_world

SECOND = timedelta(seconds=1)
BOTH = [authority("moeder"), authority("vader")]
OLD = {"created_on": "2024-01-01"}


def yes(*, record: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return world(age=16 if record is None else 17, consents=[consent("sem", **more)], record=record)


def ahead(value: dict[str, Any], *, at: str = AT, until: str = "2029-01-01") -> tuple[Ahead, ...]:
    return forecast(read_world(value).facts, parse_moment(at), until=parse_moment(until))


def became(value: dict[str, Any], at: datetime) -> str:
    found = read_world(value)
    one = decide(found.requests[0], found.facts, at).elements["r1"]
    return f"{one.result} {one.reason or one.basis}"
