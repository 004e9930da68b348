"""The officer's what-if: the same answer as `schakel decide`, on record, and never on live facts."""

import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.events import Event
from audit.read import entries, opened
from audit.store import AuditUnavailableError
from audit.tables import audit_subject
from consent.store.tables import fact, person, person_identifier, person_key, registry_fact
from consent.world.documents import LARGEST, parsed
from consent.world.file import read_world, world_of
from gateway.api.simulate import PATH
from gateway.committing.commit import Committer
from gateway.simulator.deciding import explained, told
from gateway.simulator.simulating import Simulator
from tests.gateway.running import Running, running
from tests.gateway.worlds import YES, world

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICERS = ["officer", "officer:team-noord", "officer:ggz-west"]
NO_OFFICERS = ["anna", "moeder"]
SECRET = "zij zegt dat zij bang is"
YAML = """
schakel: world/1
organisations: [{id: team-noord, kind: local-team}, {id: ggz-west, kind: youth-mental-health}]
professionals: [{id: anna, organisation: team-noord, role: youth-professional}]
persons: [{id: noor, born: 2009-05-04}]
consents:
  - {id: c1, about: noor, given_by: noor, on: 2026-11-01, holders: [ggz-west], recipients: [team-noord],
     purposes: [coordinate-plan], categories: [goals]}
records: [{id: r1, holder: ggz-west, about: [noor], category: goals, regime: jeugdwet, created_on: 2026-11-10}]
request:
  at: 2026-11-23T10:00:00+01:00
  requester: {professional: anna}
  about: noor
  purpose: coordinate-plan
  categories: all
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running(world(), tmp_path_factory.mktemp("gateway")) as one:
        yield one


def whatif(**changes: Any) -> dict[str, Any]:
    """Return a world of nobody who is live here."""
    return json.loads(json.dumps(world(**changes)).replace('"sem"', '"noor"'))  # type: ignore[no-any-return] # JSON


async def simulated(gateway: Running, value: Any, who: str = "officer") -> Any:
    answer = await gateway.call(who, "POST", PATH, value)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


async def refused(gateway: Running, body: bytes, status: int, code: str, who: str = "officer") -> dict[str, Any]:
    answer = await gateway.send(who, "POST", PATH, body)
    problem: dict[str, Any] = json.loads(answer.body)
    assert (answer.status, problem["type"]) == (status, f"urn:schakel:problem:{code}"), problem
    assert answer.content_type == "application/problem+json"
    return problem


async def events(engine: AsyncEngine) -> list[dict[str, Any]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("SELECT leaf FROM audit_event ORDER BY id"))
        leaves = [orjson.loads(row[0]) for row in rows]
    return [each for each in leaves if each["kind"] == "simulation"]


@pytest.mark.parametrize("who", OFFICERS)
async def test_the_answer_is_that_of_the_command(gateway: Running, who: str) -> None:
    value = whatif()
    answer = await simulated(gateway, value, who)
    assert answer == json.loads(orjson.dumps(told(world_of(value), explained)))
    assert answer["elements"]["r1"]["result"] == "release"
    assert "LB-01" in answer["explanation"]["officer"]["nl"]


async def test_many_requests_give_a_list(gateway: Running) -> None:
    value = whatif()
    request = value.pop("request")
    value["requests"] = [request, request | {"purpose": "research"}]
    assert [each["outcome"] for each in await simulated(gateway, value)] == ["partial", "deny"]


async def test_nobody_but_an_officer_may_and_his_body_is_not_read(gateway: Running) -> None:
    for who in NO_OFFICERS:
        before = len(await events(gateway.gateway.engine))
        problems = [await refused(gateway, body, 403, "not-available", who) for body in (b"{", b'{"schakel": 1}')]
        problems.append(await refused(gateway, json.dumps(whatif()).encode(), 403, "not-available", who))
        assert problems[0] == problems[1] == problems[2]
        kept = (await events(gateway.gateway.engine))[before:]
        assert [each["outcome"] for each in kept] == ["deny"] * 3


async def test_who_does_not_say_who_he_is_gets_nothing(gateway: Running) -> None:
    async with gateway.session.post(f"{gateway.url}{PATH}", json=whatif()) as answer:
        assert answer.status == 401


async def test_live_facts_play_no_part(gateway: Running) -> None:
    # Sem's yes is live in this gateway; in the officer's world he never gave it.
    alone = world(consents=[])
    assert (await simulated(gateway, alone))["outcome"] == "deny"
    assert json.loads((await gateway.ask("anna", "sem", "coordinate-plan")).body)["released"]


async def test_what_is_made_up_does_not_stay(gateway: Running) -> None:
    before = await kept_of_people(gateway)
    await simulated(gateway, whatif(consents=[{"id": "c9", **YES}]))
    assert await kept_of_people(gateway) == before


async def kept_of_people(gateway: Running) -> list[int]:
    """Return how many rows each table has that holds anything of a person."""
    tables = (person, person_key, person_identifier, fact, registry_fact, audit_subject)
    async with gateway.gateway.engine.connect() as connection:
        counts = [await connection.execute(select(func.count()).select_from(table)) for table in tables]
    return [int(each.scalar_one()) for each in counts]


async def test_the_call_is_on_record_and_nothing_of_the_world(gateway: Running) -> None:
    engine = gateway.gateway.engine
    before = len(await events(engine))
    value = whatif()
    value["request"]["question"] = SECRET
    await simulated(gateway, value)
    [leaf] = (await events(engine))[before:]
    assert (leaf["kind"], leaf["outcome"], leaf["organisation"]) == ("simulation", "ok", "operator")
    assert (leaf["counterparty"], leaf["rule_set"], list(leaf["commitments"])) == (None, None, ["actor"])
    async with engine.connect() as connection:
        kept = [each async for each in entries(connection, since=0, size=1_000_000)]
    entry = [each for each in kept if each.leaf_json["kind"] == "simulation"][-1]
    fields = opened(gateway.gateway.exchange.committer.sealer, entry)
    assert set(fields) == {"actor"}
    assert set(fields["actor"]["value"]) == {"form", "id", "organisation", "role", "client", "authentication"}


async def test_what_cannot_be_recorded_is_not_answered(gateway: Running) -> None:
    class Full(Committer):
        async def keep(self, event: Event) -> Any:
            raise AuditUnavailableError(f"no room for {event.kind}")

    whole = gateway.gateway.exchange.committer
    full = Full(whole.engine, whole.facts, whole.log, whole.sealer)
    gateway.gateway.simulator = Simulator(full)
    gateway.change(lambda exchange: exchange)
    try:
        for body in (json.dumps(whatif()).encode(), b"{", b"{}"):
            await refused(gateway, body, 503, "log-unavailable")
        await refused(gateway, b"{}", 503, "log-unavailable", who="anna")
    finally:
        gateway.gateway.simulator = Simulator(whole)
        gateway.change(lambda exchange: exchange)


async def test_a_world_with_mistakes_has_all_of_them_named_by_path(gateway: Running) -> None:
    value = whatif(colours=[])
    value["records"][0] |= {"holder": SECRET, "category": SECRET}
    value["request"]["purpose"] = SECRET
    value["persons"].append({"id": "noor", "born": "2026-02-30"})
    before = len(await events(gateway.gateway.engine))
    problem = await refused(gateway, json.dumps(value).encode(), 422, "invalid-request")
    assert {each["path"] for each in problem["errors"]} == {
        "colours",
        "records[0].holder",
        "records[0].category",
        "request.purpose",
        "persons[3].born",
        "persons[3].id",
    }
    assert all(each["message"] for each in problem["errors"])
    assert SECRET not in json.dumps(problem)
    assert [each["outcome"] for each in (await events(gateway.gateway.engine))[before:]] == ["error"]


async def test_a_text_that_opens_many_brackets_is_refused(gateway: Running) -> None:
    await refused(gateway, b'{"schakel": "world/1", "note": ' + b"[" * 30_000, 400, "malformed")
    deep: Any = "x"
    for _ in range(900):
        deep = {"note": deep}
    await refused(gateway, json.dumps(whatif() | {"records": [deep]}).encode(), 422, "invalid-request")


NO_WORLDS = {
    "half an object": (b"{", 400, "malformed"),
    "a list": (b"[]", 400, "malformed"),
    "nothing": (b"", 400, "malformed"),
    "a doubled key": (b'{"schakel": "world/1", "schakel": "world/1"}', 422, "invalid-request"),
    "an empty object": (b"{}", 422, "invalid-request"),
    "too much": (b'{"note": "' + b"x" * LARGEST + b'"}', 413, "too-large"),
}


@pytest.mark.parametrize("name", NO_WORLDS)
async def test_what_is_no_world_is_refused_as_at_every_door(gateway: Running, name: str) -> None:
    body, status, code = NO_WORLDS[name]
    before = len(await events(gateway.gateway.engine))
    await refused(gateway, body, status, code)
    assert [each["outcome"] for each in (await events(gateway.gateway.engine))[before:]] == ["error"]


async def test_another_content_type_is_refused_and_the_answer_says_which_are_read(gateway: Running) -> None:
    answer = await gateway.send("officer", "POST", PATH, json.dumps(whatif()).encode(), "text/plain")
    assert answer.status == 415
    [error] = json.loads(answer.body)["errors"]
    assert error == {"path": "Content-Type", "message": "expected application/json or application/yaml"}


async def test_what_is_too_large_is_told_how_large_it_may_be(gateway: Running) -> None:
    problem = await refused(gateway, *NO_WORLDS["too much"])
    assert problem["errors"] == [
        {"path": "(body)", "message": "expected at most 4000000 bytes, as `schakel decide` reads"}
    ]


async def test_a_world_in_yaml_is_answered_as_in_json(gateway: Running) -> None:
    file = YAML.encode()
    answer = await gateway.send("officer", "POST", PATH, file, "application/yaml; charset=utf-8")
    assert answer.status == 200, answer.body
    assert json.loads(answer.body) == json.loads(orjson.dumps(told(read_world(file), explained)))
    assert await simulated(gateway, parsed(file).value) == json.loads(answer.body)


async def test_what_is_no_yaml_is_refused_with_its_line_and_on_record(gateway: Running) -> None:
    before = len(await events(gateway.gateway.engine))
    answer = await gateway.send("officer", "POST", PATH, f"{YAML}\n  : {SECRET}: [".encode(), "application/yaml")
    problem = json.loads(answer.body)
    assert (answer.status, problem["type"]) == (422, "urn:schakel:problem:invalid-request")
    [error] = problem["errors"]
    assert (error["path"].startswith("line "), error["message"]) == (True, "not YAML or JSON")
    assert SECRET not in answer.body.decode()
    assert [each["outcome"] for each in (await events(gateway.gateway.engine))[before:]] == ["error"]


async def test_a_world_of_half_a_megabyte_is_answered_as_the_command_does(gateway: Running) -> None:
    value = whatif()
    value["consents"] = [{"id": f"c{n}", **YES, "about": "noor", "given_by": "noor"} for n in range(2_000)]
    assert len(json.dumps(value)) > 400_000
    assert await simulated(gateway, value) == json.loads(orjson.dumps(told(world_of(value), explained)))


async def test_rules_that_nobody_confirmed_are_flagged_and_not_refused(tmp_path: Path) -> None:
    value = copy.deepcopy(world())
    value["request"]["at"] = "2027-02-01T10:00:00+01:00"
    async with running(world(), tmp_path) as strict:
        answer = await simulated(strict, value)
    assert answer["rule_set_status"] == "unconfirmed"
    assert answer["elements"]["r1"]["result"] == "release"
    assert "unconfirmed" in answer["explanation"]["officer"]["en"]


async def test_the_answer_is_kept_by_nobody_on_the_way(gateway: Running) -> None:
    headers = await gateway.headers("officer", "POST", PATH)
    async with gateway.session.post(f"{gateway.url}{PATH}", headers=headers, json=whatif()) as answer:
        assert answer.headers["Cache-Control"] == "no-store"


async def test_the_description_of_the_doors_names_it(gateway: Running) -> None:
    async with gateway.session.get(f"{gateway.url}/api/v1/openapi.json") as answer:
        assert PATH in (await answer.json())["paths"]
