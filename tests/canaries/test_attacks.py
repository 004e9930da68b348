"""Canaries in everything that a stranger, a requester or a source can send: none is read in what an operator reads.

The gateway here is a process of its own, as it runs in production; its standard error is a file, so nothing is lost.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from gateway.identity.keys import new_signing_key
from gateway.logs import EVENTS
from gateway.sandbox.call import fetch_token, proof
from gateway.sandbox.credentials import Credentials, read_credentials
from tests.canaries.looking import BSN, FAMILY_NAME, GIVEN_NAME, MACHINE, SAID, STREET, canaries_in
from tests.gateway.running import PERSON, PLAN
from tests.gateway.worlds import world

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHAKEL = Path(sys.executable).with_name("schakel")
ALL = f"{GIVEN_NAME} {FAMILY_NAME} {STREET} {BSN} {SAID} {MACHINE}"
BREAKING = ("\x1b[31m", "\u2028", "\x85", "\x07", "%0d%0a", '"}\\n{')
"""What would begin a new line, or move the cursor, in a log that writes it as it is."""


@dataclass
class Attacked:
    """A gateway, and everything that it said so far."""

    url: str
    credentials: Credentials
    session: aiohttp.ClientSession
    said: Path

    async def send(
        self,
        method: str,
        path: str,
        *,
        who: str | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Send one request, as `who` with token and proof, and return the status."""
        given = {"User-Agent": f"{MACHINE}/1.0", **(headers or {})}
        if who is not None:
            key = new_signing_key()
            token = await fetch_token(self.session, self.credentials, self.credentials.named(who), key)
            bare = f"{self.url}{path.partition('?')[0]}"
            given |= {"Authorization": f"DPoP {token}", "DPoP": proof(key, method, bare, access_token=token)}
        if body is not None:
            given.setdefault("Content-Type", "application/json")
        async with self.session.request(method, f"{self.url}{path}", headers=given, data=body) as answer:
            await answer.read()
            return answer.status

    async def raw(self, sent: bytes) -> bytes:
        """Send bytes that no client would, and return what comes back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.url.rpartition(":")[2]))
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return answer

    def log(self) -> list[str]:
        """Return the lines of the running log so far."""
        return self.said.read_bytes().decode("ascii").splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked")


@pytest.fixture(scope="module")
def process(folder: Path) -> Iterator[str]:
    told = world()
    told["records"][0]["note"] = ALL
    (folder / "world.json").write_text(json.dumps(told))
    command = [str(SCHAKEL), "sandbox", str(folder / "world.json"), "--credentials", str(folder / "credentials.json")]
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(
            command, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, stderr=said, text=True
        ) as one,
    ):
        assert one.stdout is not None
        ready = one.stdout.readline()
        yield ready.removeprefix("ready ").strip()
        one.terminate()
        assert one.wait(20) == 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def attacked(process: str, folder: Path) -> AsyncIterator[Attacked]:
    credentials = read_credentials(folder / "credentials.json")
    async with aiohttp.ClientSession() as session:
        yield Attacked(process, credentials, session, folder / "said")


async def test_whatever_headers_say_they_are_not_repeated(attacked: Attacked) -> None:
    names = (
        "X-Request-Id",
        "Referer",
        "X-Forwarded-For",
        "traceparent",
        "baggage",
        "Cookie",
        "Accept-Language",
        "From",
    )
    for name in names:
        assert await attacked.send("GET", "/api/v1/notices", headers={name: ALL}) == 401
        assert await attacked.send("GET", "/api/v1/notices", who="anna", headers={name: ALL}) == 403
    for credentials in ({"Authorization": f"DPoP {BSN}"}, {"Authorization": f"Bearer {ALL}"}, {"DPoP": ALL}):
        assert await attacked.send("GET", "/api/v1/notices", headers=credentials) == 401
    assert await attacked.send("POST", PLAN, who="anna", body=b"{}", headers={"Content-Type": f"text/{MACHINE}"}) == 415
    assert await attacked.send("POST", PLAN, who="anna", body=b"{}", headers={"Idempotency-Key": ALL}) == 422


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/persons/{BSN}/facts",
        f"/api/v1/persons/{BSN}/who-may-see?name={FAMILY_NAME}",
        f"/api/v1/decisions/{FAMILY_NAME}",
        f"/api/v1/signals?since={BSN}",
        f"/api/v1/signals?{STREET}=1",
        f"/fhir/Consent?patient={BSN}",
        f"/fhir/Patient/{BSN}",
        f"/fhir/CarePlan?subject=Patient/{BSN}&subject.identifier={BSN}&{FAMILY_NAME}={STREET}",
        f"/audit/tile/entries/{BSN}",
        f"/audit/consistency?from={BSN}&to={FAMILY_NAME}",
        f"/{FAMILY_NAME}/%00/{BSN}",
        f"/oauth/token?client_id={FAMILY_NAME}",
    ],
)
async def test_whatever_stands_in_an_address_is_not_repeated(attacked: Attacked, path: str) -> None:
    for who in (None, "anna", "officer"):
        for method in ("GET", "POST"):
            assert await attacked.send(method, path, who=who, body=b"" if method == "POST" else None) in {
                400, 401, 403, 404, 405, 415, 422
            }  # fmt: skip


def bodies() -> Iterator[tuple[str, Any]]:
    person = {"system": PERSON, "value": "sem"}
    good = {"person": person, "purpose": "coordinate-plan", "categories": "all"}
    yield PLAN, {**good, "question": ALL, "justification": ALL, "matter": ALL}
    yield PLAN, {**good, "person": {"system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": BSN}}
    yield PLAN, {**good, "person": {"system": ALL, "value": ALL}}
    yield PLAN, {**good, "purpose": ALL}
    yield PLAN, {**good, "categories": [ALL]}
    yield PLAN, {**good, FAMILY_NAME: BSN}
    yield PLAN, {**good, "purpose": "emergency", "emergency": {"text": ALL, "live_contact": ALL}}
    yield PLAN, [ALL]
    for kind in ("consents", "involvements", "family", "orders", FAMILY_NAME):
        yield f"/api/v1/facts/{kind}", {"id": BSN, "about": FAMILY_NAME, "evidence": ALL, "note": ALL, "on": ALL}
        yield f"/api/v1/facts/{kind}/{BSN}/close", {"reason": ALL}
    yield "/api/v1/holder/decisions", {"about": BSN, "asker": {"person": FAMILY_NAME}, "purpose": SAID, "reason": ALL}
    yield f"/api/v1/holder/questions/{BSN}/decision", {"approved": True, "reason": ALL}
    yield "/api/v1/decisions/simulate", world(persons=[{"id": FAMILY_NAME, "born": BSN}])
    yield "/api/v1/decisions/simulate", world(notes=ALL)
    yield "/api/v1/signals/explained", {"rule": ALL, "organisation": FAMILY_NAME, "until": BSN, "because": ALL}
    asked = [{"name": ALL, "valueString": ALL}, {"name": "person", "valueIdentifier": {"system": ALL, "value": BSN}}]
    yield "/fhir/CarePlan/$family-plan", {"resourceType": "Parameters", "parameter": asked}
    yield "/fhir/CarePlan/$family-plan", {"resourceType": "Parameters", "parameter": asked[1:]}
    yield "/fhir/Consent", {"resourceType": "Consent", "text": {"div": ALL}, "patient": {"display": FAMILY_NAME}}


@pytest.mark.parametrize("who", ["anna", "sem", "officer", "officer:ggz-west"])
async def test_whatever_a_body_says_is_not_repeated(attacked: Attacked, who: str) -> None:
    for path, body in bodies():
        assert await attacked.send("POST", path, who=who, body=json.dumps(body).encode()) < 500


Door = tuple[str, str, tuple[str, ...], tuple[str, ...]]
"""A method and a path, the members of its body, and the names of its query."""


async def doors(attacked: Attacked) -> list[Door]:
    """Return every door that the gateway describes: one that is new is attacked because it is there."""
    async with attacked.session.get(f"{attacked.url}/api/v1/openapi.json") as answer:
        described = await answer.json()
    return [
        (method.upper(), path, _members(told, described), _queries([*each.get("parameters", []), *both]))
        for path, each in described["paths"].items()
        for both in [each.get("parameters", [])]
        for method, told in each.items()
        if method in {"get", "post", "put", "delete"}
    ]


def _members(told: Mapping[str, Any], described: Mapping[str, Any]) -> tuple[str, ...]:
    content = told.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = next((each.get("schema", {}) for each in content.values()), {})
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return tuple(schema.get("properties", {}))


def _queries(parameters: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(each["name"] for each in parameters if each.get("in") == "query")


async def test_no_door_that_the_gateway_describes_repeats_what_it_was_sent(attacked: Attacked) -> None:
    found = await doors(attacked)
    for room in (
        "reviews",
        "obligations",
        "signals",
        "log/tickets",
        "me/access-log",
        "notices",
        "emergencies",
        "holder",
    ):
        assert any(path.startswith(f"/api/v1/{room}") for _, path, _, _ in found), room
    for n, (method, path, members, queries) in enumerate(found):
        at = re.sub(r"\{[^}]*\}", (BSN, FAMILY_NAME)[n % 2], path)
        query = "&".join(f"{each}={(STREET, BSN)[n % 2]}" for each in (*queries, GIVEN_NAME))
        body = json.dumps({**dict.fromkeys(members, ALL), **dict.fromkeys((SAID, "reason", "because"), BSN)}).encode()
        sent = None if method == "GET" else body
        # Over all doors everybody comes; where something can be written, two do.
        one, other = ATTACKERS[n % 4], ATTACKERS[(n + 1) % 4]
        assert await attacked.send(method, f"{at}?{query}", who=one, body=sent) < 500, path
        if sent is not None:
            assert await attacked.send(method, at, who=other, body=sent, headers={"Idempotency-Key": BSN}) < 500, path


ATTACKERS = ("anna", "officer", "sem", "officer:ggz-west")


@pytest.mark.parametrize("breaking", BREAKING)
async def test_what_would_break_a_line_breaks_none(attacked: Attacked, breaking: str) -> None:
    said = f"{breaking}{ALL}{breaking}"
    body = {"person": {"system": PERSON, "value": said}, "purpose": said, "categories": [said], said: said}
    written = json.dumps(body, ensure_ascii=False).encode()
    for who in (None, "anna"):
        assert await attacked.send("POST", PLAN, who=who, body=written) in {401, 422}
        assert await attacked.send("POST", PLAN, who=who, body=written[:-1]) in {400, 401}
    for broken in (b"{" + ALL.encode(), ALL.encode("utf-16"), b'"' + ALL.encode() + b"\xff", b"[" * 40_000):
        assert await attacked.send("POST", PLAN, who="anna", body=broken) in {400, 422}


async def test_what_no_client_would_send_is_not_repeated(attacked: Attacked) -> None:
    host, canary = b"Host: 127.0.0.1\r\n", ALL.encode()
    for sent in (
        canary + b"\r\n\r\n",
        b"GET /" + canary + b" HTTP/9.9\r\n" + host + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: " + canary + b"\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + host + b"X\n" + canary + b": \x1b[2J\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + host + b"X: a\r\n " + canary + b"\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + host + b"Content-Length: " + canary + b"\r\n\r\n",
        b"GET /\xe2\x80\xa8" + BSN.encode() + b" HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n",
    ):
        assert (await attacked.raw(sent)).startswith((b"HTTP/1.1 4", b""))


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": ALL, "client_id": FAMILY_NAME},
        {"grant_type": "client_credentials", "client_assertion": f"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI{BSN}.x"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": ALL, "scope": ALL},
    ],
)
async def test_whatever_is_sent_for_a_token_is_not_repeated(attacked: Attacked, form: dict[str, str]) -> None:
    async with attacked.session.post(f"{attacked.url}/oauth/token", data=form, headers={"DPoP": ALL}) as answer:
        assert answer.status in {400, 401}


async def test_the_log_of_all_that_is_plain_lines_of_listed_events_and_no_canary(attacked: Attacked) -> None:
    # The last of this file: it looks at what the attacks above left.
    lines = attacked.log()
    assert lines
    for line in lines:
        assert line.isprintable()
        told = json.loads(line)
        assert told["event"] in EVENTS
        assert told.keys() <= EVENTS[told["event"]] | {"event", "level", "timestamp"}
    assert not list(canaries_in("\n".join(lines)))
