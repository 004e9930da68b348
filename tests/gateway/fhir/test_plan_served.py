"""The plan in FHIR is the answer of the one exchange: the same elements, the same event, the same receipt."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_asyncio

from audit.receipt import check_receipt
from gateway.app import Outermost
from gateway.flow.release import MESSAGE
from schemas.fhir.addresses import ELEMENTS
from tests.gateway.behind import event_of
from tests.gateway.fhir.plan_door import (
    FHIR,
    FORM,
    OPERATION,
    SEARCH,
    XML,
    as_xml,
    asked,
    body_of,
    issues,
    parameters,
    query,
    status_of,
)
from tests.gateway.running import PERSON, Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import YES, world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]

_MOVES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b")
IN_A_BODY = f"subject.identifier={PERSON}|sem&purpose=coordinate-plan&category=goals".encode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    elements = [element("e1"), element("e2", good_care_veto=True), element("e3", about=("moeder", "sem"))]
    yes = [{"id": person, **YES, "about": person, "given_by": person} for person in ("sem", "moeder")]
    change = instead(Telling("ggz-west", elements), Telling("school-1"))
    async with running(world(consents=yes), tmp_path_factory.mktemp("gateway"), change=change) as one:
        yield one


async def operated(gateway: Running, body: bytes, kind: str = FHIR, who: str = "anna", path: str = OPERATION) -> bytes:
    return await gateway.raw(who, "POST", path, body, kind)


def released(bundle: dict[str, Any]) -> dict[str, str]:
    """Return the text of each element of a Bundle."""
    return {
        each["resource"]["identifier"][0]["value"]: each["resource"]["description"]["text"]
        for each in bundle["entry"]
        if any(one["system"] == ELEMENTS for one in each["resource"].get("identifier", ()) if "system" in one)
    }


ASKED = {
    "JSON": ("POST", OPERATION, parameters(), FHIR),
    "XML": ("POST", OPERATION, as_xml(asked()), XML),
    "a search": ("GET", f"{SEARCH}?{query()}", b"", FHIR),
    "a search in a body": ("POST", f"{SEARCH}/_search", IN_A_BODY, FORM),
}


@pytest.mark.parametrize("form", ASKED.values(), ids=[name.replace(" ", "-") for name in ASKED])
async def test_who_asks_in_fhir_gets_what_he_gets_natively_with_an_event_and_a_receipt(
    gateway: Running, form: tuple[str, str, bytes, str]
) -> None:
    method, path, body, kind = form
    answer = await gateway.raw("anna", method, path, body, kind)
    assert status_of(answer) == 200, answer
    assert b"content-type: application/fhir+json\r\n" in answer
    assert b"cache-control: no-store\r\n" in answer
    bundle = body_of(answer)
    native = json.loads((await gateway.ask("anna", "sem", "coordinate-plan")).body)
    assert released(bundle) == {each["id"]: each["text"] for each in native["plan"]["elements"]}
    said = bundle["entry"][-1]["resource"]
    assert said["issue"][0]["details"]["text"] == MESSAGE["en"]
    assert [
        [one.get("valueString", one.get("valueCode")) for one in each["extension"]] for each in said["extension"]
    ] == [[each["organisation"], each["status"]] for each in native["sources"]]

    entry, told = await event_of(gateway, bundle["id"])
    sent = answer.partition(b"\r\n\r\n")[2]
    assert hashlib.sha256(sent.rpartition(b',"meta":')[0] + b"}").hexdigest() == told["answer"]
    receipt = json.loads(bundle["meta"]["extension"][0]["valueString"])
    assert receipt["event"] == entry.event_id
    assert check_receipt(receipt, [gateway.gateway.log.key.verifier]) == entry.leaf_hash


def as_if_at_one_instant(told: dict[str, Any]) -> str:
    """Return what an event holds without instants, ids of requests and digests."""
    return _MOVES.sub("-", json.dumps(told, sort_keys=True))


async def test_the_event_of_a_question_in_fhir_is_that_of_the_native_question(gateway: Running) -> None:
    in_fhir, told = await event_of(gateway, body_of(await operated(gateway, parameters()))["id"])
    natively = json.loads((await gateway.ask("anna", "sem", "coordinate-plan")).body)
    native, said = await event_of(gateway, natively["request_id"])
    assert as_if_at_one_instant(told) == as_if_at_one_instant(said)
    assert in_fhir.leaf_json["kind"] == native.leaf_json["kind"] == "exchange.disclosed"


async def test_a_search_tells_one_match_and_no_number_of_its_person(gateway: Running) -> None:
    bundle = body_of(await gateway.raw("anna", "POST", f"{SEARCH}/_search", IN_A_BODY, FORM))
    assert (bundle["type"], "total" in bundle) == ("searchset", False)
    modes = [each["search"]["mode"] for each in bundle["entry"]]
    assert (modes.count("match"), modes.count("outcome")) == (1, 1)
    [link] = bundle["link"]
    assert link == {"relation": "self", "url": f"{gateway.url}{SEARCH}?purpose=coordinate-plan&category=goals"}


@contextmanager
def broken_log(gateway: Running) -> Iterator[None]:
    health = gateway.gateway.exchange.committer.health
    health.broken = True
    try:
        yield
    finally:
        health.broken = False


async def test_nothing_leaves_that_cannot_be_put_on_record(gateway: Running) -> None:
    with broken_log(gateway):
        answer = await operated(gateway, parameters())
    assert status_of(answer) == 503
    assert issues(answer)["code"] == "log-unavailable"


WRONG = {
    "a purpose that is none": (
        parameters(*asked(purpose="nieuwsgierig")),
        FHIR,
        422,
        "Parameters.parameter.where(name='purpose')",
    ),
    "no person": (parameters(*asked()[1:]), FHIR, 422, "Parameters.parameter.where(name='person')"),
    "not understood": (parameters(*asked(geheim="x")), FHIR, 422, "Parameters.parameter[3]"),
    "no JSON": (b"{", FHIR, 400, ""),
    "no XML": (b"<!DOCTYPE x>", XML, 400, ""),
    "too much": (b" " * 70_000, XML, 413, ""),
    "another form": (b"{}", "text/plain", 415, ""),
}


@pytest.mark.parametrize(
    ("body", "kind", "status", "place"), WRONG.values(), ids=[each.replace(" ", "-") for each in WRONG]
)
async def test_what_is_wrong_is_said_at_its_place_from_the_one_catalogue(
    gateway: Running, body: bytes, kind: str, status: int, place: str
) -> None:
    answer = await operated(gateway, body, kind)
    assert status_of(answer) == status, answer
    assert not place or place in issues(answer)
    assert b"geheim" not in answer
    assert b"nieuwsgierig" not in answer


@pytest.mark.parametrize(
    ("path", "body", "kind"), [(f"{SEARCH}/_search", IN_A_BODY, FORM), (OPERATION, parameters(), FHIR)]
)
async def test_what_an_address_asks_beside_a_body_is_not_passed_over(
    gateway: Running, path: str, body: bytes, kind: str
) -> None:
    answer = await gateway.raw("anna", "POST", f"{path}?category=appointments", body, kind)
    assert (status_of(answer), list(issues(answer))) == (422, ["code", "http"])


async def test_a_number_in_an_address_is_refused_and_not_repeated(gateway: Running) -> None:
    told = f"{SEARCH}?subject.identifier=bsn|999990019&purpose=coordinate-plan&category=all"
    answer = await gateway.raw("anna", "GET", told)
    assert (status_of(answer), b"999990019" in answer) == (422, False)
    assert "http.subject.identifier" in issues(answer)


def paths(routes: Iterable[Any], before: str = "") -> Iterator[str]:
    for each in routes:
        # What is mounted is an application of its own, with doors of its own.
        yield from paths(each.routes, before + each.path) if hasattr(each, "routes") else [before + each.path]


async def test_a_slash_too_many_leads_nowhere(gateway: Running) -> None:
    assert isinstance(gateway.app, Outermost)
    doors = sorted({re.sub(r"{\w+}", "x", each) for each in paths(gateway.app._app.routes)})
    assert {OPERATION, SEARCH, "/fhir/Consent", "/api/v1/exchange/plan"} <= {*doors}
    for door in doors:
        for method in ("GET", "POST"):
            where = f"{gateway.url}{door}/?subject.identifier=bsn%7C999990019"
            async with gateway.session.request(method, where, allow_redirects=False) as answer:
                told = await answer.read()
            assert ("Location" in answer.headers, b"999990019" in told) == (False, False), door
            # To a name that may hold a slash it is part of the name.
            assert answer.status == 404 or ":path" in door, door


async def test_the_search_finds_who_was_asked_about_also_where_another_comes_before_him(gateway: Running) -> None:
    bundle = body_of(await gateway.raw("anna", "GET", f"{SEARCH}?{query()}"))
    [plan] = [each["resource"] for each in bundle["entry"] if each["search"]["mode"] == "match"]
    assert plan["subject"] == {"reference": "Patient/sem"}
    assert plan["extension"][0]["valueReference"] == {"reference": "Patient/moeder"}


async def test_the_texts_of_the_catalogue_name_what_an_outcome_has(gateway: Running) -> None:
    answer = await operated(gateway, parameters(*asked(purpose="nieuwsgierig")))
    assert b"`errors`" not in answer
    assert b"`issue`" in answer


async def test_what_an_emergency_lacks_is_said_at_its_part(gateway: Running) -> None:
    answer = await operated(gateway, parameters(*asked(purpose="emergency")))
    assert status_of(answer) == 403
    assert issues(answer).keys() == {"code", "Parameters.parameter.where(name='emergency')"}


@pytest.mark.parametrize("path", [OPERATION, SEARCH, f"{SEARCH}/_search"])
async def test_nobody_gets_in_without_login_and_proof(gateway: Running, path: str) -> None:
    method = "GET" if path == SEARCH else "POST"
    async with gateway.session.request(method, f"{gateway.url}{path}") as answer:
        told = json.loads(await answer.read())
    assert (answer.status, told["issue"][0]["code"]) == (401, "login")


async def test_the_capability_statement_names_the_search_and_the_operation(gateway: Running) -> None:
    told = body_of(await gateway.raw("anna", "GET", "/fhir/metadata"))
    [plan] = [each for each in told["rest"][0]["resource"] if each["type"] == "CarePlan"]
    assert [each["code"] for each in plan["interaction"]] == ["search-type"]
    assert [each["name"] for each in plan["operation"]] == ["family-plan"]
