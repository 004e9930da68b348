"""What an attack on a row of the table is made of: who says what over the wire, and whether the exchange then opens."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from consent.store.recording import register
from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import Login
from gateway.registry.snapshot import PERSONS
from gateway.sandbox.call import Answer
from gateway.sandbox.credentials import Someone
from tests.gateway.running import PERSON, PLAN, Running

Json = dict[str, Any]


def helps(*organisations: str) -> list[Json]:
    """Return help about Sem of each, as a register told it."""
    return [
        {"id": f"h-{name}", "kind": "help", "about": "sem", "organisations": [name], "since": "2026-01-01"}
        for name in organisations
    ]


async def ask(gateway: Running, world: Json, **more: Any) -> Answer:
    """Ask what the one request of `world` asks, as who asks it."""
    request = world["request"]
    [(form, who)] = request["requester"].items()
    names = ("purpose", "categories", "question", "matter", "emergency")
    said = {name: request[name] for name in names if name in request}
    person = {"system": PERSON, "value": request["about"]}
    return await gateway.call(f"{form}:{who}", "POST", PLAN, {"person": person, **said, **more})


async def opens(gateway: Running, world: Json) -> bool:
    """Return whether who asks gets anything."""
    answer = await ask(gateway, world)
    assert answer.status in {200, 403}, answer.body
    return answer.status == 200


async def say(gateway: Running, name: str, path: str, body: Mapping[str, Any]) -> Answer:
    """Say something at the desk of facts."""
    return await gateway.call(name, "POST", f"/api/v1/facts/{path}", body)


async def told(gateway: Running, name: str, path: str, body: Mapping[str, Any]) -> str:
    """Say what must be taken, and return the id of the fact."""
    answer = await say(gateway, name, path, body)
    assert answer.status == 201, answer.body
    return str(json.loads(answer.body)["id"])


async def refused(gateway: Running, names: str, path: str, body: Mapping[str, Any], *, status: int = 403) -> None:
    """Have each of `names` say what none of them may."""
    for name in names.split():
        answer = await say(gateway, name, path, body)
        assert answer.status == status, (name, answer.body)


async def registered(gateway: Running, section: str, entry: Json) -> None:
    """Register what has no door yet, as its administrators would."""
    committer = gateway.gateway.exchange.committer
    async with write_transaction(committer.engine) as connection:
        await register(connection, committer.facts, [(section, entry)])


def with_person(gateway: Running, name: str) -> None:
    """Let somebody who was recorded just now log in."""
    one = Someone(organisation=PERSONS, login=Login(form="person", id=name))
    gateway.credentials = replace(gateway.credentials, people=(*gateway.credentials.people, one))
