"""A running gateway and the rules of the day: closed until two officers confirmed them, open from then on."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from consent.rulesets import RuleSet
from gateway.exchange import Exchange
from gateway.wiring import World
from schemas.calendar import parse_moment
from tests.gateway.rules.world import AFTER, confirm, gateway_at, leaves, set_environment, strict, view, world_at
from tests.gateway.running import Running, running
from tests.gateway.sources import Heard

LAST_SECOND = "2026-12-31T23:59:59+01:00"
FIRST_SECOND = "2027-01-01T00:00:00+01:00"
BEFORE_WARNINGS = "2026-11-01T12:00:00+01:00"
WARNED = "2026-12-02T10:00:00+01:00"
_OWN = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?m:^date: [^\r]+)")


async def asked(one: Running, who: str = "anna", person: str = "sem") -> tuple[int, dict[str, Any]]:
    answer = await one.ask(who, person, "coordinate-plan")
    return answer.status, json.loads(answer.body)


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A gateway after the amendment, on either database, with the environment of a command line beside it."""
    async with gateway_at(AFTER, tmp_path, database_url=database_url) as one:
        set_environment(monkeypatch, one.gateway.settings)
        yield one


async def test_unconfirmed_rules_open_nothing_until_two_officers_confirmed_them(gateway: Running) -> None:
    statuses = [(await asked(gateway))[0]]
    assert await confirm("bert") == (0, "recorded: bert proposes rule set 2027-01; a second officer must confirm it")
    statuses.append((await asked(gateway))[0])
    code, said = await confirm("carla")
    assert (code, said) == (0, "rule set 2027-01 is confirmed, by bert and carla; running gateways go by it at once")
    statuses.append((await asked(gateway))[0])
    assert statuses == [403, 403, 200]
    events = await leaves(gateway.gateway, "rules.confirmed")
    assert [(each["outcome"], each["rule_set"]) for each in events] == [("review", "2027-01"), ("ok", "2027-01")]


async def test_nobody_is_asked_and_the_officer_is_told_why(gateway: Running) -> None:
    _, body = await asked(gateway)
    seen = await view(gateway, body["request_id"])
    assert {each["reason"] for each in seen["not_asked"]} == {"RULE_SET_UNCONFIRMED"}
    assert (seen["outcome"], seen["decision"]["rule_set"]) == ("deny", "2027-01")


async def test_no_source_hears_a_question_under_unconfirmed_rules(tmp_path: Path) -> None:
    heard: list[Heard] = []

    def listen(before: World) -> World:
        told = {holder: [Heard(each) for each in sources] for holder, sources in before.sources.items()}
        heard.extend(each for sources in told.values() for each in sources)
        return replace(before, sources=told)

    async with running(world_at(AFTER), tmp_path, exchange=strict, change=listen) as one:
        await asked(one)
    assert heard
    assert [each.permits for each in heard] == [[] for _ in heard]


async def test_a_decision_under_confirmed_rules_still_says_that_their_text_was_not_checked(gateway: Running) -> None:
    await confirm("bert")
    await confirm("carla")
    _, body = await asked(gateway)
    decision = (await view(gateway, body["request_id"]))["decision"]
    assert (decision["rule_set"], decision["rule_set_status"]) == ("2027-01", "unconfirmed")


@pytest.mark.parametrize(("at", "status"), [(LAST_SECOND, 200), (FIRST_SECOND, 403)])
async def test_it_closes_at_the_first_second_of_the_new_rules(tmp_path: Path, at: str, status: int) -> None:
    async with gateway_at(at, tmp_path) as one:
        assert (await asked(one))[0] == status


async def test_under_checked_rules_nobody_looks_for_a_confirmation(tmp_path: Path) -> None:
    looked: list[str] = []

    async def look(rules: RuleSet) -> bool:
        looked.append(rules.name)
        return False

    async with gateway_at(LAST_SECOND, tmp_path) as one:
        one.change(lambda exchange: replace(exchange, confirmed=look))
        assert (await asked(one))[0] == 200
    assert looked == []


