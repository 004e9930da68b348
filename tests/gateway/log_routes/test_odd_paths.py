"""Addresses of tiles that are none, and sizes that are none: each has one spelling, and everything else is refused."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.gateway.log_routes.conftest import Published, showing
from tests.gateway.log_routes.fetching import fetch
from tests.gateway.log_routes.growing import grow_to

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def published(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Published]:
    folder = tmp_path_factory.mktemp("gateway")
    async with showing(f"sqlite+aiosqlite:///{folder / 'log.db'}", folder) as log:
        await grow_to(log.engine, 257)
        yield log


@pytest.mark.parametrize(
    "name",
    [
        "", "0", "0/", "0/x001", "0/000/", "/0/000", "0//000", "0/00", "0/0000", "0/x000/000", "0/x000", "-1/000",
        "0/-01", "00/000", "+0/000", "0/000.p", "0/000.p/", "0/000.p/0", "0/000.p/-1", "0/000.p/01", "0/000.p/256",
        "0/000.p/257", "0/000.p/999", "0/000.p/1/", "1/001.p/1", "2/000.p/1", "63/000.p/1", "64/000", "999/000",
        "0/999",
        "0/x999/x999/x999/x999/x999/x999/999", "0/" + "x999/" * 1500 + "999", "../keys", "0/../0/000", "%2e%2e/keys",
        "%30/000", "0%2F000", "0/000%2Ep/1", "%D9%A0/000", "0/%D9%A0%D9%A0%D9%A0", "%EF%BC%90/000", "0/000%00",
        "0/000%0A", "0/000%20", "data/000", "ENTRIES/000", "0/000.P/1", "0\\000", "%FF/000",
    ],
)  # fmt: skip
async def test_what_names_no_tile_of_a_signed_tree_is_not_there(published: Published, name: str) -> None:
    answer = await fetch(published.url, f"/audit/tile/{name}")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:no-such-path"


async def test_a_slash_too_many_is_sent_nowhere(published: Published) -> None:
    for path in ("/audit/checkpoint/", "/audit/consistency/?from=1&to=2", "/audit/tile", "/audit/keys/"):
        answer = await fetch(published.url, path, {"X-Forwarded-Host": "elsewhere.example"})
        assert (answer.status, "location" in answer.headers) == (404, False)


@pytest.mark.parametrize(
    ("query", "path", "message"),
    [
        ("", "from", "expected once"),
        ("?from=1", "to", "expected once"),
        ("?to=1", "from", "expected once"),
        ("?from=0&to=3", "from", "from 1 on"),
        ("?from=-1&to=3", "from", "from 1 on"),
        ("?from=01&to=3", "from", "from 1 on"),
        ("?from=+1&to=3", "from", "from 1 on"),
        ("?from=1.0&to=3", "from", "from 1 on"),
        ("?from=1e1&to=30", "from", "from 1 on"),
        ("?from=%D9%A1&to=3", "from", "from 1 on"),
        ("?from=%EF%BC%91&to=3", "from", "from 1 on"),
        ("?from=1&to=x", "to", "from 1 on"),
        ("?from=1&to=", "to", "expected once"),
        ("?from=1&to=2&to=3", "to", "expected once"),
        ("?from=1&from=1&to=3", "from", "expected once"),
        ("?from=3&to=2", "from", "is more than `to`"),
        ("?from=1&to=258", "to", "is more than the newest checkpoint has"),
        ("?from=258&to=258", "to", "is more than the newest checkpoint has"),
        (f"?from=1&to={2**63}", "to", "is more than the newest checkpoint has"),
        ("?from=1&to=" + "9" * 5000, "to", "from 1 on"),
        ("?from=1&to=2&size=3", "(query)", "only `from` and `to`"),
    ],
)
async def test_what_cannot_be_proven_is_told_with_the_parameter(
    published: Published, query: str, path: str, message: str
) -> None:
    answer = await fetch(published.url, f"/audit/consistency{query}")
    told = json.loads(answer.body)
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    [error] = told["errors"]
    assert error["path"] == path
    assert message in error["message"]


@pytest.mark.parametrize("name", ["000", "000.p/0", "000.p/256", "001.p/1", "x000/000", "000.p/1/", "0", "", "../keys"])
async def test_what_names_no_bundle_of_a_signed_tree_is_not_there(published: Published, name: str) -> None:
    headers = await published.gateway.headers("officer", "GET", f"/audit/tile/entries/{name}")
    answer = await fetch(published.url, f"/audit/tile/entries/{name}", headers)
    assert (answer.status, json.loads(answer.body)["type"]) == (404, "urn:schakel:problem:no-such-path")
