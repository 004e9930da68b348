"""The FHIR door beside the desk of facts, on one store; who calls is said in a header, since that is not tested."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gateway.api.fhir.door import PATH, FhirDoor
from gateway.facts.desk import FactsDesk
from gateway.fhir.consents import Consents
from tests.consent.fhir.make import Json, actor, provision, yes
from tests.gateway.facts.desk import Desk, Said, SaidInAHeader, call, said_by
from tests.gateway.facts.household import Household, by

BASE = f"https://schakel.example{PATH}"
FORM = "application/x-www-form-urlencoded"


def school_yes(**more: Any) -> Json:
    """The yes of the desk's own tests, as FHIR."""
    actors = [actor("IRCP", "Organization/school"), actor("CST", "Organization/ggz")]
    return yes(**({"provision": provision(actor=actors)} | more))


@dataclass
class Fhir:
    """The door, and the desk behind it."""

    desk: Desk
    house: Household | None = None

    @staticmethod
    def of(house: Household) -> "Fhir":
        made = Fhir(house.desk, house)
        made.open(FactsDesk(house.desk.committer, lambda _: house.clock.at))
        return made

    def open(self, desk: FactsDesk) -> None:
        self.desk.app.mount(PATH, FhirDoor(Consents(desk), SaidInAHeader(), "https://schakel.example/").app())

    async def get(self, path: str, query: str = "", *, name: str = "youth", **headers: str) -> Said:
        told = {**said_by(_by(name), weak=False), **_named(headers)}
        return await call(self.desk.app, f"{PATH}/{path}", told, b"", query=quote(query, safe="=&/%+"))

    async def post(self, path: str, body: object, *, name: str = "mother", weak: bool = False, **headers: str) -> Said:
        kind = {} if "content_type" in headers else {"content-type": "application/fhir+json"}
        told = {**said_by(_by(name), weak=weak), **kind, **_named(headers)}
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        told["content-length"] = str(len(sent))
        return await call(self.desk.app, f"{PATH}/{path}", told, sent)

    async def created(self, resource: Json, **more: Any) -> str:
        """Record what must be taken, and return the id of the Consent."""
        answer = await self.post("Consent", resource, **more)
        assert answer.status == 201, answer.body
        return answer.headers["location"].removeprefix(f"{BASE}/Consent/")

    async def resource(self, consent: str, **more: Any) -> Json:
        answer = await self.get(f"Consent/{consent}", **more)
        assert answer.status == 200, answer.body
        return answer.body

    async def found(self, query: str = "patient=Patient/sem", **more: Any) -> list[Json]:
        answer = await self.get("Consent", query, **more)
        assert answer.status == 200, answer.body
        return [each["resource"] for each in answer.body.get("entry", ())]


def _by(name: str) -> str:
    return name if ":" in name else by(name)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def issues(answer: Said) -> dict[str, str]:
    """Return what an outcome says, by place; of the whole under `code`."""
    assert answer.body["resourceType"] == "OperationOutcome", answer.body
    assert answer.headers["content-type"] == "application/fhir+json"
    first, *rest = answer.body["issue"]
    return {"code": first["code"]} | {each["expression"][0]: each["details"]["text"] for each in rest}
