"""What is taken away counts from its acknowledgement on: promise I2, between every two steps and while requests run."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from audit.prepared import Prepared
from audit.read import entries
from audit.receipt import Receipt
from audit.tables import audit_event
from consent.known.family import Versions
from gateway.committing.commit import Committer
from gateway.committing.keeping import NO_FACTS
from gateway.exchange import Exchange
from gateway.failpoints import Step
from gateway.sandbox.call import Answer
from tests.gateway.log.followers import placed
from tests.gateway.running import Running, at_step, running
from tests.gateway.worlds import world


@dataclass(frozen=True)
class Said:
    """What Sem says about his records, and where."""

    path: str
    body: dict[str, Any]


WITHDRAWAL = Said("consents/c1/close", {})
REFUSAL = Said("refusals", {"about": "sem", "recipients": ["team-noord"]})
SOMETHING_ELSE = Said("refusals", {"about": "sem", "recipients": ["politie"]})
ASKERS = 6
TRIES = 10

Change = Callable[[Exchange], Exchange]


class Careless(Committer):
    """The broken twin: it keeps the event, and looks at no version."""

    async def commit(self, event: Prepared, versions: Versions, **_: Any) -> Receipt | None:  # noqa: ARG002 - so it breaks
        return await super().commit(event, NO_FACTS)


def careless(exchange: Exchange) -> Exchange:
    committer = exchange.committer
    twin = Careless(committer.engine, committer.facts, committer.log, committer.sealer)
    return replace(exchange, committer=twin)


def sound(exchange: Exchange) -> Exchange:
    return exchange


async def acknowledged(gateway: Running, said: Said) -> None:
    answer = await gateway.call("sem", "POST", f"/api/v1/facts/{said.path}", said.body)
    assert answer.status == 201, answer.body


async def asked_while(  # noqa: PLR0913 - what is said, when, how often, and to whom
    folder: Path, database_url: str, said: Said, *, step: Step, committer: Change = sound, times: int = 1
) -> tuple[Answer, list[str]]:
    """Ask once, and have Sem say something at `step`, acknowledged before it goes on; also return the log's kinds."""
    gateway: Running

    async def act() -> None:
        await acknowledged(gateway, said)

    def change(exchange: Exchange) -> Exchange:
        return at_step(step, act, times=times)(committer(exchange))

    async with running(world(), folder, database_url=database_url, exchange=change) as gateway:
        answer = await gateway.ask("anna", "sem", "coordinate-plan")
        return answer, await kinds(gateway)


async def kinds(gateway: Running) -> list[str]:
    """Return the kind of every event, in the order of the tree."""
    await placed(gateway)
    async with gateway.gateway.engine.connect() as connection:
        return [orjson.loads(each.leaf)["kind"] async for each in entries(connection, since=0, size=10**6)]


BETWEEN = [Step.GATHERED, Step.ASKED, Step.FETCHED, Step.MAPPED, Step.DECIDED, Step.ASSEMBLED]


@pytest.mark.parametrize("said", [WITHDRAWAL, REFUSAL], ids=["a withdrawal", "a new refusal"])
async def test_what_is_said_before_the_commit_is_honoured(said: Said, tmp_path: Path, database_url: str) -> None:
    answer, log = await asked_while(tmp_path, database_url, said, step=Step.ASSEMBLED)
    assert answer.status == 403
    assert "exchange.disclosed" not in log


