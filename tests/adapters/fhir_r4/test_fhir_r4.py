import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from adapters.contract import RecordSource, SourceMalformedError, SourceSilentError
from adapters.testing import RemoteSourceContract, ask
from schemas.permits import Permit
from tests.adapters import make
from tests.adapters.fhir_r4 import servers
from tests.adapters.fhir_r4.servers import Handler, Server, bundle, goal, patient

NOWHERE = URL("http://127.0.0.1:1/r4")


class TestFHIRSource(RemoteSourceContract):
    @pytest.fixture
    async def source(self) -> AsyncIterator[RecordSource]:
        async with servers.running(servers.family()) as url:
            yield servers.source(url)

    @pytest.fixture
    def permit(self) -> Permit:
        return make.permit()

    @pytest.fixture
    def silent(self) -> RecordSource:
        return servers.source(NOWHERE)


async def fetch(server: Server, **settings: Any) -> list[tuple[str, str]]:
    """Ask `server` about sem; return kind and id of what it gave."""
    async with servers.running(server) as url:
        source = servers.source(url, **settings)
        try:
            return [(each.kind, each.id) for each in await source.fetch(make.permit())]
        finally:
            await source.close()


def said(status: int, body: Any, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=content, headers=headers)

    return handler


async def test_no_number_of_a_person_stands_in_an_address() -> None:
    server = servers.family()
    assert await fetch(server) == [("Patient", "p1"), ("Goal", "g1")]
    assert [(method, url) for method, url, _ in server.asked] == [
        ("POST", "/r4/Patient/_search"),
        ("POST", "/r4/Goal/_search"),
    ]
    assert server.asked[0][2]["identifier"] == f"{make.BSN}|{make.SEM}"
    assert server.asked[1][2]["patient"] == "Patient/p1"


async def test_a_server_that_answers_with_everybody_is_not_believed() -> None:
    server = servers.family()
    server.answers["Patient"] = bundle(patient("p1", make.SEM), patient("p2", "999990044"))
    assert await fetch(server) == [("Patient", "p1"), ("Goal", "g1")]
    assert server.asked[1][2]["patient"] == "Patient/p1"


async def test_who_is_not_known_there_is_asked_no_further() -> None:
    server = servers.family()
    server.answers["Patient"] = bundle()
    assert await fetch(server) == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "searches", [{"Goal": "patient"}, {"Goal": "subject:identifier"}], ids=["via Patient", "direct"]
)
async def test_where_nobody_may_be_asked_about_the_server_hears_of_nobody(searches: dict[str, str]) -> None:
    server = servers.family()
    async with servers.running(server) as url:
        source = servers.source(url, searches=searches)
        assert await source.fetch(replace(make.permit(), identifiers={})) == []
        await source.close()
    ((_, url_asked, fields),) = server.asked
    assert url_asked in {"/r4/Patient/_search", "/r4/Goal/_search"}
    assert fields.keys() == {"_id", "_count"}


async def test_a_search_by_identifier_needs_no_patient() -> None:
    server = servers.family()
    assert await fetch(server, searches={"Goal": "subject:identifier"}) == [("Goal", "g1")]
    assert server.asked[0][2]["subject:identifier"] == f"{make.BSN}|{make.SEM}"


