"""A board asks about Sem: his holder, who helps him, has to decide, and so has a school that helps nobody."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.exchange import Exchange
from gateway.identity.builtin_provider import Login
from gateway.sandbox.call import Answer
from gateway.sandbox.credentials import Someone
from gateway.wiring import World
from tests.gateway.log.office import indexed
from tests.gateway.running import Running, running
from tests.gateway.worlds import world

INQUIRY = "child-protection-inquiry"
QUESTIONS = "/api/v1/holder/questions"
DECISIONS = "/api/v1/holder/decisions"
STOP = "/api/v1/holder/stop"
WHY = "Het helpt de raad om te zien waar hij aan werkt."


def asked_world(**changes: Any) -> dict[str, Any]:
    base = world()
    return world(
        organisations=[
            *base["organisations"],
            *({"id": name, "kind": "child-protection-board"} for name in ("raad", "raad-oost")),
        ],
        professionals=[
            *base["professionals"],
            {"id": "cora", "organisation": "ggz-west", "role": "therapist"},
            {"id": "weak", "organisation": "ggz-west", "role": "therapist", "trusted": False},
            {"id": "sanne", "organisation": "school-1", "role": "teacher"},
            {"id": "bo", "organisation": "raad", "role": "board-investigator"},
            {"id": "bas", "organisation": "raad", "role": "board-investigator"},
            {"id": "bep", "organisation": "raad-oost", "role": "board-investigator"},
        ],
        involvements=[
            {"id": "h1", "kind": "help", "since": "2026-01-01", "about": "sem", "organisations": ["ggz-west"]}
        ],
        request={
            "at": "2026-11-23T10:00:00+01:00",
            "requester": {"professional": "bo"},
            "about": "sem",
            "purpose": INQUIRY,
            "categories": "all",
        },
        **{"consents": [], **changes},
    )


@dataclass
class Clock:
    """The clock of decisions, which the test moves."""

    now: datetime

    def __call__(self, _real: datetime) -> datetime:
        return self.now


@dataclass
class Stage:
    """A gateway, and what the tests do at it."""

    gateway: Running
    clock: Clock

    async def ask(self, *categories: str, by: str = "bo", person: str = "sem", **more: Any) -> Answer:
        wanted = list(categories) or ["goals"]
        return await self.gateway.ask(by, person, more.pop("purpose", INQUIRY), categories=wanted, **more)

    async def inbox(self, who: str) -> list[dict[str, Any]]:
        """Return what waits in the inbox of `who` once the log is followed."""
        await indexed(self.gateway)
        answer = await self.gateway.call(who, "GET", QUESTIONS)
        assert answer.status == 200, answer.body
        questions: list[dict[str, Any]] = json.loads(answer.body)["questions"]
        return questions

    async def decide(self, question: str, *, by: str = "chris", approved: bool = True, **more: Any) -> Answer:
        self.clock.now += timedelta(minutes=1)
        body = {"approved": approved, "reason": WHY, **more}
        return await self.gateway.call(by, "POST", f"{QUESTIONS}/{question}/decision", body)

    async def tell(self, *, by: str = "chris", approved: bool = True, **more: Any) -> Answer:
        self.clock.now += timedelta(minutes=1)
        body = {"about": "sem", "asker": {"organisation": "raad"}, "purpose": INQUIRY, "reason": WHY, **more}
        return await self.gateway.call(by, "POST", DECISIONS, {"approved": approved, **body})

    async def reasons(self, answer: Answer, holder: str = "ggz-west") -> set[str | None]:
        """Return what the gateway's officer sees of why `holder` gave what it gave."""
        view = await self.seen("officer", json.loads(answer.body)["request_id"])
        return {each["reason"] for each in (*view["elements"], *view["not_asked"]) if each["holder"] == holder}

    async def seen(self, officer: str, request_id: str) -> dict[str, Any]:
        answer = await self.gateway.call(officer, "GET", f"/api/v1/decisions/{request_id}")
        assert answer.status == 200, answer.body
        view: dict[str, Any] = json.loads(answer.body)
        return view

    def as_another_officer(self, organisation: str) -> Running:
        """Return the same gateway with another officer behind `officer:ORGANISATION`."""
        return self.as_somebody(organisation, Login(form="officer", id=f"second-of-{organisation}"))

    def as_somebody(self, organisation: str, login: Login) -> Running:
        """Return the same gateway where who logs in so at `organisation` is its first."""
        one = self.gateway
        someone = Someone(organisation=organisation, login=login)
        people = replace(one.credentials, people=(someone, *one.credentials.people))
        return Running(one.gateway, people, one.url, one.session, one.app)


@asynccontextmanager
async def stage_at(
    folder: Path,
    url: str | None = None,
    *,
    change: Callable[[World], World] = lambda world: world,
    exchange: Callable[[Exchange], Exchange] = lambda exchange: exchange,
    **changes: Any,
) -> AsyncIterator[Stage]:
    clock = Clock(datetime.fromisoformat("2026-11-23T10:00:00+01:00"))

    def clocked(given: World) -> World:
        return change(replace(given, decided_at=clock))

    told = asked_world(**changes)
    async with running(told, folder, database_url=url, change=clocked, exchange=exchange) as gateway:
        yield Stage(gateway, clock)


async def waiting(stage: Stage, *categories: str) -> str:
    """Ask, and return the id of the question that waits for the holder now."""
    assert (await stage.ask(*categories)).status == 403
    [question] = await stage.inbox("chris")
    name: str = question["id"]
    return name