@pytest.mark.parametrize("step", BETWEEN)
async def test_so_it_is_between_every_two_steps_that_stand_on_the_facts(step: Step, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    answer, log = await asked_while(tmp_path, url, WITHDRAWAL, step=step)
    assert answer.status == 403
    assert "exchange.disclosed" not in log


@pytest.mark.parametrize("said", [WITHDRAWAL, REFUSAL], ids=["a withdrawal", "a new refusal"])
async def test_a_committer_that_looks_at_no_version_is_caught(said: Said, tmp_path: Path, database_url: str) -> None:
    answer, log = await asked_while(tmp_path, database_url, said, step=Step.ASSEMBLED, committer=careless)
    assert answer.status == 200
    assert "exchange.disclosed" in log


async def test_facts_that_move_twice_are_judged_a_third_time(tmp_path: Path, database_url: str) -> None:
    answer, log = await asked_while(tmp_path, database_url, SOMETHING_ELSE, step=Step.ASSEMBLED, times=2)
    assert answer.status == 200
    assert log.count("exchange.disclosed") == 1


async def test_facts_that_move_three_times_are_503_and_nothing_leaves(tmp_path: Path, database_url: str) -> None:
    answer, log = await asked_while(tmp_path, database_url, SOMETHING_ELSE, step=Step.ASSEMBLED, times=3)
    assert answer.status == 503
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:facts-moved"
    assert not {"exchange.disclosed", "exchange.delivered"} & set(log)


@dataclass
class Run:
    """What became of requests that began before and after an acknowledgement, and of the log."""

    before: list[Answer]
    after: list[Answer]
    log: list[str]
    disclosed_at_once: int
    """How many disclosures stood in the database right after the acknowledgement."""

    @property
    def disclosed_late(self) -> bool:
        """Say whether a disclosure was committed after the acknowledgement."""
        return self.log.count("exchange.disclosed") > self.disclosed_at_once

    @property
    def disclosed_behind(self) -> bool:
        """Say whether a disclosure stands in the tree behind what took its ground away."""
        taken = next(place for place, kind in enumerate(self.log) if kind in {"consent.withdrawn", "consent.refused"})
        return "exchange.disclosed" in self.log[taken:]


async def run_while_withdrawn(folder: Path, database_url: str, said: Said, committer: Change = sound) -> Run:
    """Let many ask all the time while Sem takes his yes away."""
    taken, stop = asyncio.Event(), asyncio.Event()
    before: list[Answer] = []
    after: list[Answer] = []

    async def a_moment() -> None:
        await asyncio.sleep(0.01)

    def change(exchange: Exchange) -> Exchange:
        return at_step(Step.ASSEMBLED, a_moment, times=10**6)(committer(exchange))

    async with running(world(), folder, database_url=database_url, exchange=change) as gateway:

        async def asker() -> None:
            while not stop.is_set():
                began_after = taken.is_set()
                answer = await gateway.ask("anna", "sem", "coordinate-plan")
                (after if began_after else before).append(answer)

        await gateway.ask("anna", "sem", "coordinate-plan")
        askers = [asyncio.create_task(asker()) for _ in range(ASKERS)]
        while len(before) < 2 * ASKERS:
            await asyncio.wait(askers, timeout=0.005)
        await acknowledged(gateway, said)
        taken.set()
        disclosed_at_once = await disclosures(gateway)
        while len(after) < 2 * ASKERS:
            await asyncio.wait(askers, timeout=0.005)
        stop.set()
        await asyncio.gather(*askers)
        return Run(before, after, await kinds(gateway), disclosed_at_once)


async def disclosures(gateway: Running) -> int:
    async with gateway.gateway.engine.connect() as connection:
        leaves = (await connection.execute(select(audit_event.c.leaf))).scalars()
        return sum(orjson.loads(leaf)["kind"] == "exchange.disclosed" for leaf in leaves)


@pytest.mark.parametrize("said", [WITHDRAWAL, REFUSAL], ids=["a withdrawal", "a new refusal"])
async def test_what_is_taken_away_while_requests_run_counts_at_once(
    said: Said, tmp_path: Path, database_url: str
) -> None:
    run = await run_while_withdrawn(tmp_path, database_url, said)
    assert 200 in {each.status for each in run.before}
    assert {each.status for each in run.after} == {403}
    assert not run.disclosed_late
    # On SQLite the order of the tree is that of the commits.
    assert database_url.startswith("postgresql") or not run.disclosed_behind


async def test_a_careless_committer_is_caught_while_requests_run(tmp_path: Path) -> None:
    # Whether somebody stood right before his commit is chance, so it is tried again until somebody did.
    for attempt in range(TRIES):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        url = f"sqlite+aiosqlite:///{folder / 'schakel.db'}"
        if (await run_while_withdrawn(folder, url, WITHDRAWAL, careless)).disclosed_late:
            return
    pytest.fail("a committer without the check of versions was not noticed")
