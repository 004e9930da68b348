"""Deciding a random world, and what of it was released."""

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from hypothesis import HealthCheck, settings

from consent.decide import decide
from consent.decision import ElementDecision
from consent.world.file import world_of
from schemas.calendar import parse_moment
from schemas.words import Result
from tests.thoroughness import examples

Json = dict[str, Any]
WORLDS: Final = settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
AT: Final = "2026-03-02T10:00:00+01:00"


def elements(world: Json, at: datetime | None = None) -> dict[str, ElementDecision]:
    """Decide the one request of a world, at another moment if so."""
    found = world_of(world)
    [request] = found.requests
    return dict(decide(request, found.facts, at or request.at).elements)


def released(world: Json, at: datetime | None = None) -> dict[str, ElementDecision]:
    """Return what is released."""
    return {name: one for name, one in elements(world, at).items() if one.result is Result.RELEASE}


def changed(world: Json, section: str, change: Callable[[Json], Json]) -> Json:
    """Return the world with each entry of a section changed."""
    return world | {section: [change(copy.deepcopy(one)) for one in world.get(section, [])]}


def without(world: Json, section: str, unwanted: Callable[[Json], bool]) -> Json:
    """Return the world without some entries of a section."""
    return world | {section: [one for one in world.get(section, []) if not unwanted(one)]}


def asked(world: Json, **more: Any) -> Json:
    """Return the world with another request."""
    return world | {"request": world["request"] | more}


def instant(text: str) -> datetime:
    """Return the moment that a date of a world names."""
    return parse_moment(text)