async def test_every_page_is_read_in_its_order() -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(goal("g1", "p1"), link=[{"relation": "next", "url": "Goal?page=2"}])

    async def second(request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            return web.json_response(bundle(goal("g1", "p1"), link=[{"relation": "next", "url": "Goal?page=2"}]))
        return web.json_response(bundle(goal("g2", "p1")))

    server.answers["Goal"] = second
    assert await fetch(server) == [("Patient", "p1"), ("Goal", "g1"), ("Goal", "g2")]


async def test_pages_without_end_are_refused() -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(link=[{"relation": "next", "url": "Goal"}])
    with pytest.raises(SourceMalformedError, match="Goal: more than 3 pages"):
        await fetch(server, pages=3)


@pytest.mark.parametrize(
    "link", ["http://elders.example/r4/Goal", "//elders.example/Goal", "http://a:b@[", "file:///x"]
)
async def test_a_page_of_another_server_is_not_asked_for(link: str) -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(link=[{"relation": "next", "url": link}])
    with pytest.raises(SourceMalformedError, match="a link") as caught:
        await fetch(server)
    assert "elders" not in str(caught.value)


async def test_an_account_in_a_link_is_not_followed() -> None:
    server = servers.family()
    async with servers.running(server) as url:
        server.answers["Goal"] = bundle(link=[{"relation": "next", "url": str(url.with_user("x") / "Goal")}])
        source = servers.source(url)
        with pytest.raises(SourceMalformedError, match="a link to another server"):
            await source.fetch(make.permit())
        await source.close()


async def test_persons_on_more_than_one_page_are_refused() -> None:
    server = servers.family()
    server.answers["Patient"] = bundle(patient("p1", make.SEM), link=[{"relation": "next", "url": "Patient?page=2"}])
    with pytest.raises(SourceMalformedError, match="Patient: more than one page"):
        await fetch(server)


async def test_a_resource_without_what_the_mapping_calls_its_id_is_malformed() -> None:
    mapping = servers.MAPPING.replace("kind: Goal\n    id: id", "kind: Goal\n    id: meta.source")
    with pytest.raises(SourceMalformedError, match="Goal: a resource without what the mapping calls its id"):
        await fetch(servers.family(), mapping=mapping)


DOUBLED = json.dumps(bundle(goal("g1", "p1", "rustig"))).replace('"id"', '"subject": {}, "id"', 1).encode()
"""Whom it is about stands there twice: who reads the first and who reads the last read another thing."""
WRONG: list[tuple[Handler, str]] = [
    (said(200, b"{"), "Goal: page 1: not JSON at line 1 column"),
    (said(200, b"\xff"), "Goal: page 1: not JSON"),
    (said(200, b"[]"), "Goal: page 1: a resource was expected"),
    (said(200, {"resourceType": "Goal"}), "a Bundle of type searchset was expected"),
    (said(200, {"resourceType": "Bundle", "type": "searchset", "entry": {}}), "entry: a list was expected"),
    (said(200, {"resourceType": "Bundle", "type": "searchset", "entry": [1]}), "entry[0]: a resource was expected"),
    (said(200, bundle({"resourceType": "Jan Jansen", "id": "1"})), "entry[0]: a resource was expected"),
    (said(200, bundle({"resourceType": "Goal"})), "entry[0]: Goal without an id"),
    (said(200, bundle({"resourceType": "Goal", "id": "Jan Jansen"})), "entry[0]: Goal without an id"),
    (said(200, bundle(link="x")), "link: a list was expected"),
    (said(200, bundle(link=[{"relation": "next"}])), "link: one next page was expected"),
    (said(302, b"", Location="/r4/Goal"), "status 302: redirects are not followed"),
    (said(307, b"", Location="http://elders.example/"), "status 307: redirects are not followed"),
    (said(404, b"weg"), "Goal: page 1: status 404"),
    (said(401, {"resourceType": "OperationOutcome", "issue": [{"code": "login"}]}), "status 401: login"),
    (said(400, {"issue": [{"code": "Jan Jansen", "diagnostics": "999990019"}]}), "status 400: an unknown code"),
    (said(400, {"issue": "999990019"}), "status 400: no reason given"),
    (
        said(200, bundle({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid"}]})),
        "entry[0]: invalid",
    ),
    (said(200, gzip.compress(b"{}"), **{"Content-Encoding": "gzip"}), "a compressed answer"),
    (said(200, DOUBLED), "Goal: page 1: a member stands twice in one object"),
    (said(200, DOUBLED.replace(b":", b" : ")), "Goal: page 1: a member stands twice in one object"),
    (said(200, DOUBLED.replace(b"rustig", b"\\u0022:")), "Goal: page 1: a member stands twice in one object"),
    (said(200, b'{"entry": ' + b"[" * 1_000 + b"1.5" + b"]" * 1_000 + b"}"), "Goal: page 1: nested too deep"),
    (said(200, b" " * 200_000), "an answer of more than 100000 bytes"),
]


@pytest.mark.parametrize(("handler", "why"), WRONG)
async def test_an_answer_that_cannot_be_read_is_malformed_and_says_where(handler: Handler, why: str) -> None:
    server = servers.family()
    server.answers["Goal"] = handler
    with pytest.raises(SourceMalformedError) as caught:
        await fetch(server, size_limit=100_000)
    assert why in str(caught.value)
    assert not any(value in str(caught.value) for value in (make.SEM, "Jan", "elders"))


SILENT: list[Handler] = [
    said(503, b""),
    said(429, b""),
    said(400, {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "throttled"}]}),
    said(200, {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}),
]


@pytest.mark.parametrize("handler", SILENT)
async def test_a_server_that_cannot_now_is_silent(handler: Handler) -> None:
    server = servers.family()
    server.answers["Goal"] = handler
    with pytest.raises(SourceSilentError):
        await fetch(server)


async def test_a_warning_among_the_entries_is_passed_over() -> None:
    server = servers.family()
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "informational"}]}
    server.answers["Goal"] = bundle(goal("g1", "p1"), outcome)
    assert await fetch(server) == [("Patient", "p1"), ("Goal", "g1")]


