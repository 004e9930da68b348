"""While the registry moves an exchange goes on where all that it rests on stands, and begins anew where it does not.

Who is known and who is not are answered alike: whoever can move the registry learns nothing.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.known.family import Versions
from consent.store.holding import lock_family
from consent.store.recording import register
from gateway.committing import commit
from gateway.database.engine import write_transaction
from gateway.failpoints import Step
from gateway.replay.replays import Result
from gateway.sandbox.call import Answer
from tests.gateway.administering.house import leaves, told, under_supervision
from tests.gateway.administering.test_replacing import STANDS_IN, recorded
from tests.gateway.emergency.house import elements, house_at
from tests.gateway.holders.world import stage_at
from tests.gateway.running import Running, running
from tests.gateway.sources import spies
from tests.gateway.waiting import somebody_waits

Json = dict[str, Any]
Act = Callable[[], Awaitable[None]]
Row = tuple[str, Json]

NEWCOMER: Final = ("professionals", {"id": "nieuw", "organisation": "ggz-west", "role": "therapist"})
OF_OTHERS: Final[dict[str, Row]] = {
    "first-login": NEWCOMER,
    "first-login-of-a-colleague": ("professionals", {"id": "gerda", "organisation": "gi", "role": "family-guardian"}),
    "another-role": ("professionals", {"id": "piet", "role": "manager"}),
    "replacement": (
        "involvements",
        {"id": "v9", "kind": "replacement", "since": "2026-11-01", "professional": "gea", "replaces": "chris"},
    ),
    "organisation": ("organisations", {"id": "verweg", "kind": "youth-care"}),
    "kind": ("organisations", {"id": "gi-2", "kind": "other"}),
}
STOP: Final = ("stops", {"id": "ggz-west", "stopped": True})
CLOSING: Final[dict[str, Row]] = {
    "organisation": ("organisations", {"id": "gi", "kind": "school"}),
    "replacement": ("involvements", {"id": "v1", "until": "2026-11-20"}),
    "stop": STOP,
}
"""What closes the request of `geert`, who stands in for the worker of an order, for a record of `ggz-west`."""
OF_ITS_OWN: Final[dict[str, Row]] = {
    "asker": ("professionals", {"id": "geert", "organisation": "gi-2"}),
    "whom-he-replaces": ("professionals", {"id": "gijs", "organisation": "gi-2"}),
    "another-replacement": (
        "involvements",
        {"id": "v2", "kind": "replacement", "since": "2026-11-01", "professional": "geert", "replaces": "gea"},
    ),
    "holder": ("organisations", {"id": "ggz-west", "emergency_opt_in": True}),
    "its-name": ("organisations", {"id": "ggz-west", "name": "GGZ West"}),
    "stop-of-another": ("stops", {"id": "gi-2", "stopped": True}),
}
"""What changes something that this request took from the registry, and nothing of what comes of it."""


@dataclass
class House:
    """A gateway at which `geert` stands in for a worker, and what happens `at` a step of the requests, once each."""

    gateway: Running
    asked: Callable[[], int]
    at: dict[Step, list[Act]] = field(default_factory=dict)

    async def ask(self, who: str = "geert", person: str = "sem") -> Answer:
        more = {"categories": ["goals"], "question": "Wat loopt er?"}
        return await self.gateway.ask(who, person, "supervision-order", **more)

    def saying(self, *rows: Row) -> Act:
        async def say() -> None:
            committer = self.gateway.gateway.exchange.committer
            async with write_transaction(committer.engine) as connection:
                await register(connection, committer.facts, list(rows))

        return say

    async def reached(self, step: Step) -> None:
        left = self.at.get(step, [])
        if left:
            await left.pop(0)()


@asynccontextmanager
async def house(folder: Path, url: str | None) -> AsyncIterator[House]:
    heard: dict[str, Any] = {}

    def spied(world: Any) -> Any:
        changed, found = spies(world)
        heard.update(found)
        return changed

    stands_in = {"id": "v1", "kind": "replacement", "since": "2026-11-01", **STANDS_IN}
    async with running(under_supervision(involvements=[stands_in]), folder, database_url=url, change=spied) as gateway:
        one = House(gateway, lambda: len(heard["ggz-west"].permits))
        gateway.change(lambda exchange: replace(exchange, reached=one.reached))
        yield one


@pytest.mark.parametrize("row", OF_OTHERS.values(), ids=OF_OTHERS)
@pytest.mark.parametrize("step", [Step.ASKED, Step.FETCHED, Step.ASSEMBLED])
async def test_what_is_registered_of_somebody_else_holds_nobody_up(
    tmp_path: Path, database_url: str, step: Step, row: Row
) -> None:
    async with house(tmp_path, database_url) as one:
        one.at = {step: [one.saying(row)]}
        answer = await one.ask()
        assert (answer.status, one.asked()) == (200, 1)


@pytest.mark.parametrize("row", CLOSING.values(), ids=CLOSING)
@pytest.mark.parametrize("step", [Step.ASKED, Step.FETCHED, Step.ASSEMBLED])
async def test_what_closes_something_that_it_rests_on_has_it_begin_anew_and_refused(
    tmp_path: Path, database_url: str, step: Step, row: Row
) -> None:
    async with house(tmp_path, database_url) as one:
        one.at = {step: [one.saying(row)]}
        assert (await one.ask()).status == 403
        assert await leaves(one.gateway, "exchange.disclosed") == []
        # Nobody is asked a second time for what may not be released any more.
        assert (one.asked(), one.at) == (1, {step: []})


@pytest.mark.parametrize("row", OF_ITS_OWN.values(), ids=OF_ITS_OWN)
async def test_whatever_else_it_took_from_the_registry_has_it_begin_anew(
    tmp_path: Path, database_url: str, row: Row
) -> None:
    async with house(tmp_path, database_url) as one:
        one.at = {Step.ASSEMBLED: [one.saying(row)]}
        assert ((await one.ask()).status, one.asked()) == (200, 2)


async def test_who_decided_for_a_holder_and_is_his_no_more_opens_nothing(tmp_path: Path, database_url: str) -> None:
    async with stage_at(tmp_path, database_url) as stage:
        assert (await stage.tell(categories=["goals"])).status == 201
        assert (await stage.ask()).status == 200
        one = House(stage.gateway, lambda: 0)
        one.at = {Step.ASSEMBLED: [one.saying(("professionals", {"id": "chris", "organisation": "school-1"}))]}
        stage.gateway.change(lambda exchange: replace(exchange, reached=one.reached))
        assert (await stage.ask()).status == 403


async def test_what_closes_counts_also_behind_what_is_of_somebody_else(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as one:
        one.at = {Step.FETCHED: [one.saying(NEWCOMER)], Step.ASSEMBLED: [one.saying(CLOSING["replacement"])]}
        assert (await one.ask()).status == 403
        assert await leaves(one.gateway, "exchange.disclosed") == []


async def test_however_much_is_registered_of_others_it_is_one_attempt(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as one:
        one.at = {
            Step.ASKED: [one.saying(OF_OTHERS["another-role"])],
            Step.FETCHED: [one.saying(NEWCOMER)],
            Step.ASSEMBLED: [one.saying(OF_OTHERS["organisation"], OF_OTHERS["replacement"])],
        }
        answer = await one.ask()
        assert (answer.status, one.asked()) == (200, 1)


async def test_a_fact_that_moved_beside_the_registry_has_it_begin_anew(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as one:

        async def end() -> None:
            await one.saying(NEWCOMER)()
            ended = await told(one.gateway, "orders/ots/close", {"field": "ended_on"}, by="gijs")
            assert ended.status == 201, ended.body

        one.at = {Step.ASSEMBLED: [end]}
        assert (await one.ask()).status == 403


async def test_what_was_decided_by_the_registry_of_before_is_decided_again_the_same(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as one:
        one.at = {Step.ASSEMBLED: [one.saying(NEWCOMER, OF_OTHERS["another-role"])]}
        request_id = json.loads((await one.ask()).body)["request_id"]
        again = await one.gateway.gateway.replays.again(request_id)
        assert again is not None
        assert (again.event.result, again.store.result) == (Result.SAME, Result.SAME)


async def test_an_emergency_goes_on_too_and_is_opened_once(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as crisis:
        one = House(crisis.gateway, lambda: 0)
        one.at = {Step.ASSEMBLED: [one.saying(NEWCOMER)]}
        crisis.gateway.change(lambda exchange: replace(exchange, reached=one.reached))
        assert elements(await crisis.pull()) == ["at-school", "risk"]
        assert await leaves(crisis.gateway, "exchange.denied") == []
        assert len(await crisis.events("emergency.opened")) == 2


@pytest.mark.parametrize(("rows", "status"), [([NEWCOMER], 200), ([CLOSING["replacement"]], 403), ([STOP], 403)])
async def test_what_is_registered_while_it_commits_counts_as_it_stands_then(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, rows: list[Row], status: int
) -> None:
    """One row before it looks at the versions, and another between that look and the registry's rows."""
    async with house(tmp_path, postgres_url) as one:
        one.at = {Step.ASSEMBLED: [one.saying(OF_OTHERS["another-role"])]}
        second = [one.saying(*rows)]

        async def locked(connection: AsyncConnection, versions: Versions) -> int | None:
            version = await lock_family(connection, versions)
            if second:
                await second.pop()()
            return version

        monkeypatch.setattr(commit, "lock_family", locked)
        assert ((await one.ask()).status, second) == (status, [])


