"""What nginx does with our configuration: TLS 1.3 or nothing, small requests, nobody's claims, nothing in its log."""

import json
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from audit.witness import MOST_BYTES
from consent.world.documents import LARGEST
from gateway.api.body import LONGEST
from gateway.api.problems import MEDIA_TYPE, Problem, response
from gateway.api.simulate import PATH as SIMULATE
from gateway.identity.jose import MAX_TOKEN
from gateway.identity.routes import MAX_BODY
from gateway.sandbox.call import Question, call_as
from tests.deploy.door import HOUSE, Door, Heard, Served, door, served_gateway
from tests.gateway.running import PLAN, question

pytestmark = pytest.mark.server

CANARY = "999900006"
CLAIMS = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "X-Original-URL",
    "X-Rewrite-URL",
    "Client-Cert",
    "Client-Cert-Chain",
    "X-Client-Cert",
    "X-SSL-Client-Cert",
    "X-Forwarded-Client-Cert",
)
"""Headers by which a proxy speaks to what stands behind it, so that only a proxy may send them."""


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with served_gateway(tmp_path) as one:
        yield one


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Door]:
    """Give a door with nobody behind it."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with door(tmp_path, behind=nobody.getsockname()[1]) as one:
            yield one


async def test_a_whole_exchange_goes_through_it(served: Served) -> None:
    asked = Question("POST", PLAN, json.dumps(question("sem", "coordinate-plan")).encode())
    answer = await call_as(served.session, served.credentials, served.credentials.named("anna"), asked)
    assert answer.status == 200
    assert json.loads(answer.body)["released"]


@pytest.mark.parametrize("older", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_nobody_is_served_over_less_than_tls_1_3(alone: Door, older: ssl.TLSVersion) -> None:
    context = alone.trusting(most=older)
    with socket.create_connection(("127.0.0.1", alone.port)) as plain:
        if older is ssl.TLSVersion.TLSv1_3:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                assert secured.version() == "TLSv1.3"
            return
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname="localhost")


def test_who_asks_for_another_name_gets_no_handshake(alone: Door) -> None:
    context = alone.trusting()
    context.check_hostname = False
    with socket.create_connection(("127.0.0.1", alone.port)) as plain, pytest.raises(ssl.SSLError, match="UNRECOGN"):
        context.wrap_socket(plain, server_hostname="other.example.org")


async def test_what_is_larger_than_the_gateway_takes_is_refused_in_its_own_words(served: Served) -> None:
    answer = await served.post(PLAN, b"x" * (LONGEST + 1))
    assert answer.status == 413
    assert answer.content_type == MEDIA_TYPE
    assert answer.body == response(Problem("too-large")).body


async def test_the_largest_that_the_gateway_takes_reaches_it(served: Served) -> None:
    answer = await served.post(PLAN, b"x" * LONGEST)
    assert json.loads(answer.body)["type"] == "urn:schakel:problem:unauthenticated"


def test_an_officers_made_up_world_may_be_as_large_as_it_is_read_and_stays_in_memory() -> None:
    assert LARGEST <= 4 * 1024**2 < LARGEST * 2
    site = (HOUSE / "deploy/nginx/sites-available/schakel.conf").read_text()
    place = site.partition(f"location = {SIMULATE} {{")[2].partition("}")[0]
    assert "client_max_body_size 4m;" in place
    assert "client_body_buffer_size 4m;" in place


def test_the_limit_is_that_of_the_largest_door() -> None:
    assert max(LONGEST, MOST_BYTES, MAX_BODY) == 64 * 1024
    assert "client_max_body_size 64k;" in (HOUSE / "deploy/nginx/snippets/schakel-door.conf").read_text()


async def test_two_tokens_of_the_largest_size_reach_the_gateway(served: Served) -> None:
    largest = "x" * MAX_TOKEN
    answer = await served.get("/api/v1/decisions/r1", Authorization=f"DPoP {largest}", DPoP=largest)
    assert answer.status == 401


async def test_what_is_for_its_operator_is_not_shown_outside(served: Served) -> None:
    # By hand, for a client tidies a path up.
    for path in ("/readyz", "/healthz", "/metrics", "//readyz", "/readyz/", "/%72eadyz", "/fhir/../readyz"):
        answer = await served.door.by_hand(f"GET {path} HTTP/1.1")
        assert answer.startswith(b"HTTP/1.1 404 "), path
        assert answer.endswith(bytes(response(Problem("no-such-path")).body)), path


async def test_a_problem_of_the_gateway_reaches_who_asked_unchanged(served: Served) -> None:
    direct = f"http://127.0.0.1:{served.door.behind}/api/v1/decisions/r1"
    async with served.session.get(direct) as behind:
        own = Heard(behind.status, await behind.read(), behind.headers)
    answer = await served.get("/api/v1/decisions/r1")
    assert (answer.status, answer.body) == (own.status, own.body)
    added = {"Server", "Date", "Connection", "Strict-Transport-Security"}
    assert {name: value for name, value in answer.headers.items() if name not in added} == {
        name: value for name, value in own.headers.items() if name != "Date"
    }
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


async def test_a_gateway_that_is_away_is_a_problem_too(alone: Door) -> None:
    head, _, body = (await alone.by_hand("GET / HTTP/1.1")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == 503


async def test_nobody_outside_can_speak_as_a_proxy(tmp_path: Path) -> None:
    heard: dict[str, str] = {}

    async def hear(request: web.Request) -> web.Response:
        heard.update(request.headers)
        return web.Response(text="heard")

    app = web.Application()
    app.router.add_get("/", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with door(tmp_path, behind=runner.addresses[0][1]) as front:
        claims = "".join(f"\r\n{name}: forged" for name in CLAIMS)
        assert (await front.by_hand(f"GET / HTTP/1.1\r\nDPoP: mine{claims}")).endswith(b"heard")
    await runner.cleanup()
    assert heard["DPoP"] == "mine"
    assert "forged" not in heard.values()


async def test_no_log_of_it_holds_a_query_a_path_or_an_address(served: Served) -> None:
    await served.get(f"/api/v1/persons/{CANARY}/facts?bsn={CANARY}")
    await served.get(f"/readyz?bsn={CANARY}", **{"User-Agent": CANARY, "Referer": CANARY})
    await served.post(f"{PLAN}?bsn={CANARY}", b"x" * (LONGEST + 1))
    await served.get(f"/{CANARY}", **{"X-Long": "x" * 20_000})
    logged = served.door.logged()
    assert " POST exchange 413 " in logged
    assert CANARY not in logged
    assert "127.0.0.1" not in logged


async def test_a_gateway_that_is_away_leaves_no_query_in_a_log(alone: Door) -> None:
    await alone.by_hand(f"GET /?bsn={CANARY} HTTP/1.1")
    assert " GET other 503 " in alone.logged()
    assert CANARY not in alone.logged()
