"""Requests of another shape than any door takes: another method, another kind of body, a body that does not come."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from docs.openapi import openapi_document
from gateway.api.body import LONGEST
from gateway.api.incoming import PATIENCE
from gateway.identity.service import TOKEN_PATH
from tests.gateway.openapi.sweeping import Asked, send
from tests.gateway.running import PLAN, Running, running
from tests.gateway.worlds import world

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = openapi_document()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running(world(), tmp_path_factory.mktemp("odd")) as one:
        yield one


async def test_the_document_that_is_kept_is_the_one_that_is_served(gateway: Running) -> None:
    async with gateway.session.get(f"{gateway.url}/api/v1/openapi.json") as answer:
        assert await answer.json() == DOCUMENT


WITH_A_TOKEN = (PLAN, "/api/v1/log/search")
ODD = ("HEAD", "TRACE", "PUT", "DELETE")


@pytest.mark.parametrize("method", ODD)
async def test_another_method_is_refused_at_every_door(gateway: Running, method: str) -> None:
    for path in DOCUMENT["paths"]:
        asked = Asked(path, method, path.replace("{", "").replace("}", ""), {}, None, {})
        for who in (None, "officer") if path in WITH_A_TOKEN else (None,):
            answer = (await send(gateway, who, asked)).answer
            assert answer.status in {404, 405} or (method == "HEAD" and answer.status < 500), path


async def test_who_is_refused_a_method_reads_which_there_are(gateway: Running) -> None:
    for path, doors in DOCUMENT["paths"].items():
        async with gateway.session.put(f"{gateway.url}{path.replace('{', '').replace('}', '')}") as answer:
            assert answer.status == 405, path
            told = set(answer.headers.get("Allow", "").split(", "))
        assert {each.upper() for each in doors} <= told <= {"GET", "HEAD", "POST"}, path
    async with gateway.session.put(f"{gateway.url}/fhir/Consent") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x", "a/b;;=;"])
async def test_a_body_of_another_kind_is_refused(gateway: Running, kind: str) -> None:
    for path, who in (*((each, "officer") for each in WITH_A_TOKEN), (TOKEN_PATH, None)):
        asked = Asked(path, "POST", path, {"Content-Type": kind}, b"{}", {})
        assert 400 <= (await send(gateway, who, asked)).answer.status < 500, path


async def test_who_is_refused_while_he_writes_reads_why(gateway: Running) -> None:
    """He has no token, so nobody reads what he sends; a connection that is closed meanwhile would be reset."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    head = f"POST {PLAN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {LONGEST}\r\n\r\n".encode())
    for _ in range(4):
        writer.write(b" " * (LONGEST // 4))
        await writer.drain()
        await asyncio.sleep(0.05)
    assert (await reader.read()).startswith(b"HTTP/1.1 401 ")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "more", [f"Content-Length: {LONGEST + 1}", "Content-Length: 9\r\nExpect: 100-continue", "Content-Length: 9"]
)
async def test_nobody_waits_long_for_a_body_that_does_not_come(gateway: Running, more: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    writer.write(f"POST {PLAN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n\r\n".encode())
    async with asyncio.timeout(PATIENCE * 5):
        assert (await reader.read()).startswith(b"HTTP/1.1 401 ")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("odd", ["%00", "%FF", "..%2F..", "%F0%9F%92%A9", "a" * 4000])
async def test_whatever_stands_for_a_part_of_a_path_or_a_query_nothing_breaks(gateway: Running, odd: str) -> None:
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            filled = path
            for each in operation.get("parameters", ()):
                filled = filled.replace(f"{{{each['name']}}}", odd)
            query = "&".join(
                f"{each['name']}={odd}" for each in operation.get("parameters", ()) if each["in"] == "query"
            )
            asked = Asked(path, method.upper(), f"{filled}?{query}" if query else filled, {}, None, {})
            assert (await send(gateway, "officer", asked)).answer.status < 500, asked
