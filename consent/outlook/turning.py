"""The first instant ahead at which anything that is read of facts may be otherwise, by the clock alone. Pure.

Every term of the law, every birthday and every rule set begins with a day (decision contract, 2, 5.6 and 7), so within
a day only what a fact says itself begins or ends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from consent.ends import day_after_days, first_ahead
from consent.facts import SHARED, Facts


def next_turn(facts: Facts, at: datetime) -> datetime:
    """Return the next midnight, or the first instant before it that a fact says."""
    said = (each for section in SHARED for each in facts.made_of(section, _instants))
    return first_ahead(at, day_after_days(at, 0), *said)


def _instants(entries: Iterable[Any]) -> tuple[datetime, ...]:
    return tuple(each for one in entries for each in _said(one))


def _said(one: Any) -> Iterator[datetime]:
    for field in fields(one):
        said = getattr(one, field.name)
        if isinstance(said, datetime):
            yield said
        elif field.name == "parent_agreements":
            yield from _instants(said)