async def test_a_server_that_hangs_up_or_drips_is_silent() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        await asyncio.sleep(1)
        return response

    async def hang_up(request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    for handler in (drip, hang_up):
        server = servers.family()
        server.answers["Goal"] = handler
        with pytest.raises(SourceSilentError) as caught:
            await fetch(server, deadline_seconds=0.2)
        assert "127.0.0.1" not in str(caught.value)


async def test_a_resource_of_another_kind_is_listed() -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(goal("g1", "p1"), {"resourceType": "Consent", "id": "c1"})
    async with servers.running(server) as url:
        source = servers.source(url)
        mapped = await ask(source, make.permit())
        await source.close()
    assert [each.why for each in mapped.leftovers] == ["this kind of record is not in the mapping"]


async def test_a_goal_of_somebody_else_does_not_get_in() -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(goal("g1", "p1"), goal("g2", "p9", "geheim"))
    async with servers.running(server) as url:
        source = servers.source(url)
        mapped = await ask(source, make.permit())
        await source.close()
    assert [each.text for each in mapped.elements] == ["beter slapen"]


async def test_a_token_goes_along_and_is_asked_for_each_time() -> None:
    server = servers.family()
    given = iter("ab")
    seen: list[str | None] = []

    async def token() -> str:
        return next(given)

    async def look(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("Authorization"))
        return web.json_response(bundle(patient("p1", make.SEM)) if "Patient" in request.path else bundle())

    server.answers = {"Patient": look, "Goal": look}
    await fetch(server, token=token)
    assert seen == ["Bearer a", "Bearer b"]


@pytest.mark.parametrize(
    "change",
    [
        {"modifierExtension": [{"url": "urn:niet", "valueBoolean": True}]},
        {"target": [{"modifierExtension": [{"url": "urn:niet"}]}]},
        {"implicitRules": "urn:anders"},
        {"lifecycleStatus": "entered-in-error"},
        {"status": "entered-in-error"},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
    ],
)
async def test_a_resource_that_does_not_mean_what_it_says_is_left_over(change: dict[str, Any]) -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(goal("g1", "p1"), goal("g2", "p1", "iets anders") | change)
    async with servers.running(server) as url:
        source = servers.source(url)
        mapped = await ask(source, make.permit())
        await source.close()
    assert [each.text for each in mapped.elements] == ["beter slapen"]
    assert [each.path for each in mapped.leftovers] == [
        next(iter(change)) if "target" not in change else "modifierExtension"
    ]


async def test_a_search_that_was_cut_off_is_refused() -> None:
    server = servers.family()
    server.answers["Goal"] = bundle(goal("g1", "p1"), total=2)
    with pytest.raises(SourceMalformedError, match="Goal: 1 of 2 resources, and no next page"):
        await fetch(server)


async def test_what_is_only_included_does_not_count_as_found() -> None:
    server = servers.family()
    answer = bundle(goal("g1", "p1"), total=2)
    answer["entry"].append({"resource": patient("p1", make.SEM), "search": {"mode": "include"}})
    server.answers["Goal"] = answer
    with pytest.raises(SourceMalformedError, match="1 of 2 resources"):
        await fetch(server)
