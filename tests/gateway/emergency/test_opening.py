"""What leaves in an emergency leaves with its event and its holder's notice, and nothing else leaves."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.recording import register
from gateway.database.engine import write_transaction
from gateway.emergency import opening
from gateway.erasing.belongings import destroy
from gateway.exchange import Exchange
from gateway.notices.giving import take_turn
from schemas.words import Role
from tests.gateway.emergency.house import (
    HOURS,
    JUST_BEFORE,
    WHY,
    House,
    elements,
    house_at,
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_at(tmp_path) as one:
        yield one


async def test_an_emergency_is_opened_with_the_exchange_and_its_event_says_all_of_it(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as house:
        answer = await house.pull(categories=["risk", "medication"], records=["risk", "medication"])
        told = json.loads(answer.body)
        [(leaf, said)] = await house.events("emergency.opened")
        [(disclosed, exchange)] = await house.events("exchange.disclosed")
    assert set(elements(answer)) == {"risk", "medication"}
    assert (leaf["organisation"], leaf["counterparty"], leaf["outcome"]) == ("crisis-a", "ggz-west", "ok")
    assert disclosed["outcome"] == "permit"
    assert said["request"] == exchange["request"] == {"id": told["request_id"]}
    assert said["justification"] == exchange["justification"] == WHY
    assert said["actor"] == exchange["actor"]
    assert said["categories"] == ["medication", "risk"]
    assert said["detail"] == {
        "emergency": told["request_id"],
        "holder": "ggz-west",
        "worker": "kris",
        "reason_code": "suicide-risk",
        "conditions": {"live_contact": True, "cannot_consent": True, "holder_unreachable": True},
        "opened_at": "2026-11-23T02:00:00+01:00",
        "expires_at": "2026-11-23T06:00:00+01:00",
        "obligations": ["OB-LOG", "OB-POST(5d)", "OB-REV(2wd)"],
    }
    assert {each["expires_at"] for each in told["released"].values()} == {said["detail"]["expires_at"]}


async def test_each_holder_has_his_own_event_and_is_told_of_his_own_part_at_once(
    tmp_path: Path, database_url: str
) -> None:
    async with house_at(tmp_path, database_url) as house:
        opened = await house.opened()
        events = await house.events("emergency.opened")
        given = await house.events("notification.given")
        notices = {name: await house.notices(name) for name in ("ggz-west", "school-1", "jeugd-oost", "crisis-a")}
    assert sorted(leaf["counterparty"] for leaf, _ in events) == ["ggz-west", "school-1"]
    assert sorted(leaf["counterparty"] for leaf, _ in given) == ["ggz-west", "school-1"]
    assert [len(notices[name]) for name in notices] == [1, 1, 0, 0]
    for [told] in (notices["ggz-west"], notices["school-1"]):
        assert (told["kind"], told["requests"]) == ("emergency.opened", [opened])
        assert set(told) == {"id", "at", "kind", "requests"}
    assert notices["ggz-west"][0]["id"] != notices["school-1"][0]["id"]


async def test_each_request_is_a_use_of_its_own_and_ends_by_itself(house: House) -> None:
    first = await house.opened()
    house.passes(HOURS)
    second = await house.opened(categories=["risk", "medication"])
    assert first != second
    ends = [said["detail"]["expires_at"] for _, said in await house.events("emergency.opened")]
    assert sorted(set(ends)) == ["2026-11-23T06:00:00+01:00", "2026-11-23T07:00:00+01:00"]
    assert len(await house.notices("ggz-west")) == 2


async def test_nothing_is_read_on_without_the_conditions_also_within_the_four_hours(house: House) -> None:
    await house.opened()
    house.passes(HOURS)
    assert (await house.gateway.ask("kris", "sem", "emergency", categories=["risk"])).status == 403
    assert (await house.pull(declared={"text": None})).status == 403
    assert (await house.pull(declared={"cannot_consent": False})).status == 403


async def test_after_a_day_of_emergencies_nothing_leaves_until_there_was_a_pause(house: House) -> None:
    for _ in range(4):
        await house.opened()
        house.passes(5 * HOURS)
    assert elements(await house.pull())  # 20 hours: it ends with the day
    house.passes(JUST_BEFORE)
    assert elements(await house.pull()) == []
    _, said = (await house.events("exchange.denied"))[-1]
    assert set(said["detail"]["barred"]) == {"ggz-west", "school-1", "jeugd-oost"}
    assert elements(await house.pull(by="kees"))  # another service is another's run
    house.passes(8 * HOURS)
    assert elements(await house.pull())


async def test_an_emergency_ends_with_a_birthday_that_falls_in_its_hours(tmp_path: Path) -> None:
    # 16 at midnight; the pull is at 23:00 the evening before.
    born = {"id": "sem", "born": "2010-11-24"}
    others = [{"id": "moeder", "born": "1984-01-01"}, {"id": "zus", "born": "2015-02-02"}]
    async with house_at(tmp_path, persons=[born, *others], authority=[], family=[]) as house:
        house.clock.now = datetime.fromisoformat("2026-11-23T23:00:00+01:00")
        answer = await house.pull()
        [(_, said), *_] = await house.events("emergency.opened")
        assert said["detail"]["expires_at"] == "2026-11-24T00:00:00+01:00"
        assert json.loads(answer.body)["released"]["risk"]["expires_at"] == "2026-11-24T00:00:00+01:00"
        [listed, *_] = (await house.listed("officer"))["emergencies"]
        assert listed["expires_at"] == "2026-11-24T00:00:00+01:00"
        house.passes(HOURS - JUST_BEFORE)
        assert (await house.listed("officer"))["emergencies"][0]["is_open"]
        house.passes(JUST_BEFORE)
        assert not (await house.listed("officer"))["emergencies"][0]["is_open"]


async def test_four_hours_are_elapsed_hours_also_when_the_clocks_change(house: House) -> None:
    for night, end in (
        ("2026-10-25T01:30:00+02:00", "2026-10-25T04:30:00+01:00"),
        ("2027-03-28T01:30:00+01:00", "2027-03-28T06:30:00+02:00"),
    ):
        house.clock.now = datetime.fromisoformat(night).astimezone(UTC)  # as the database gives it
        await house.opened(records=["old"], categories=["identity"])
        _, said = (await house.events("emergency.opened"))[-1]
        assert said["detail"]["expires_at"] == end


async def test_a_holder_who_stopped_or_closed_his_opt_in_gives_nothing_more(house: House) -> None:
    await house.opened()
    facts = house.gateway.gateway.exchange.committer.facts
    closed = {"id": "school-1", "kind": "school", "emergency_opt_in": False}
    async with write_transaction(house.gateway.gateway.engine) as connection:
        await register(connection, facts, [("organisations", closed)])
    assert elements(await house.pull()) == ["risk"]
    assert (await house.gateway.call("officer:ggz-west", "POST", "/api/v1/holder/stop")).status == 200
    assert elements(await house.pull()) == []


async def test_a_worker_who_is_a_crisis_worker_no_more_gets_nothing_in_hours_that_he_opened(house: House) -> None:
    await house.opened()
    house.passes(HOURS)
    assert (await house.in_another_role("kris", Role.MANAGER).pull()).status == 403
    assert (await house.pull()).status == 200


async def test_of_who_was_erased_nothing_is_pulled_and_no_row_is_left_but_that_somebody_looked_is(house: House) -> None:
    opened = await house.opened()
    await house.close(opened, "officer:school-1")
    async with write_transaction(house.gateway.gateway.engine) as connection:
        gone = await destroy(connection, "sem")
    assert (gone["emergency"], gone["emergency_closed"]) == (2, 1)
    assert (await house.pull()).status == 403
    assert (await house.close(opened, "kris")).status == 403
    assert (await house.listed("officer"))["emergencies"] == []
    assert (await house.kinds()).count("emergency.opened") == 2


async def test_where_the_holders_notice_cannot_be_kept_nothing_leaves(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as house:
        async with write_transaction(house.gateway.gateway.engine) as connection:
            await connection.execute(text("ALTER TABLE notice RENAME TO notice_gone"))
        answer = await house.pull()
        assert answer.status == 503
        assert await house.events("exchange.disclosed") == []
        assert await house.events("emergency.opened") == []


async def test_where_earlier_emergencies_cannot_be_read_nothing_leaves_and_no_source_is_asked(house: House) -> None:
    async with write_transaction(house.gateway.gateway.engine) as connection:
        await connection.execute(text("DROP TABLE emergency_closed"))
    assert (await house.pull()).status == 503
    assert await house.events("exchange.disclosed") == []


async def test_a_gateway_that_knows_no_registrations_still_keeps_the_notice(tmp_path: Path) -> None:
    def bare(exchange: Exchange) -> Exchange:
        return Exchange(
            exchange.committer, exchange.sources, exchange.decided_at, element_key=None, require_confirmed_rules=False
        )

    async with house_at(tmp_path, exchange=bare) as house:
        await house.opened()
        assert len(await house.notices("ggz-west")) == 1


async def test_it_is_decided_anew_where_rules_end_while_it_waits_for_the_turn_to_tell_the_holder(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def confirmed_only(exchange: Exchange) -> Exchange:
        return replace(exchange, require_confirmed_rules=True)

    midnight = datetime.fromisoformat("2027-01-01T00:00:00+01:00")
    async with house_at(tmp_path, database_url, exchange=confirmed_only) as house:
        house.clock.now = midnight - JUST_BEFORE
        assert (await house.pull()).status == 200

        async def turn(connection: AsyncConnection) -> None:
            house.clock.now = midnight
            await take_turn(connection)

        monkeypatch.setattr(opening, "take_turn", turn)
        assert (await house.pull()).status == 403
        assert len(await house.events("exchange.disclosed")) == 1
        assert len(await house.events("emergency.opened")) == 2
