"""An operator ends a connection at any call of a door that shows something: 503, or an answer that is on record."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from audit.read import events_of_request
from gateway.sandbox.call import Answer
from tests.faults.failing import Failing, Fault, counted, failing
from tests.gateway.log.office import LOG, indexed, second
from tests.gateway.running import PLAN, Running, question, running
from tests.gateway.worlds import YES, world

pytestmark = pytest.mark.server

SAYS_WHY = b"We cannot record this now, so it is not allowed."
MOST_CALLS = 60
MOST_ENDED = 20
"""More connections than a gateway keeps open: so often one that ended may come back before none does."""
HELP = [
    {"id": f"h-{name}", "kind": "help", "about": "sem", "organisations": [name], "since": "2026-01-01"}
    for name in ("team-noord", "ggz-west")
]


@dataclass(frozen=True)
class Door:
    """Who asks what; `body` is made where it needs something of the gateway."""

    who: str
    path: str
    body: Callable[[Running], Awaitable[Any]] | None = None


async def _plan(_: Running) -> Any:
    return question("sem", "coordinate-plan")


async def _report(_: Running) -> Any:
    return {"person": "sem"}


async def _search(_: Running) -> Any:
    return {"actor": "anna"}


async def _ticket(gateway: Running) -> Any:
    return {"ticket": await ticket(gateway, await event_of(gateway))}


DOORS = {
    "the exchange": Door("anna", PLAN, _plan),
    "who may see": Door("sem", "/api/v1/persons/sem/who-may-see"),
    "the forecast": Door("anna", "/api/v1/persons/sem/forecast"),
    "the facts": Door("sem", "/api/v1/persons/sem/facts"),
    "the own log": Door("sem", "/api/v1/me/access-log"),
    "the holder's questions": Door("chris", "/api/v1/holder/questions"),
    "the log": Door("officer", f"{LOG}/search", _search),
    "the access report": Door("officer", f"{LOG}/access-report", _report),
    "the breach report": Door("officer", f"{LOG}/breach?account=anna"),
    "content": Door("officer", f"{LOG}/{{event}}/content", _ticket),
    "signals": Door("officer", "/api/v1/signals"),
    "reviews": Door("officer", "/api/v1/reviews"),
    "emergencies": Door("officer", "/api/v1/emergencies"),
    "a search in FHIR": Door("anna", "/fhir/Consent?patient=sem"),
    "the log in FHIR": Door("officer", "/fhir/AuditEvent?agent=Practitioner/anna"),
}


async def event_of(gateway: Running) -> str:
    found = json.loads((await gateway.call("officer", "GET", f"{LOG}?actor=anna&basis=LB-01")).body)
    return str(found["events"][-1]["id"])


async def ticket(gateway: Running, event: str) -> str:
    another = await second(gateway, "operator")
    asked = {"reason": "complaint", "scope": {"event": event}, "times": 50}
    name = json.loads((await gateway.call("officer", "POST", f"{LOG}/tickets", asked)).body)["id"]
    assert (await gateway.call(another, "POST", f"{LOG}/tickets/{name}/approve")).status == 200
    return str(name)


@dataclass
class Asking:
    """Asks at one door, while one call fails."""

    gateway: Running
    door: Door
    one: Failing
    path: str
    body: Any

    async def ask(self) -> Answer:
        return await self.gateway.call(self.door.who, "GET" if self.body is None else "POST", self.path, self.body)

    async def is_on_record(self, answer: Answer) -> bool:
        async with self.gateway.gateway.engine.connect() as connection:
            return bool(await events_of_request(connection, json.loads(answer.body)["request_id"]))

    async def comes_back(self) -> bool:
        """Say whether the door answers again; each connection that ended may be found out by an answer of its own."""
        for _ in range(MOST_ENDED):
            status = (await self.ask()).status
            if status == 200:
                return True
            assert status == 503
        return False


CASES = [*((name, Fault.ENDED) for name in DOORS), *((name, Fault.LOST) for name in ("content", "the facts"))]


@pytest.mark.parametrize(("name", "fault"), CASES, ids=[f"{name}-{fault.name.lower()}" for name, fault in CASES])
async def test_a_connection_ends_at_any_call(name: str, fault: Fault, tmp_path: Path, postgres_url: str) -> None:
    door = DOORS[name]
    told = world(involvements=HELP, consents=[{"id": "c1", **YES}])
    async with running(told, tmp_path, database_url=postgres_url) as gateway:
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        await indexed(gateway)
        path = door.path.format(event=await event_of(gateway)) if "{event}" in door.path else door.path
        body = None if door.body is None else await door.body(gateway)
        gateway.app = counted(gateway.app)
        with failing(gateway.gateway.engine) as one:
            asking, refused = Asking(gateway, door, one, path, body), 0
            assert (await asking.ask()).status == 200
            for number in range(1, MOST_CALLS):
                one.begin(number, fault)
                answer = await asking.ask()
                failed = one.failed
                one.begin(0, fault)
                if not failed:
                    break
                if answer.status == 200:
                    # At these doors an event, or an answer, does not say of which request it is.
                    assert door.who == "officer" or "fhir" in path or await asking.is_on_record(answer), failed
                else:
                    assert (answer.status, SAYS_WHY in answer.body) == (503, True), (failed, answer)
                    refused += 1
                assert await asking.comes_back(), failed
            else:
                pytest.fail("a request makes more calls than this test can fail")
            assert refused
