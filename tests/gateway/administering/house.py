"""A certified institution whose order names one worker, at a gateway that runs: who stands in for him may ask too."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from gateway.sandbox.call import Answer
from tests.gateway.running import Running, running
from tests.gateway.worlds import record, world

Json = dict[str, Any]

FACTS: Final = "/api/v1/facts"
ADMINISTRATOR: Final = "administrator-of-gi"
GUARDIANS: Final = [
    {"id": name, "organisation": home, "role": "family-guardian"}
    for name, home in (("gijs", "gi"), ("geert", "gi"), ("gea", "gi-2"))
]
ORDER: Final = {
    "id": "ots",
    "kind": "supervision-order",
    "subject": "sem",
    "executor": "gi",
    "workers": ["gijs"],
    "since": "2026-06-01",
    "until": "2027-01-01",
    "verified_on": "2026-06-02",
}


def under_supervision(**changes: Any) -> Json:
    """Return the small world with an order about Sem that names one worker of the institution."""
    bare = world()
    institutions = [{"id": name, "kind": "certified-institution"} for name in ("gi", "gi-2")]
    return world(
        organisations=[*bare["organisations"], *institutions],
        professionals=[*bare["professionals"], *GUARDIANS],
        consents=[],
        orders=[ORDER],
        records=[record("r1")],
        request={
            "at": "2026-11-23T10:00:00+01:00",
            "requester": {"professional": "gijs"},
            "about": "sem",
            "purpose": "supervision-order",
            "categories": ["goals"],
            "question": "Wat loopt er?",
        },
        **changes,
    )


@asynccontextmanager
async def house_at(folder: Path, database_url: str | None = None) -> AsyncIterator[Running]:
    async with running(under_supervision(), folder, database_url=database_url) as gateway:
        yield gateway


async def told(gateway: Running, path: str, body: Mapping[str, Any], *, by: str = ADMINISTRATOR) -> Answer:
    return await gateway.call(by, "POST", f"{FACTS}/{path}", body)


async def asks(gateway: Running, who: str) -> int:
    """Return how the gateway answers `who` asks under the order."""
    more = {"categories": ["goals"], "question": "Wat loopt er?"}
    return (await gateway.ask(who, "sem", "supervision-order", **more)).status


def weak(gateway: Running, who: str) -> str:
    """Have `who` log in weakly from now on, and return him."""
    was = gateway.credentials.named(who)
    another = replace(was, login=replace(was.login, trusted=False))
    gateway.credentials = replace(gateway.credentials, people=(another, *gateway.credentials.people))
    return who


async def leaves(gateway: Running, kind: str) -> list[Json]:
    """Return the events of a kind, as anybody may see them."""
    async with gateway.gateway.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT leaf FROM audit_event ORDER BY id"))).scalars().all()
    return [leaf for row in rows if (leaf := json.loads(row))["kind"] == kind]
