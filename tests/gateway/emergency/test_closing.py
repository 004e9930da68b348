"""Closing an emergency by hand: who may, at once, against requests on their way, and what it stands in the way of."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.commands.log import run_audit_verify
from gateway.failpoints import Step
from tests.audit.make import settle
from tests.faults.test_withdrawal import Change, careless
from tests.gateway.emergency.house import EMERGENCIES, HOURS, JUST_BEFORE, House, elements, house_at
from tests.gateway.rules.world import set_environment
from tests.gateway.running import at_step
from tests.gateway.worlds import YES

ASKERS = 4


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_at(tmp_path) as one:
        yield one


async def test_a_holders_officer_closes_his_own_part_and_is_not_asked_until_it_would_have_ended(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as house:
        opened = await house.opened()
        answer = await house.close(opened, "officer:ggz-west")
        assert answer.status == 200
        assert json.loads(answer.body)["parts"] == [{"holder": "ggz-west", "ended_at": "2026-11-23T02:00:00+01:00"}]
        [(leaf, said)] = await house.events("emergency.closed")
        assert (leaf["organisation"], leaf["counterparty"]) == ("ggz-west", "crisis-a")
        assert (said["detail"]["emergency"], said["detail"]["closed_by"]) == (opened, "holder")
        house.passes(4 * HOURS - JUST_BEFORE)
        assert elements(await house.pull()) == ["at-school"]
        assert elements(await house.pull(by="karl")) == ["at-school"]
        house.passes(JUST_BEFORE)
        assert elements(await house.pull()) == ["at-school", "risk"]


@pytest.mark.parametrize("by", ["officer:ggz-west", "officer", "kris"])
async def test_the_log_of_an_emergency_that_was_closed_verifies(
    house: House, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await house.close(await house.opened(), by)).status == 200
    gateway = house.gateway.gateway
    await settle(gateway.engine, gateway.log)
    set_environment(monkeypatch, gateway.settings)
    database = gateway.settings.database_url
    said = await asyncio.to_thread(lambda: run_audit_verify(None, checkpoint=None, database=database))
    assert said[1].startswith("ok: ")


async def test_a_holder_who_closes_shuts_it_for_that_asker_and_no_other_and_for_that_person_and_no_other(
    house: House,
) -> None:
    await house.close(await house.opened(), "chris")
    assert elements(await house.pull(by="kees")) == ["at-school", "risk"]
    assert elements(await house.pull()) == ["at-school"]


async def test_what_the_asker_has_a_yes_for_he_gets_though_the_holder_closed_his_emergency(tmp_path: Path) -> None:
    yes = {"id": "c1", **YES, "recipients": ["crisis-a"]}
    async with house_at(tmp_path, consents=[yes]) as house:
        assert (await house.close(await house.opened(), "officer:ggz-west")).status == 200
        assert elements(await house.gateway.ask("kris", "sem", "coordinate-plan", categories=["goals"])) == ["goals"]


async def test_the_gateways_officer_closes_all_of_it_for_every_holder(house: House) -> None:
    opened = await house.opened(records=["risk"])
    assert (await house.close(opened, "officer")).status == 200
    assert (await house.pull(records=["at-school"])).status == 403
    assert {said["detail"]["closed_by"] for _, said in await house.events("emergency.closed")} == {"gateway"}
    house.passes(4 * HOURS)
    assert elements(await house.pull(records=["at-school"])) == ["at-school"]


async def test_who_opened_it_closes_all_of_it_and_may_open_another_with_conditions_of_its_own(house: House) -> None:
    opened = await house.opened()
    answer = await house.close(opened, "kris")
    assert [each["holder"] for each in json.loads(answer.body)["parts"]] == ["ggz-west", "school-1"]
    assert len(await house.events("emergency.closed")) == 2
    assert {each["closed_by"] for each in (await house.listed("officer"))["emergencies"]} == {"asker"}
    assert (await house.gateway.ask("kris", "sem", "emergency", categories=["risk"])).status == 403
    assert elements(await house.pull())


async def test_closing_again_or_after_its_hours_changes_nothing_and_is_on_record(house: House) -> None:
    first, second = await house.opened(), await house.opened()
    said = [json.loads((await house.close(first, "kris")).body)["parts"] for _ in range(2)]
    assert said[0] == said[1]
    house.passes(4 * HOURS)
    late = json.loads((await house.close(second, "kris")).body)["parts"]
    assert {each["ended_at"] for each in late} == {"2026-11-23T06:00:00+01:00"}
    assert len(await house.events("emergency.closed")) == 2
    assert (await house.kinds()).count("log.read") == 2


@pytest.mark.parametrize(
    ("by", "side", "left"), [("officer:ggz-west", "holder", ["at-school"]), ("officer", "gateway", [])]
)
async def test_that_the_asker_closed_it_first_keeps_nobody_from_closing_it_for_the_next(
    tmp_path: Path, database_url: str, by: str, side: str, left: list[str]
) -> None:
    """F3: an emergency stop works at its commit. Else who is about to be stopped would close first."""
    async with house_at(tmp_path, database_url) as house:
        opened = await house.opened()
        closed = json.loads((await house.close(opened, "kris")).body)["parts"]
        house.passes(HOURS)
        told, again = [json.loads((await house.close(opened, by)).body)["parts"] for _ in range(2)]
        assert told == again
        assert all(each in closed for each in told)  # it ended when it ended
        last = (await house.events("emergency.closed"))[len(closed) :]
        assert [said["detail"]["closed_by"] for _, said in last] == [side] * len(told)
        assert {each["closed_by"] for each in (await house.listed("officer"))["emergencies"]} == {"asker"}
        answer = await house.pull()
        assert (elements(answer) if left else answer.status) == (left or 403)


NO_PART: tuple[str, ...] = (
    "karl",  # a colleague of who opened it
    "kees",
    "anna",
    "moeder",
    "sem",
    "officer:jeugd-oost",
    "officer:crisis-b",
    "piet",
    "administrator-of-ggz-west",
)


async def test_who_has_no_part_in_it_hears_what_everybody_hears_and_the_try_is_on_record(house: House) -> None:
    opened = await house.opened()
    for by in NO_PART:
        answer = await house.close(opened, by)
        unknown = await house.close("0199f0c4-0000-7000-8000-000000000000", by)
        told, nothing = json.loads(answer.body), json.loads(unknown.body)
        assert (answer.status, unknown.status) == (403, 403), by
        assert told | {"request_id": ""} == nothing | {"request_id": ""}, by
    kinds = await house.kinds()
    assert kinds.count("emergency.closed") == 2 * len(NO_PART)
    assert await house.events("emergency.closed") == []  # about nobody
    assert all(each["is_open"] for each in (await house.listed("officer"))["emergencies"])


async def test_a_name_that_no_emergency_has_is_no_error_of_ours(house: House) -> None:
    for name in ("x", "%00", "%C3%A9" * 36, "a" * 36, "../close", "a" * 5000):
        answer = await house.gateway.call("officer", "POST", f"{EMERGENCIES}/{name}/close")
        assert answer.status in {403, 404}, name


async def pulled_while_closed(house: House, step: Step, change: Change = lambda exchange: exchange) -> list[str]:
    """Open one, then ask again and have the first closed by its holder at `step`; return what left then."""
    opened = await house.opened(records=["risk"])

    async def close() -> None:
        assert (await house.close(opened, "officer:ggz-west")).status == 200

    house.gateway.change(lambda exchange: at_step(step, close)(change(exchange)))
    return elements(await house.pull(records=["risk"]))


async def test_what_is_closed_before_the_commit_of_a_request_gives_it_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as house:
        assert await pulled_while_closed(house, Step.ASSEMBLED) == []
        assert (await house.kinds()).count("emergency.opened") == 1


async def test_so_it_is_at_every_step_before(house: House) -> None:
    for step in (Step.AUTHENTICATED, Step.GATHERED, Step.ASKED, Step.FETCHED, Step.MAPPED, Step.DECIDED):
        assert await pulled_while_closed(house, step) == [], step
        house.passes(12 * HOURS)


async def test_what_is_closed_after_the_commit_left_rightly_and_is_on_record_before_the_closing(house: House) -> None:
    assert await pulled_while_closed(house, Step.COMMITTED) == ["risk"]
    ours = [kind for kind in await house.kinds() if kind.startswith("emergency.")]
    assert ours == ["emergency.opened", "emergency.opened", "emergency.closed"]


async def test_a_committer_that_looks_at_no_version_is_caught(house: House) -> None:
    assert await pulled_while_closed(house, Step.ASSEMBLED, careless) == ["risk"]


async def test_while_many_ask_nothing_leaves_behind_an_acknowledged_closing(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as house:
        opened = await house.opened(records=["risk"])
        is_closed = asyncio.Event()
        before: list[list[str]] = []
        after: list[list[str]] = []

        async def ask_on() -> None:
            while len(after) < ASKERS:
                kept = after if is_closed.is_set() else before
                kept.append(elements(await house.pull(records=["risk"])))

        async def close() -> None:
            before.append(elements(await house.pull(records=["risk"])))
            assert (await house.close(opened, "officer:ggz-west")).status == 200
            is_closed.set()

        await asyncio.gather(close(), *(ask_on() for _ in range(ASKERS)))
        assert not any(after)
        left = 1 + sum(map(bool, before))
        assert len(await house.events("emergency.opened")) == len(await house.notices("ggz-west")) == left