async def test_where_confirmations_cannot_be_read_nothing_is_decided(gateway: Running) -> None:
    async with gateway.gateway.engine.begin() as connection:
        await connection.execute(text("DROP TABLE rule_confirmation"))
    status, body = await asked(gateway)
    assert (status, body["type"]) == (503, "urn:schakel:problem:log-unavailable")
    assert await leaves(gateway.gateway, "exchange.disclosed") == []


async def test_a_gateway_that_nobody_told_where_to_look_stays_closed(tmp_path: Path) -> None:
    def alone(exchange: Exchange) -> Exchange:
        return Exchange(
            committer=exchange.committer,
            sources=exchange.sources,
            decided_at=lambda _: parse_moment(AFTER),
            element_key=None,
        )

    async with running(world_at(AFTER), tmp_path, exchange=alone) as one:
        assert (await asked(one))[0] == 403


async def test_ready_says_it_and_stays_ready(tmp_path: Path) -> None:
    async with gateway_at(WARNED, tmp_path) as one, one.session.get(f"{one.url}/readyz") as answer:
        body = await answer.json()
    assert (answer.status, body["status"]) == (200, "ready")
    assert body["warnings"][-1].startswith("rule set 2026-11 ends on 2027-01-01, in 30 days; 2027-01 follows, and two")


async def test_ready_says_nothing_of_rules_before_it_is_time(tmp_path: Path) -> None:
    async with gateway_at(BEFORE_WARNINGS, tmp_path) as one, one.session.get(f"{one.url}/readyz") as answer:
        assert not [each for each in (await answer.json())["warnings"] if "rule set" in each]


async def test_the_gateways_own_officer_is_warned_and_no_other(tmp_path: Path) -> None:
    async with gateway_at(WARNED, tmp_path) as one:
        _, body = await asked(one)
        own = await view(one, body["request_id"])
        others = [await view(one, body["request_id"], f"officer:{each}") for each in ("team-noord", "ggz-west")]
    assert [each.partition(";")[0] for each in own["warnings"]] == ["rule set 2026-11 ends on 2027-01-01, in 30 days"]
    assert [each for each in others if "warnings" in each] == []


async def test_before_it_is_time_the_officers_warnings_are_empty(tmp_path: Path) -> None:
    async with gateway_at(BEFORE_WARNINGS, tmp_path) as one:
        _, body = await asked(one)
        assert (await view(one, body["request_id"]))["warnings"] == []


async def raw(one: Running, person: str) -> bytes:
    body = {"person": {"system": "urn:schakel:person", "value": person}, "purpose": "coordinate-plan"}
    sent = json.dumps({**body, "categories": "all"}).encode()
    return _OWN.sub(b"", await one.raw("anna", "POST", "/api/v1/exchange/plan", sent))


async def test_a_requester_cannot_tell_unconfirmed_rules_from_any_other_no(gateway: Running) -> None:
    closed, unknown = await raw(gateway, "sem"), await raw(gateway, "nobody")
    await confirm("bert")
    await confirm("carla")
    assert closed == unknown == await raw(gateway, "zus")


async def test_a_requester_cannot_tell_whether_officers_are_warned(tmp_path: Path) -> None:
    told = []
    for at in (BEFORE_WARNINGS, WARNED):
        folder = tmp_path / at[:10]
        folder.mkdir()
        async with gateway_at(at, folder) as one:
            refused = await raw(one, "zus")
            _, body = await asked(one)
            looked = _OWN.sub(b"", await one.raw("anna", "GET", f"/api/v1/decisions/{body['request_id']}"))
            told.append((refused, looked, sorted(body)))
    assert told[0][:2] == told[1][:2]
    assert told[1][2] == ["message", "plan", "receipt", "released", "request_id", "sources"]
