"""What each officer sees of a decision: his own part, and never any content."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text

from audit.events import Field, Kind
from gateway.database.engine import write_transaction
from tests.gateway.behind import event_of
from tests.gateway.log.office import second, told
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import YES, world

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "zij zegt dat zij bang is"
GOODS = [element("e1", text=SECRET), element("e2", good_care_veto=True, text=SECRET)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    change = instead(Telling("ggz-west", GOODS), Telling("school-1"))
    async with running(world(), tmp_path_factory.mktemp("gateway"), change=change) as one:
        yield one


async def asked(gateway: Running) -> str:
    answer = await gateway.ask("anna", "sem", "coordinate-plan")
    assert answer.status == 200
    request_id: str = json.loads(answer.body)["request_id"]
    return request_id


async def seen(gateway: Running, who: str, request_id: str) -> dict[str, Any]:
    answer = await gateway.call(who, "GET", f"/api/v1/decisions/{request_id}")
    assert answer.status == 200, answer.body
    assert SECRET.encode() not in answer.body
    body: dict[str, Any] = json.loads(answer.body)
    return body


async def test_the_gateways_officer_sees_all_of_it(gateway: Running) -> None:
    view = await seen(gateway, "officer", await asked(gateway))
    assert {each["id"]: each["result"] for each in view["elements"]} == {"e1": "release", "e2": "withhold"}
    assert view["outcome"] == "partial"
    assert view["subject"] == "sem"
    assert view["asked_by"]["id"] == "anna"


async def test_the_asking_sides_officer_sees_what_was_released_and_no_more(gateway: Running) -> None:
    view = await seen(gateway, "officer:team-noord", await asked(gateway))
    assert [each["id"] for each in view["elements"]] == ["e1"]
    assert not {"not_asked", "silent", "leftovers", "decision", "outcome"} & set(view)


async def test_a_holders_officer_sees_his_holders_part(gateway: Running) -> None:
    view = await seen(gateway, "officer:ggz-west", await asked(gateway))
    assert {each["id"]: each["reason"] for each in view["elements"]} == {"e1": None, "e2": "GOOD_CARE_VETO"}
    assert view["not_asked"] == []


async def test_a_holder_without_a_part_sees_nothing(gateway: Running) -> None:
    request_id = await asked(gateway)
    answer = await gateway.call("officer:school-1", "GET", f"/api/v1/decisions/{request_id}")
    assert answer.status == 403


async def test_a_holder_sees_a_question_that_waits_for_him(tmp_path: Path) -> None:
    told = world(consents=[])
    async with running(told, tmp_path) as other:
        request_id = json.loads((await other.ask("anna", "sem", "avert-harm")).body)["request_id"]
        view = await seen(other, "officer:ggz-west", request_id)
        _, kept = await event_of(other, request_id)
    assert {each["reason"] for each in view["not_asked"]} == {"HOLDER_DECISION_PENDING"}
    # The version before finds it in the event too, by its holder.
    waits = [each for each in kept["detail"]["not_asked"] if each["reason"] == "HOLDER_DECISION_PENDING"]
    assert [each for each in waits if each.get("holder") == "ggz-west"] == view["not_asked"]


async def test_a_review_that_no_holder_can_decide_is_no_holders_to_see(tmp_path: Path) -> None:
    told = world(consents=[{"id": "c1", **YES, "holders": ["ggz-west"], "free": False}])
    async with running(told, tmp_path) as other:
        request_id = json.loads((await other.ask("anna", "sem", "coordinate-plan")).body)["request_id"]
        assert (await other.call("officer:ggz-west", "GET", f"/api/v1/decisions/{request_id}")).status == 403


async def test_the_asking_sides_officer_does_not_learn_who_is_known_where_nothing_was_released(tmp_path: Path) -> None:
    async with running(world(consents=[]), tmp_path) as other:
        views = []
        for person in ("sem", "nobody"):
            request_id = json.loads((await other.ask("anna", person, "coordinate-plan")).body)["request_id"]
            view = await seen(other, "officer:team-noord", request_id)
            views.append({key: value for key, value in view.items() if key not in {"request_id", "at"}})
    assert views[0] == views[1]
    assert "subject" not in views[0]


async def test_of_a_login_too_weak_the_officer_sees_why_and_no_source_hears_of_it(tmp_path: Path) -> None:
    weak = {"id": "anna", "organisation": "team-noord", "role": "youth-professional", "trusted": False}
    told = world()
    told["professionals"] = [weak, *told["professionals"][1:]]
    heard: list[str] = []
    sources = [Telling(name, GOODS, act=partial(heard.append, name)) for name in ("ggz-west", "school-1")]
    async with running(told, tmp_path, change=instead(*sources)) as other:
        answer = await other.ask("anna", "sem", "coordinate-plan")
        view = await seen(other, "officer", json.loads(answer.body)["request_id"])
    assert answer.status == 403
    assert view["elements"] == []
    assert {each["reason"] for each in view["not_asked"]} == {"REQUESTER_UNTRUSTED"}
    assert heard == []


async def test_an_event_says_once_why_questions_were_not_put_and_the_officer_sees_each_of_them(tmp_path: Path) -> None:
    told = world()
    told["consents"] = []
    async with running(told, tmp_path) as other:
        request_id = json.loads((await other.ask("anna", "sem", "coordinate-plan")).body)["request_id"]
        view = await seen(other, "officer", request_id)
        _, kept = await event_of(other, request_id)
    written = kept["detail"]["not_asked"]
    reasons = [each["reason"] for each in written]
    assert len(reasons) < len(view["not_asked"])
    assert {*reasons} == {each["reason"] for each in view["not_asked"]}
    places = [(each["holder"], each["category"]) for each in view["not_asked"]]
    assert places == sorted({*places})
    assert {holder for holder, _ in places} == {holder for each in written for holder in each["asked"]}


async def test_that_an_officer_looked_is_on_record_also_where_he_saw_nothing(gateway: Running) -> None:
    before = await readings(gateway)
    await seen(gateway, "officer", await asked(gateway))
    await gateway.call("anna", "GET", "/api/v1/decisions/x")
    assert [(each["organisation"], each["outcome"]) for each in (await readings(gateway))[len(before) :]] == [
        ("operator", "ok"),
        ("team-noord", "deny"),
    ]


async def readings(gateway: Running) -> list[dict[str, Any]]:
    async with gateway.gateway.engine.connect() as connection:
        rows = await connection.execute(text("SELECT leaf FROM audit_event ORDER BY id"))
        leaves = [orjson.loads(row[0]) for row in rows]
    return [each for each in leaves if each["kind"] == "log.read"]


async def test_a_decision_whose_sealed_values_were_changed_is_not_shown(tmp_path: Path) -> None:
    async with running(world(), tmp_path) as other:
        request_id = await asked(other)
        async with write_transaction(other.gateway.engine) as connection:
            await connection.execute(text("DROP TRIGGER audit_event_no_update"))
            await connection.execute(
                text("UPDATE audit_event SET sealed_log = sealed_person WHERE request_id = :id"), {"id": request_id}
            )
        answer = await other.call("officer", "GET", f"/api/v1/decisions/{request_id}")
    assert answer.status == 503
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:log-unavailable"


async def test_that_a_decision_was_read_stands_in_the_log_of_whom_the_officer_saw(gateway: Running) -> None:
    request_id, nobodys = await asked(gateway), await gateway.ask("anna", "nobody-here", "coordinate-plan")
    for who, name, person in (
        ("officer", request_id, "sem"),
        ("officer:ggz-west", request_id, "sem"),
        ("officer:school-1", request_id, None),
        ("officer", json.loads(nobodys.body)["request_id"], None),
        ("officer", "x", None),
    ):
        await gateway.call(who, "GET", f"/api/v1/decisions/{name}")
        event = [each for each in await told(gateway) if each.kind is Kind.LOG_READ][-1]
        assert event.person == person
        assert event.fields[Field.SUBJECT] == person


async def test_a_login_too_weak_reads_no_decision(gateway: Running) -> None:
    weak, request_id = await second(gateway, "operator", trusted=False), await asked(gateway)
    for method, path in (("GET", request_id), ("POST", f"{request_id}/replay")):
        assert (await gateway.call(weak, method, f"/api/v1/decisions/{path}")).status == 403
