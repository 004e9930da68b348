"""The FHIR doors of a whole gateway: behind the same login and proof as every other door, and heard by the exchange."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from consent.fhir.addresses import CATEGORY, PURPOSE
from tests.consent.fhir.make import actor, no, provision, yes
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import world

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]

CONSENT = "/fhir/Consent"
FHIR = "application/fhir+json"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    change = instead(Telling("ggz-west", [element("e1")]), Telling("school-1"))
    async with running(world(consents=[]), tmp_path_factory.mktemp("gateway"), change=change) as one:
        yield one


async def asked(gateway: Running) -> int:
    return (await gateway.ask("anna", "sem", "coordinate-plan")).status


async def test_a_yes_and_its_withdrawal_and_a_no_count_at_the_next_request(gateway: Running) -> None:
    assert await asked(gateway) == 403
    actors = [actor("IRCP", "Organization/team-noord"), actor("CST", "Organization/ggz-west")]
    whole = provision(
        actor=actors,
        purpose=[{"system": PURPOSE, "code": "coordinate-plan"}],
        **{"class": [{"system": CATEGORY, "code": "goals"}]},
    )
    sent = json.dumps(yes(provision=whole)).encode()
    made = await gateway.send("sem", "POST", CONSENT, sent, FHIR)
    assert (made.status, made.content_type) == (201, FHIR), made.body
    assert await asked(gateway) == 200
    name = json.loads(made.body)["issue"][0]["details"]["text"].rpartition("/")[2]
    revoked = await gateway.send("sem", "POST", f"{CONSENT}/{name}/$revoke", b"", FHIR)
    assert revoked.status == 200, revoked.body
    assert await asked(gateway) == 403
    assert (await gateway.send("sem", "POST", CONSENT, sent, FHIR)).status == 201
    assert await asked(gateway) == 200
    refused = await gateway.send("sem", "POST", CONSENT, json.dumps(no()).encode(), FHIR)
    assert refused.status == 201, refused.body
    assert await asked(gateway) == 403


async def test_links_lead_to_the_address_outside(gateway: Running) -> None:
    answer = await gateway.call("sem", "GET", f"{CONSENT}?patient=Patient/sem")
    found = json.loads(answer.body)
    assert found["link"][0]["url"] == f"{gateway.url}{CONSENT}?patient=Patient/sem"
    for each in found["entry"]:
        path = each["fullUrl"].removeprefix(gateway.url)
        assert json.loads((await gateway.call("sem", "GET", path)).body) == each["resource"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CONSENT),
        ("GET", f"{CONSENT}/yes-1"),
        ("POST", CONSENT),
        ("POST", f"{CONSENT}/_search"),
        ("POST", f"{CONSENT}/yes-1/$revoke"),
    ],
)
async def test_nobody_gets_in_without_login_and_proof(gateway: Running, method: str, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.request(method, f"{gateway.url}{path}") as answer:
        told = json.loads(await answer.read())
        assert (answer.status, told["issue"][0]["code"]) == (401, "login")
        assert answer.headers["WWW-Authenticate"].startswith("DPoP")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    stolen = await gateway.headers("sem", "GET", "/elsewhere")
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{gateway.url}{path}", headers=stolen) as it,
    ):
        assert it.status == 401


async def test_what_goes_wrong_within_is_said_as_fhir_and_tells_nothing(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Sem van Dalen")

    monkeypatch.setattr("gateway.api.fhir.door.searchset", broken)
    answer = await gateway.call("sem", "GET", f"{CONSENT}?patient=Patient/sem")
    assert (answer.status, json.loads(answer.body)["issue"][0]["code"]) == (500, "exception")
    assert b"Dalen" not in answer.body
