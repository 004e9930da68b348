"""A crisis service asks about Sem in an emergency: two holders opened their crisis set to it, and one did not."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.exchange import Exchange
from gateway.sandbox.call import Answer
from gateway.sandbox.credentials import Someone
from gateway.wiring import World
from schemas.words import Role
from tests.gateway.holders.world import Clock
from tests.gateway.notices.told import Told
from tests.gateway.running import Running, running
from tests.gateway.worlds import record, world

Json = dict[str, Any]
EMERGENCIES = "/api/v1/emergencies"
CRISIS_SET = "/api/v1/holder/crisis-set"
WHY = "Sem staat op het spoor en reageert niet op vragen van ons."
DECLARED: Json = {
    "reason_code": "suicide-risk",
    "text": WHY,
    "live_contact": True,
    "cannot_consent": True,
    "holder_unreachable": True,
}
START = datetime.fromisoformat("2026-11-23T02:00:00+01:00")
HOURS = timedelta(hours=1)
JUST_BEFORE = timedelta(milliseconds=1)


def crisis_world(**changes: Any) -> Json:
    """Return the small world with a crisis service, and records of its crisis set and of more than that."""
    bare = world()
    opted = [
        {"id": "ggz-west", "kind": "youth-mental-health", "emergency_opt_in": True},
        {"id": "school-1", "kind": "school", "emergency_opt_in": True},
    ]
    others = [each for each in bare["organisations"] if each["id"] not in {"ggz-west", "school-1"}]
    crisis = [{"id": name, "kind": "crisis-service"} for name in ("crisis-a", "crisis-b")]
    return world(
        organisations=[*others, *opted, {"id": "jeugd-oost", "kind": "youth-care"}, *crisis],
        professionals=[
            *bare["professionals"],
            {"id": "kris", "organisation": "crisis-a", "role": "crisis-worker"},
            {"id": "karl", "organisation": "crisis-a", "role": "crisis-worker"},
            {"id": "kees", "organisation": "crisis-b", "role": "crisis-worker"},
            {"id": "slap", "organisation": "crisis-a", "role": "crisis-worker", "trusted": False},
            {"id": "sanne", "organisation": "school-1", "role": "teacher"},
        ],
        records=[
            record("risk", category="risk"),
            record("medication", category="medication"),
            record("goals", category="goals"),
            record("at-school", holder="school-1", category="risk", regime="other"),
            record("old", category="identity", created_on="2026-01-10"),
            record("not-opened", holder="jeugd-oost", category="risk"),
        ],
        request={
            "at": START.isoformat(),
            "requester": {"professional": "kris"},
            "about": "sem",
            "purpose": "emergency",
            "categories": ["risk"],
        },
        **{"consents": [], **changes},
    )


@dataclass
class House(Told):
    """A gateway, its clock, and what the tests do at it."""

    clock: Clock = field(default_factory=lambda: Clock(START))

    async def pull(self, by: str = "kris", person: str = "sem", **more: Any) -> Answer:
        """Ask in an emergency; `declared` changes what is declared."""
        declared = {**DECLARED, **more.pop("declared", {})}
        told = {each: value for each, value in declared.items() if value is not None}
        return await self.gateway.ask(by, person, "emergency", **{"categories": ["risk"], "emergency": told} | more)

    async def opened(self, **more: Any) -> str:
        """Ask, and return the id where something was released."""
        answer = await self.pull(**more)
        assert answer.status == 200, answer.body
        return str(json.loads(answer.body)["request_id"])

    async def close(self, emergency: str, by: str) -> Answer:
        return await self.gateway.call(by, "POST", f"{EMERGENCIES}/{emergency}/close")

    async def listed(self, by: str) -> Json:
        answer = await self.gateway.call(by, "GET", EMERGENCIES)
        assert answer.status == 200, answer.body
        found: Json = json.loads(answer.body)
        return found

    async def events(self, kind: str, person: str = "sem") -> list[tuple[Json, Json]]:
        """Return the events of a kind about somebody: each leaf, and what is sealed in it."""
        return [each for each in await self.log_of(person) if each[0]["kind"] == kind]

    async def crisis_set(self, act: str, by: str = "administrator-of-jeugd-oost") -> Answer:
        return await self.gateway.call(by, "POST", f"{CRISIS_SET}/{act}")

    async def second_opens(self, organisation: str) -> Answer:
        return await self.crisis_set("open", by=f"second-administrator-of-{organisation}")

    def with_weak(self, who: str) -> "House":
        """Return the same gateway, at which `who` logged in weakly."""
        was = self.gateway.credentials.named(who)
        return self._as(replace(was, login=replace(was.login, trusted=False)))

    def in_another_role(self, who: str, role: Role) -> "House":
        """Return the same gateway, to which the login of `who` says another role."""
        was = self.gateway.credentials.named(who)
        return self._as(replace(was, login=replace(was.login, role=role)))

    def _as(self, someone: Someone) -> "House":
        one = self.gateway
        people = replace(one.credentials, people=(someone, *one.credentials.people))
        return House(Running(one.gateway, people, one.url, one.session, one.app), clock=self.clock)

    def passes(self, time: timedelta) -> None:
        self.clock.now += time


@asynccontextmanager
async def house_at(
    folder: Path,
    url: str | None = None,
    *,
    change: Callable[[World], World] = lambda world: world,
    exchange: Callable[[Exchange], Exchange] = lambda exchange: exchange,
    **changes: Any,
) -> AsyncIterator[House]:
    clock = Clock(START)

    def clocked(given: World) -> World:
        return change(replace(given, decided_at=clock))

    told = crisis_world(**changes)
    async with running(told, folder, database_url=url, change=clocked, exchange=exchange) as gateway:
        await gateway.gateway.notice_workers.close()
        yield House(gateway, clock=clock)


def elements(answer: Answer) -> list[str]:
    """Return what was released, sorted."""
    return [] if answer.status == 403 else sorted(each["id"] for each in json.loads(answer.body)["plan"]["elements"])
