"""A birthday, or the end of a title, comes while something is read: who could read it a moment ago reads it no more."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.fact_store import FactStore
from gateway.api.log.own import PATH as OWN_LOG
from gateway.app import create_app
from gateway.sandbox.call import Answer
from tests.gateway.running import Running, running
from tests.gateway.test_birthdays import BIRTHDAYS, world

Json = dict[str, Any]
PERSON = "/api/v1/persons/kind"
CHILD = world(BIRTHDAYS["12"])
YOUTH = world(BIRTHDAYS["16"])
HELPED = {"id": "h1", "kind": "help", "about": "kind", "organisations": ["ggz-west"], "since": "2026-01-02"}


@dataclass
class Passing:
    """The clock of decisions: `instant` comes as the database's clock is read for the last of `reads` times."""

    instant: str
    reads: int

    def __call__(self, _: datetime) -> datetime:
        instant = datetime.fromisoformat(self.instant).astimezone(UTC)
        return instant - timedelta(seconds=1) if self.reads > 0 else instant


@dataclass(frozen=True)
class Door:
    """Something about the child that is read until `instant`: how it is asked for, and who reads it."""

    world: Json
    instant: str
    ask: Callable[[Running], Awaitable[Answer]]
    reads: int = 1
    """How often the clock is read until what was read is kept."""


def got(path: str, who: str = "moeder") -> Callable[[Running], Awaitable[Answer]]:
    return lambda one: one.call(who, "GET", path)


async def _report(one: Running) -> Answer:
    answer = await one.call("officer", "POST", "/api/v1/log/access-report", {"person": "kind", "reader": "moeder"})
    assert answer.status == 200
    return replace(answer, status=200 if json.loads(answer.body)["may_receive"] else 403)


def _ends_at_noon(told: Json) -> Json:
    [authority] = told["authority"]
    return {**told, "authority": [{**authority, "until": "2026-05-01T12:00:00+02:00"}]}


NOON = "2026-05-01T12:00:00+02:00"
TWELVE, SIXTEEN = BIRTHDAYS["12"].midnight, BIRTHDAYS["16"].midnight
LOG_OF_THE_CHILD = f"{OWN_LOG}?person=kind"
DOORS = {
    "who may see, at 12": Door(CHILD, TWELVE, got(f"{PERSON}/who-may-see")),
    "who may see, at the end of authority": Door(_ends_at_noon(CHILD), NOON, got(f"{PERSON}/who-may-see")),
    "the forecast, at 12": Door(CHILD, TWELVE, got(f"{PERSON}/forecast")),
    "the forecast, at the end of authority": Door(_ends_at_noon(CHILD), NOON, got(f"{PERSON}/forecast")),
    "the log, at 16": Door(YOUTH, SIXTEEN, got(LOG_OF_THE_CHILD)),
    "the log, at the end of authority": Door(_ends_at_noon(CHILD), NOON, got(LOG_OF_THE_CHILD)),
    "the access report, at 16": Door(YOUTH, SIXTEEN, _report),
    "the access report, at the end of authority": Door(_ends_at_noon(CHILD), NOON, _report),
    "the facts, at 16": Door(YOUTH, SIXTEEN, got(f"{PERSON}/facts"), reads=2),
    "the facts, at the end of authority": Door(_ends_at_noon(CHILD), NOON, got(f"{PERSON}/facts"), reads=2),
}


def living_by(gateway: Running, clock: Callable[[datetime], datetime]) -> None:
    """Have everything that shows something about a person live by `clock`."""
    whole = gateway.gateway
    whole.outlook = replace(whole.outlook, decided_at=clock)
    whole.own_view = replace(whole.own_view, decided_at=clock)
    whole.access_reports = replace(whole.access_reports, decided_at=clock)
    whole.facts_desk = replace(whole.facts_desk, decided_at=clock)
    gateway.app = create_app(whole)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
async def test_what_was_read_until_now_is_not_read_once_more(
    door: Door, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = Passing(door.instant, door.reads)
    clock = FactStore.clock

    async def read(self: FactStore, connection: AsyncConnection) -> datetime:
        passing.reads -= 1
        return await clock(self, connection)

    async with running({**door.world, "involvements": [HELPED]}, tmp_path, database_url=database_url) as gateway:
        still = datetime.fromisoformat(door.instant).astimezone(UTC) - timedelta(seconds=1)
        living_by(gateway, lambda _: still)
        assert (await door.ask(gateway)).status == 200
        living_by(gateway, passing)
        monkeypatch.setattr(FactStore, "clock", read)
        assert (await door.ask(gateway)).status == 403
        assert passing.reads <= 0
