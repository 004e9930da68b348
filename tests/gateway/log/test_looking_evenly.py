"""An officer who finds nothing of whom he named cannot tell by the time whether that person is known here."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from gateway.committing.evenly import Evenly
from tests.gateway.log.office import office
from tests.gateway.running import PERSON, Running

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.served]

FORM = "application/x-www-form-urlencoded"
STRANGER = "officer:school-1"
"""Nothing of the log about Sem is his."""
HELPER = "officer:team-noord"

Asked = tuple[str, str, bytes | None, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with office(tmp_path_factory.mktemp("gateway")) as one:
        yield one


@pytest.fixture
def waited(gateway: Running, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds of each wait from now on, without waiting."""
    found = list[float]()

    async def pause(seconds: float) -> None:
        found.append(seconds)

    # Frozen, and every door has this one.
    monkeypatch.setitem(gateway.gateway.searching.__dict__, "evenly", Evenly(pause=pause))
    return found


def posted(path: str, **body: Any) -> Asked:
    return "POST", path, json.dumps({"reason": "complaint", **body}).encode(), "application/json"


def ways(person: str) -> dict[str, Asked]:
    """Return every way in which an officer names somebody to the log."""
    number, query = {"system": PERSON, "value": person}, f"person={person}&reason=complaint"
    form = f"patient.identifier={PERSON}%7C{person}&reason=complaint".encode()
    return {
        "search": ("GET", f"/api/v1/log?{query}", None, ""),
        "search by a number": posted("/api/v1/log/search", person=number),
        "file": ("GET", f"/api/v1/log/nen7513?{query}", None, ""),
        "access report": posted("/api/v1/log/access-report", person=number),
        "ticket": posted("/api/v1/log/tickets", scope={"person": number}),
        "FHIR": ("GET", f"/fhir/AuditEvent?patient=Patient/{person}&reason=complaint", None, ""),
        "FHIR by a number": ("POST", "/fhir/AuditEvent/_search", form, FORM),
    }


async def ask(gateway: Running, who: str, asked: Asked) -> int:
    """Return the status of what is answered, once all of it came."""
    method, path, body, kind = asked
    headers = await gateway.headers(who, method, path) | {"Idempotency-Key": str(uuid.uuid4())}
    headers |= {"Content-Type": kind} if body is not None else {}
    async with gateway.session.request(method, f"{gateway.url}{path}", headers=headers, data=body) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize("way", ways(""))
@pytest.mark.parametrize("person", ["sem", "nobody-here"])
async def test_who_finds_nothing_waits_whether_or_not_there_is_anybody(
    gateway: Running, waited: list[float], way: str, person: str
) -> None:
    assert await ask(gateway, STRANGER, ways(person)[way]) == (403 if way == "access report" else 200)
    assert len(waited) == 1


@pytest.mark.parametrize("way", [each for each in ways("") if each != "ticket"])
async def test_who_finds_something_waits_for_nothing(gateway: Running, waited: list[float], way: str) -> None:
    assert await ask(gateway, HELPER, ways("sem")[way]) == 200
    assert not waited


async def test_who_names_nobody_waits_for_nothing(gateway: Running, waited: list[float]) -> None:
    for path in ("/api/v1/log?kind=simulation", "/fhir/AuditEvent?agent=nobody-here"):
        assert await ask(gateway, STRANGER, ("GET", path, None, "")) == 200
    assert not waited


async def test_what_is_wrong_beside_a_number_is_told_no_sooner(gateway: Running, waited: list[float]) -> None:
    asked = posted("/api/v1/log/search", person={"system": PERSON, "value": "sem"}, kind="no-such-kind")
    assert await ask(gateway, STRANGER, asked) == 422
    assert len(waited) == 1
