"""Who is ended while something is read for him is not shown it, at whatever door, natively and in FHIR."""

from pathlib import Path

import pytest

from gateway.api import who
from gateway.identity.caller import Caller, authenticate
from tests.gateway.running import running
from tests.gateway.test_exchange_ended import end
from tests.gateway.worlds import YES, world

HELP = {"id": "h1", "kind": "help", "about": "sem", "organisations": ["team-noord"], "since": "2026-01-01"}
DOORS = {
    "the forecast": "/api/v1/persons/sem/forecast",
    "the facts": "/api/v1/persons/sem/facts",
    "the holder's questions": "/api/v1/holder/questions",
    "a search in FHIR": "/fhir/Consent?patient=sem",
    "a Consent": "/fhir/Consent/yes-c1",
}


@pytest.mark.parametrize("kind", ["client", "professional"])
@pytest.mark.parametrize("path", DOORS.values(), ids=DOORS)
async def test_who_is_ended_meanwhile_is_shown_nothing(
    path: str, kind: str, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = world(involvements=[HELP], consents=[{"id": "c1", **YES}])
    async with running(told, tmp_path, database_url=database_url) as gateway:
        assert (await gateway.call("anna", "GET", path)).status == 200

        async def ended_then(*given: object, **named: object) -> Caller:
            caller = await authenticate(*given, **named)  # type: ignore[arg-type] # as it was called
            await end(gateway, kind)
            return caller

        with monkeypatch.context() as patched:
            patched.setattr(who, "authenticate", ended_then)
            assert (await gateway.call("anna", "GET", path)).status == 403
        assert (await gateway.call("anna", "GET", path)).status == 401
