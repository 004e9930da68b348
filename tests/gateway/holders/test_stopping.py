"""A holder's stop switch: nothing of him leaves, at once, also of what was decided already; two persons lift it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from consent.store.holding import lock
from gateway.database.engine import write_transaction
from gateway.failpoints import Step
from gateway.holders.lifting import proposer
from gateway.registry.barred import bar, let_in_again
from gateway.sandbox.call import Answer
from tests.gateway.holders.world import STOP, Stage, stage_at
from tests.gateway.running import PERSON, Running, at_step
from tests.gateway.sources import Telling, element, instead
from tests.gateway.waiting import waits
from tests.gateway.worlds import YES

LIFT = f"{STOP}/lift"
CLOSE = "/api/v1/holder/crisis-set/close"
GOODS = [{"id": "c1", **YES}]


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    async with stage_at(tmp_path, database_url, consents=GOODS) as one:
        yield one


async def press(gateway: Running, path: str = STOP, by: str = "officer:ggz-west") -> Answer:
    return await gateway.call(by, "POST", path)


async def elements(stage: Stage) -> list[str]:
    answer = await stage.gateway.ask("anna", "sem", "coordinate-plan")
    return [] if answer.status == 403 else [each["id"] for each in json.loads(answer.body)["plan"]["elements"]]


async def test_after_a_stop_nothing_of_the_holder_leaves_and_what_others_have_does(stage: Stage) -> None:
    assert await elements(stage) == ["r1", "r2"]
    stopped = await press(stage.gateway)
    assert (stopped.status, json.loads(stopped.body)["stopped"]) == (200, True)
    assert await elements(stage) == ["r2"]


async def test_who_runs_the_gateway_hears_of_a_stop_and_of_its_end(tmp_path: Path) -> None:
    async with stage_at(tmp_path) as one:
        with capture_logs() as said:
            await press(one.gateway)
            await press(one.gateway, LIFT)
            await press(one.as_another_officer("ggz-west"), LIFT)
    told = [(each["event"], each["organisation"]) for each in said if each["event"].startswith("holder.")]
    assert told == [("holder.stopped", "ggz-west"), ("holder.goes_on", "ggz-west")]


@pytest.mark.parametrize("step", [Step.GATHERED, Step.ASKED, Step.FETCHED, Step.DECIDED, Step.ASSEMBLED])
async def test_a_stop_also_stops_a_request_on_its_way(tmp_path: Path, database_url: str, step: Step) -> None:
    async with stage_at(tmp_path, database_url, consents=GOODS) as one:

        async def stop() -> None:
            assert (await press(one.gateway)).status == 200

        one.gateway.change(at_step(step, stop))
        assert await elements(one) == ["r2"]


async def test_of_a_holder_who_stopped_nothing_is_even_asked(tmp_path: Path) -> None:
    heard: list[str] = []
    sources = Telling("ggz-west", [element("e1")], act=lambda: heard.append("ggz-west")), Telling("school-1")
    async with stage_at(tmp_path, change=instead(*sources), consents=GOODS) as one:
        assert await elements(one) == ["e1"]
        await press(one.gateway)
        assert await elements(one) == []
    assert heard == ["ggz-west"]


async def test_one_officer_does_not_lift_a_stop_however_often_he_asks(stage: Stage) -> None:
    await press(stage.gateway)
    for _ in range(2):
        answer = json.loads((await press(stage.gateway, LIFT)).body)
        assert (answer["stopped"], answer["lift_proposed"]) == (True, True)
    assert await elements(stage) == ["r2"]


async def test_two_officers_lift_a_stop(stage: Stage) -> None:
    await press(stage.gateway)
    await press(stage.gateway, LIFT)
    second = await press(stage.as_another_officer("ggz-west"), LIFT)
    assert json.loads(second.body)["stopped"] is False
    assert await elements(stage) == ["r1", "r2"]


async def test_what_an_officer_proposed_who_was_ended_since_lifts_no_stop(stage: Stage) -> None:
    await press(stage.gateway)
    await press(stage.gateway, LIFT)
    async with write_transaction(stage.gateway.gateway.engine) as connection:
        officer = str(await proposer(connection, "ggz-west"))
        await bar(connection, officer, "ggz-west", by="test", at="2026-11-25T09:00:00+01:00")
    told = json.loads((await press(stage.as_another_officer("ggz-west"), LIFT)).body)
    assert (told["stopped"], told["lift_proposed"]) == (True, True)


async def test_a_stop_ends_for_good_what_who_was_ended_had_proposed(stage: Stage) -> None:
    await press(stage.gateway)
    await press(stage.gateway, LIFT)
    async with write_transaction(stage.gateway.gateway.engine) as connection:
        officer = str(await proposer(connection, "ggz-west"))
        await bar(connection, officer, "ggz-west", by="test", at="2026-11-25T09:00:00+01:00")
    await press(stage.as_another_officer("ggz-west"))
    async with write_transaction(stage.gateway.gateway.engine) as connection:
        await let_in_again(connection, officer, "ggz-west", by="test")
    assert json.loads((await press(stage.as_another_officer("ggz-west"), LIFT)).body)["stopped"] is True


async def test_a_stop_after_a_proposal_needs_two_anew(stage: Stage) -> None:
    await press(stage.gateway)
    await press(stage.gateway, LIFT)
    await press(stage.gateway)
    assert json.loads((await press(stage.as_another_officer("ggz-west"), LIFT)).body)["stopped"] is True
    assert await elements(stage) == ["r2"]


async def test_a_lift_of_nothing_is_no_proposal(stage: Stage) -> None:
    await press(stage.gateway, LIFT)
    await press(stage.gateway)
    assert json.loads((await press(stage.as_another_officer("ggz-west"), LIFT)).body)["stopped"] is True


@pytest.mark.parametrize("by", ["chris", "anna", "sem", "officer"])
async def test_nobody_but_a_holders_officer_presses(tmp_path: Path, by: str) -> None:
    async with stage_at(tmp_path, consents=GOODS) as one:
        assert (await press(one.gateway, by=by)).status == 403
        assert (await press(one.gateway, LIFT, by=by)).status == 403
        assert await elements(one) == ["r1", "r2"]


async def test_an_officer_of_another_stops_his_own_only(tmp_path: Path) -> None:
    async with stage_at(tmp_path, consents=GOODS) as one:
        assert (await press(one.gateway, by="officer:team-noord")).status == 200
        assert await elements(one) == ["r1", "r2"]


async def test_a_stop_waits_for_what_is_being_committed(tmp_path: Path, postgres_url: str) -> None:
    """Whoever read the registry before the stop commits before the stop is acknowledged, or not at all."""
    async with stage_at(tmp_path, postgres_url, consents=GOODS) as one:
        committer = one.gateway.gateway.exchange.committer
        gathered = await committer.gather(PERSON, "sem", also=frozenset())
        async with write_transaction(committer.engine) as holding:
            assert await lock(holding, gathered.versions)
            pressing = asyncio.create_task(press(one.gateway))
            assert await waits(pressing, committer.engine)
        assert (await pressing).status == 200


async def test_that_it_was_pressed_and_tried_is_on_record(tmp_path: Path) -> None:
    async with stage_at(tmp_path, consents=GOODS) as one:
        await press(one.gateway)
        await press(one.gateway, by="chris")
        async with one.gateway.gateway.engine.connect() as connection:
            leaves = (await connection.execute(text("SELECT leaf FROM audit_event"))).scalars().all()
        changed = [json.loads(leaf) for leaf in leaves if json.loads(leaf)["kind"] == "config.changed"]
        told = [(leaf["organisation"], leaf["outcome"]) for leaf in changed]
    assert ("ggz-west", "ok") in told
    assert len(told) >= 2


async def version(stage: Stage) -> int:
    async with stage.gateway.gateway.engine.connect() as connection:
        return int((await connection.execute(text("SELECT max(version) FROM registry_fact"))).scalar_one())


@pytest.mark.parametrize(
    ("before", "again"),
    [([STOP], STOP), ([], LIFT), ([STOP], LIFT), ([STOP, LIFT], LIFT), ([STOP, LIFT], STOP), ([CLOSE], CLOSE)],
    ids=["stop", "lift-of-nothing", "lift-proposed", "lift-proposed-again", "stop-again", "crisis-set-closed"],
)
async def test_what_changes_nothing_has_no_exchange_begin_anew(tmp_path: Path, before: list[str], again: str) -> None:
    """Else one officer who presses on and on holds up everybody."""
    async with stage_at(tmp_path, consents=GOODS) as one:
        for path in before:
            await press(one.gateway, path)
        was = await version(one)
        assert (await press(one.gateway, again)).status == 200
        assert await version(one) == was


async def test_a_stop_that_was_lifted_is_one_again(stage: Stage) -> None:
    await press(stage.gateway)
    await press(stage.gateway)
    await press(stage.gateway, LIFT)
    await press(stage.as_another_officer("ggz-west"), LIFT)
    await press(stage.gateway)
    assert await elements(stage) == ["r2"]
