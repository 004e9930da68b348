"""A holder opens his crisis set with two administrators, and closes it with one, at once."""

import json
from pathlib import Path

from sqlalchemy import insert, select

from gateway.database.engine import write_transaction
from gateway.emergency.tables import crisis_set
from gateway.failpoints import Step
from gateway.registry.barred import bar
from tests.gateway.emergency.house import House, elements, house_at
from tests.gateway.running import at_step


async def opened(house: House) -> None:
    assert (await house.crisis_set("open")).status == 200
    assert (await house.second_opens("jeugd-oost")).status == 200


async def test_two_administrators_open_it_and_one_alone_does_not(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        for _ in range(2):
            told = json.loads((await house.crisis_set("open")).body)
            assert (told["open"], told["proposed"]) == (False, True)
            assert elements(await house.pull(records=["not-opened"])) == []
        told = json.loads((await house.second_opens("jeugd-oost")).body)
        assert (told["open"], told["proposed"]) == (True, False)
        assert elements(await house.pull(records=["not-opened"])) == ["not-opened"]
        assert (await house.kinds()).count("config.changed") >= 3


async def test_a_proposal_ends_with_a_closing_and_is_for_one_holder_only(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        await house.crisis_set("open")
        await house.crisis_set("close")
        told = json.loads((await house.second_opens("jeugd-oost")).body)
        assert told["open"] is False
        await house.crisis_set("open", by="administrator-of-crisis-b")
        assert elements(await house.pull(records=["not-opened"])) == []


async def test_what_an_administrator_proposed_who_was_ended_since_opens_nothing(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        await house.crisis_set("open")
        async with write_transaction(house.gateway.gateway.engine) as connection:
            [by] = (await connection.execute(select(crisis_set.c.officer))).scalars()
            await bar(connection, by, "jeugd-oost", by="test", at="2026-11-23T02:00:00+01:00")
        told = json.loads((await house.second_opens("jeugd-oost")).body)
        assert (told["open"], told["proposed"]) == (False, True)
        assert elements(await house.pull(records=["not-opened"])) == []


async def test_what_an_officer_proposed_in_the_version_before_is_no_administrators_proposal(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        said = {"holder": "jeugd-oost", "officer": "officer-of-jeugd-oost", "act": "proposed"}
        async with write_transaction(house.gateway.gateway.engine) as connection:
            await connection.execute(insert(crisis_set).values(said))
        told = json.loads((await house.crisis_set("open")).body)
        assert (told["open"], told["proposed"]) == (False, True)
        assert json.loads((await house.second_opens("jeugd-oost")).body)["open"] is True


async def test_what_is_closed_before_the_commit_of_a_request_gives_it_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as house:
        await opened(house)

        async def close() -> None:
            assert (await house.crisis_set("close")).status == 200

        house.gateway.change(at_step(Step.ASSEMBLED, close))
        assert elements(await house.pull(records=["not-opened"])) == []
        assert await house.events("emergency.opened") == []


async def test_nobody_else_opens_or_closes_it_and_a_weak_login_closes_only(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        for by in ("kris", "chris", "officer", "sem"):
            for act in ("open", "close"):
                assert (await house.crisis_set(act, by=by)).status == 403, (by, act)
        assert (await house.crisis_set("open", by="officer:jeugd-oost")).status == 403
        await house.crisis_set("open")
        weak = house.with_weak("administrator-of-jeugd-oost")
        assert (await weak.crisis_set("open")).status == 403
        assert elements(await house.pull(records=["not-opened"])) == []
        assert (await weak.crisis_set("close")).status == 200
        await opened(house)
        assert elements(await house.pull(records=["not-opened"])) == ["not-opened"]


async def test_the_privacy_officer_who_may_stop_all_of_the_holder_closes_it_too(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        await opened(house)
        assert (await house.crisis_set("close", by="officer:jeugd-oost")).status == 200
        assert elements(await house.pull(records=["not-opened"])) == []