async def test_what_closes_waits_for_the_event_that_goes_on_without_it(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is told that it is closed is told so behind the commit of all that still rested on it."""
    async with house(tmp_path, postgres_url) as one:
        replacement = await recorded(one.gateway)
        await told(one.gateway, "replacements/v1/close", {})
        engine = one.gateway.gateway.engine
        closing: list[asyncio.Task[Answer]] = []

        async def locked(connection: AsyncConnection, versions: Versions) -> int | None:
            version = await lock_family(connection, versions)
            if not closing:
                closing.append(asyncio.create_task(told(one.gateway, f"replacements/{replacement}/close", {})))
                await somebody_waits(engine)
            return version

        one.at = {Step.ASSEMBLED: [one.saying(NEWCOMER)]}
        monkeypatch.setattr(commit, "lock_family", locked)
        assert (await one.ask()).status == 200
        assert (await closing[0]).status == 201
        assert (await one.ask()).status == 403


@pytest.mark.parametrize(("times", "status"), [(1, 403), (3, 503)])
@pytest.mark.parametrize("person", ["sem", "niemand"])
async def test_who_is_known_is_not_told_by_having_to_ask_again(
    tmp_path: Path, database_url: str, person: str, times: int, status: int
) -> None:
    async with house(tmp_path, database_url) as one:
        turns = [one.saying(("stops", {"id": "school-1", "stopped": n % 2 == 0})) for n in range(times)]
        one.at = {Step.ASSEMBLED: list(turns)}
        answer = await one.ask("piet", person)
        assert (answer.status, one.at) == (status, {Step.ASSEMBLED: []})


@pytest.mark.parametrize("person", ["sem", "niemand"])
async def test_nor_by_not_having_to(tmp_path: Path, database_url: str, person: str) -> None:
    async with house(tmp_path, database_url) as one:
        judged: list[None] = []

        async def move() -> None:
            judged.append(None)
            await one.saying(NEWCOMER if len(judged) == 1 else OF_OTHERS["another-role"])()

        one.at = {Step.ASSEMBLED: [move, move]}
        assert ((await one.ask("chris", person)).status, len(judged)) == (403, 1)
