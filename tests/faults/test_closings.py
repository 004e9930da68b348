"""Every way to close a fact counts from its acknowledgement on: between the last step and the commit, and under load.

Each closing of the table of the facts contract stands here once, in a world that it closes.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from consent.whose.allowed import ROWS
from gateway.api.facts_bodies import RECORDED
from gateway.database import write_transaction
from gateway.failpoints import Step
from gateway.sandbox.call import Answer
from tests.consent.make import authority, consent
from tests.faults.test_withdrawal import ASKERS, Change, careless, disclosures, kinds, sound
from tests.gateway.running import PERSON, PLAN, Running, at_step, running
from tests.properties.every_basis import world_of_basis

Json = dict[str, Any]
TEAM_HELPS: Json = {"id": "h1", "kind": "help", "about": "sem", "organisations": ["team"], "since": "2026-01-01"}
OWN_HELP: Json = {"id": "h2", "kind": "help", "about": "sem", "organisations": ["ggz"], "since": "2026-01-01"}
UNFIT: Json = {"person": "sem", "capable": False, "on": "2026-02-01", "reason": "onderzoek"}


@dataclass(frozen=True)
class Closing:
    """One end of the table: of which fact, by whom, and a world in which that fact alone lets an answer leave."""

    section: str
    field: str
    by: str
    basis: str
    world: Json | None = None
    kind: str = ""

    def made(self) -> Json:
        return world_of_basis(self.basis, **(self.world or {}))


CLOSINGS = [
    Closing("consents", "withdrawn_on", "sem", "LB-02"),
    Closing("authority", "disputed", "jan", "LB-06"),
    Closing("authority", "suspended_on", "jan", "LB-06"),
    Closing("authority", "until", "jan", "LB-06"),
    Closing("capacity", "objection", "sem", "LB-25", {"capacity": [UNFIT]}),
    Closing("orders", "ended_on", "jan", "LB-07"),
    Closing("assignments", "until", "jan", "LB-11"),
    Closing("involvements", "until", "chris", "LB-04", {"by": "chris", "involvements": [OWN_HELP]}, kind="help"),
    Closing("involvements", "left_by", "anna", "LB-04", kind="joint-help"),
    Closing("involvements", "objection_on", "sem", "LB-04", kind="joint-help"),
    Closing("referrals", "objection_on", "sem", "LB-26"),
    Closing("mandates", "youth_withdrew_on", "sem", "LB-27"),
    Closing("mandates", "until", "mentor:luus", "LB-27"),
    Closing("mandates", "suspended_on", "anna", "LB-27", {"involvements": [TEAM_HELPS]}),
    Closing("family", "until", "chris", "LB-18", kind="foster-parent"),
    Closing("family", "contact_denied", "sem", "LB-19", kind="family"),
    Closing("family", "until", "sem", "LB-19", kind="family"),
]
OTHERWISE = {
    ("refusals", "withdrawn_on"): "taking back a no opens",
    ("considered_wishes", "closed_on"): "a wish only turns a no into a review, and both are one answer",
}
ALL = pytest.mark.parametrize("closing", CLOSINGS, ids=lambda one: f"{one.kind or one.section}-{one.field}")


def test_every_closing_of_the_table_stands_here() -> None:
    kinds_of_family = {"help", "joint-help", "foster-parent", "family"}
    told = {(one.kind or one.section, one.field) for one in CLOSINGS}
    expected = {
        (row.kind if row.kind in kinds_of_family else row.section, each.field)
        for row in ROWS
        if row.section in RECORDED and row.kind != "replacement"
        for each in row.closings
    }
    assert told == expected - OTHERWISE.keys()


async def ask(gateway: Running, world: Json) -> Answer:
    request = world["request"]
    [(form, who)] = request["requester"].items()
    said = {name: request[name] for name in ("purpose", "categories", "question", "matter") if name in request}
    person = {"system": PERSON, "value": request["about"]}
    return await gateway.call(f"{form}:{who}", "POST", PLAN, {"person": person, **said})


async def fact_id(gateway: Running, section: str) -> str:
    """Return the id of the one fact of `section` that the world begins with; half of the kinds have none there."""
    committer = gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        family = await committer.facts.held(connection, "sem")
    return next(name for of, name in family.known if of == section)


async def close(gateway: Running, closing: Closing, fact: str) -> None:
    path = f"/api/v1/facts/{closing.section}/{fact}/close"
    answer = await gateway.call(closing.by, "POST", path, {"field": closing.field})
    assert answer.status == 201, answer.body


async def asked_while(
    folder: Path, database_url: str, closing: Closing, *, committer: Change = sound
) -> tuple[Answer, list[str]]:
    """Ask once, and have the fact closed right before the commit, acknowledged before it goes on."""
    gateway: Running
    world = closing.made()

    async def act() -> None:
        await close(gateway, closing, await fact_id(gateway, closing.section))

    def change(exchange: Any) -> Any:
        return at_step(Step.ASSEMBLED, act)(committer(exchange))

    async with running(world, folder, database_url=database_url, exchange=change) as gateway:
        answer = await ask(gateway, world)
        return answer, await kinds(gateway)


@ALL
async def test_what_is_closed_before_the_commit_is_honoured(
    closing: Closing, tmp_path: Path, database_url: str
) -> None:
    answer, log = await asked_while(tmp_path, database_url, closing)
    assert (answer.status, json.loads(answer.body)["type"]) == (403, "urn:schakel:problem:not-available")
    assert "exchange.disclosed" not in log


@ALL
async def test_a_committer_that_looks_at_no_version_is_caught(closing: Closing, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    answer, log = await asked_while(tmp_path, url, closing, committer=careless)
    assert answer.status == 200
    assert "exchange.disclosed" in log


@ALL
async def test_what_is_closed_while_requests_run_counts_at_once(closing: Closing, tmp_path: Path) -> None:
    world = closing.made()
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    closed, stop = asyncio.Event(), asyncio.Event()
    before: list[int] = []
    after: list[int] = []

    async def a_moment() -> None:
        await asyncio.sleep(0.01)

    slow: Callable[[Any], Any] = at_step(Step.ASSEMBLED, a_moment, times=10**6)
    async with running(world, tmp_path, database_url=url, exchange=slow) as gateway:

        async def asker() -> None:
            while not stop.is_set():
                began_after = closed.is_set()
                status = (await ask(gateway, world)).status
                (after if began_after else before).append(status)

        await ask(gateway, world)
        fact = await fact_id(gateway, closing.section)
        askers = [asyncio.create_task(asker()) for _ in range(ASKERS)]
        while len(before) < ASKERS:
            await asyncio.wait(askers, timeout=0.005)
        await close(gateway, closing, fact)
        closed.set()
        disclosed_at_once = await disclosures(gateway)
        while len(after) < ASKERS:
            await asyncio.wait(askers, timeout=0.005)
        stop.set()
        await asyncio.gather(*askers)
        assert (200 in before, set(after)) == (True, {403})
        assert (await kinds(gateway)).count("exchange.disclosed") == disclosed_at_once


async def test_an_authority_whose_end_closes_a_parents_yes_ends_it_at_once(tmp_path: Path, database_url: str) -> None:
    # Not the asker's own right, but the yes that rests on it.
    consents = [consent("sem"), consent("moeder")]
    world: Json = {"authority": [authority("moeder")], "consents": consents, "involvements": [TEAM_HELPS]}
    answer, _ = await asked_while(tmp_path, database_url, Closing("authority", "disputed", "anna", "LB-01", world))
    assert answer.status == 403
