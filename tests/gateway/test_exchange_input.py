"""What a requester sends wrong gets a problem that names the place, and nothing leaves."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from opentelemetry import trace
from sqlalchemy import text

from gateway.api.problems import MOST_ERRORS
from gateway.failpoints import Step
from tests.gateway.running import PLAN, Running, at_step, question, running
from tests.gateway.worlds import world

# One gateway for all: nothing that is sent here may leave a trace that matters to what is sent next.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running(world(), tmp_path_factory.mktemp("gateway")) as one:
        yield one


async def disclosed(gateway: Running) -> int:
    query = text("SELECT count(*) FROM audit_event WHERE CAST(leaf AS TEXT) LIKE '%exchange.disclosed%'")
    async with gateway.gateway.engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


async def refused(
    gateway: Running, body: bytes, status: int, code: str, content_type: str = "application/json"
) -> dict[str, Any]:
    """Send `body`; hold that it is refused with `code`, and that nothing was disclosed. Return the problem."""
    before = await disclosed(gateway)
    answer = await gateway.send("anna", "POST", PLAN, body, content_type)
    problem: dict[str, Any] = json.loads(answer.body)
    assert (answer.status, problem["type"]) == (status, f"urn:schakel:problem:{code}"), problem
    assert answer.content_type == "application/problem+json"
    assert await disclosed(gateway) == before
    return problem


def paths(problem: dict[str, Any]) -> list[str]:
    return [each["path"] for each in problem["errors"]]


async def test_the_question_itself_is_right(gateway: Running) -> None:
    before = await disclosed(gateway)
    assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    assert await disclosed(gateway) == before + 1


NO_OBJECTS = {
    "nothing": b"",
    "white space": b"  \n",
    "half an object": b'{"person": {"system"',
    "two objects": b"{}{}",
    "a list": b"[]",
    "a text": b'"sem"',
    "a number": b"7",
    "null": b"null",
    "not a number": b'{"person": NaN}',
    "endless": b'{"person": -Infinity}',
    "a comma too much": b'{"purpose": "history",}',
    "no UTF-8": b'{"purpose": "\xff"}',
    "UTF-16": json.dumps(question("sem", "coordinate-plan")).encode("utf-16"),
    "UTF-32": json.dumps(question("sem", "coordinate-plan")).encode("utf-32-be"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "deep lists": b"[" * 60_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a number of thousands of digits": b'{"person": ' + b"9" * 10_000 + b"}",
    "a zero byte": b'{"purpose": "\x00"}',
    "half a character": rb'{"purpose": "\ud800"}',
    "half a character in a name": rb'{"\ud800": 1}',
    "a doubled name that cannot be written": rb'{"\ud800": 1, "\ud800": 2}',
}


@pytest.mark.parametrize("body", NO_OBJECTS.values(), ids=[name.replace(" ", "-") for name in NO_OBJECTS])
async def test_what_is_no_json_object_is_malformed(gateway: Running, body: bytes) -> None:
    await refused(gateway, body, 400, "malformed")


async def test_too_much_is_too_large(gateway: Running) -> None:
    body = json.dumps(question("sem", "coordinate-plan", question="x" * 70_000)).encode()
    await refused(gateway, body, 413, "too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_another_content_type_is_refused(gateway: Running, kind: str) -> None:
    body = json.dumps(question("sem", "coordinate-plan")).encode()
    await refused(gateway, body, 415, "unsupported-media-type", kind)


async def test_a_content_type_may_name_its_characters(gateway: Running) -> None:
    body = json.dumps(question("sem", "coordinate-plan")).encode()
    assert (await gateway.send("anna", "POST", PLAN, body, "Application/JSON; charset=utf-8")).status == 200


DOUBLED = {
    "purpose": b'{"purpose": "history", "purpose": "coordinate-plan"}',
    "value": b'{"person": {"system": "s", "value": "a", "value": "b"}}',
}


@pytest.mark.parametrize(("name", "body"), DOUBLED.items())
async def test_a_doubled_key_is_named(gateway: Running, name: str, body: bytes) -> None:
    problem = await refused(gateway, body, 422, "invalid-request")
    assert paths(problem) == [name]


WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an unknown member": ({"requester": "anna"}, ["requester"]),
    "who records": ({"recorded_by": "chris", "recorder": {"id": "chris"}}, ["recorded_by", "recorder"]),
    "his own role": ({"role": "therapist", "trusted": True, "at": "2026-01-01"}, ["role", "trusted", "at"]),
    "holder decisions": ({"holder_decisions": []}, ["holder_decisions"]),
    "initiative": ({"initiative": "holder"}, ["initiative"]),
    "facts": ({"consents": [], "facts": {}}, ["consents", "facts"]),
    "an unknown member below": ({"person": {"system": "s", "value": "v", "name": "n"}}, ["person.name"]),
    "an unknown member of the emergency": ({"emergency": {"approved": True}}, ["emergency.approved"]),
    "no person": ({"person": None}, ["person"]),
    "a person's bare id": ({"person": "sem"}, ["person"]),
    "an empty value": ({"person": {"system": "s", "value": ""}}, ["person.value"]),
    "a value that is a number": ({"person": {"system": "s", "value": 7}}, ["person.value"]),
    "a value without end": ({"person": {"system": "s", "value": "x" * 201}}, ["person.value"]),
    "an unknown purpose": ({"purpose": "curiosity"}, ["purpose"]),
    "a purpose in capitals": ({"purpose": "Coordinate-Plan"}, ["purpose"]),
    "no purpose": ({"purpose": None}, ["purpose"]),
    "a list of purposes": ({"purpose": ["coordinate-plan"]}, ["purpose"]),
    "an unknown category": ({"categories": ["goals", "gossip"]}, ["categories[1]"]),
    "no category": ({"categories": []}, ["categories"]),
    "categories as an object": ({"categories": {"goals": True}}, ["categories"]),
    "a bare category": ({"categories": "goals"}, ["categories"]),
    "all in a list": ({"categories": ["all"]}, ["categories[0]"]),
    "null for categories": ({"categories": None}, ["categories"]),
    "no records": ({"records": []}, ["records"]),
    "an empty record": ({"records": [""]}, ["records[0]"]),
    "too many records": ({"records": ["r"] * 1001}, ["records"]),
    "a record that is null": ({"records": [None]}, ["records[0]"]),
    "a long question": ({"question": "x" * 4001}, ["question"]),
    "a condition as a text": ({"emergency": {"live_contact": "true"}}, ["emergency.live_contact"]),
    "a condition as a number": ({"emergency": {"cannot_consent": 1}}, ["emergency.cannot_consent"]),
    "a condition that is null": ({"emergency": {"holder_unreachable": None}}, ["emergency.holder_unreachable"]),
}


@pytest.mark.parametrize(("change", "named"), WRONG.values(), ids=[name.replace(" ", "-") for name in WRONG])
async def test_what_is_wrong_is_named_by_its_path(gateway: Running, change: dict[str, Any], named: list[str]) -> None:
    body = json.dumps(question("sem", "coordinate-plan") | change).encode()
    problem = await refused(gateway, body, 422, "invalid-request")
    assert sorted(paths(problem)) == sorted(named)
    assert all(each["message"] for each in problem["errors"])


@pytest.mark.parametrize("member", ["person", "purpose", "categories"])
async def test_a_missing_member_is_named(gateway: Running, member: str) -> None:
    body = question("sem", "coordinate-plan")
    del body[member]
    problem = await refused(gateway, json.dumps(body).encode(), 422, "invalid-request")
    assert problem["errors"] == [{"path": member, "message": "is required"}]


async def test_of_thousands_that_are_wrong_the_first_are_told(gateway: Running) -> None:
    body = question("sem", "coordinate-plan") | {f"x{number}": 1 for number in range(5000)}
    problem = await refused(gateway, json.dumps(body).encode(), 422, "invalid-request")
    assert len(problem["errors"]) == MOST_ERRORS


async def test_what_the_requester_wrote_is_not_sent_back(gateway: Running) -> None:
    secret = "Sem-Jansen-999901234"
    changes: list[dict[str, Any]] = [
        {"purpose": secret},
        {"categories": [secret]},
        {"person": {"system": secret, "value": [secret]}},
        {"records": [{"id": secret}]},
        {"question": [secret]},
        {"emergency": {"live_contact": secret}},
        {"matter": {secret: 1}},
    ]
    for change in changes:
        body = json.dumps(question("sem", "coordinate-plan") | change).encode()
        answer = await gateway.send("anna", "POST", PLAN, body)
        assert answer.status == 422
        assert secret.encode() not in answer.body


NOT_FOUND = ["sem\x00", "", "SEM", "sem ", "../sem", "' OR 1=1 --", "\U0001f600", "\ufffd"]


@pytest.mark.parametrize("system", ["urn:schakel:person", "urn:oid:2.16.840.1.113883.2.4.6.3", "nobody's"])
@pytest.mark.parametrize("value", [each for each in NOT_FOUND if each], ids=range(len(NOT_FOUND) - 1))
async def test_a_strange_number_names_nobody(gateway: Running, system: str, value: str) -> None:
    body = question("sem", "coordinate-plan") | {"person": {"system": system, "value": value}}
    await refused(gateway, json.dumps(body).encode(), 403, "not-available")


@pytest.mark.server
async def test_a_zero_byte_names_nobody_on_postgresql_either(tmp_path: Path, postgres_url: str) -> None:
    async with running(world(), tmp_path, database_url=postgres_url) as one:
        body = question("sem", "coordinate-plan")
        body["person"] |= {"value": "sem\x00"}
        assert (await one.call("anna", "POST", PLAN, body)).status == 403
        # A free text may hold it.
        more = question("sem", "coordinate-plan", question="\x00", matter="\x00")
        assert (await one.call("anna", "POST", PLAN, more)).status == 200


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"person": {"system": "urn:\x00", "value": "sem"}}, "person.system"),
        ({"records": ["r1", "r\n2"]}, "records[1]"),
        ({"order": "\x00"}, "order"),
        ({"referral": "r\u202e1"}, "referral"),
    ],
)
async def test_an_id_that_cannot_be_printed_is_refused_with_its_place(
    gateway: Running, change: dict[str, Any], path: str
) -> None:
    body = json.dumps(question("sem", "coordinate-plan") | change).encode()
    problem = await refused(gateway, body, 422, "invalid-request")
    assert [each["path"] for each in problem["errors"]] == [path]


async def test_nobody_asks_without_proof_of_who_he_is(gateway: Running) -> None:
    before = await disclosed(gateway)
    body = json.dumps(question("sem", "coordinate-plan")).encode()
    headers = {"Content-Type": "application/json"}
    async with gateway.session.post(f"{gateway.url}{PLAN}", data=body, headers=headers) as answer:
        assert answer.status == 401
        assert json.loads(await answer.read())["type"] == "urn:schakel:problem:unauthenticated"
    assert await disclosed(gateway) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_another_method_is_refused(gateway: Running, method: str) -> None:
    answer = await gateway.call("anna", method, PLAN)
    assert answer.status == 405
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:method-not-allowed"


async def test_another_path_is_refused(gateway: Running) -> None:
    answer = await gateway.call("anna", "POST", "/api/v1/exchange/plans", {})
    assert answer.status == 404
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:no-such-path"


async def test_a_defect_before_anybody_is_looked_up_tells_nothing_of_what_went_wrong(tmp_path: Path) -> None:
    async def act() -> None:
        raise RuntimeError("Sem Jansen")

    async with running(world(), tmp_path, exchange=at_step(Step.AUTHENTICATED, act)) as one:
        answer = await one.ask("anna", "sem", "coordinate-plan")
        assert await disclosed(one) == 0
    assert answer.status == 500
    assert answer.content_type == "application/problem+json"
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:internal"
    assert b"Jansen" not in answer.body


async def test_who_traces_what_a_process_does_hears_nothing_of_a_request(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    class Listening(trace.TracerProvider):
        def get_tracer(self, instrumenting_module_name: str, *_: Any, **__: Any) -> trace.Tracer:
            heard.append(instrumenting_module_name)
            return trace.NoOpTracer()

    monkeypatch.setattr(trace, "get_tracer_provider", Listening)
    assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    assert heard == []
