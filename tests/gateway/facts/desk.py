"""The desk behind its door, on a real store and a real log; who calls is said in a header, since that is not tested."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from unittest import mock

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.requests import Request
from starlette.types import Message

from audit.entry import Entry
from audit.read import events_about, events_of_request, opened
from audit.signing import SigningKey
from audit.store import AuditLog
from consent.known.family import Gathered
from consent.naming import PERSON_SYSTEM
from consent.store.appending import log_key
from consent.store.fact_store import FactStore
from consent.store.recording import register_person
from gateway.api.facts.recording import FactsDoor
from gateway.api.problems import Problem, response
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine, write_transaction
from gateway.facts.desk import FactsDesk
from gateway.identity.caller import Caller
from gateway.identity.tokens import Form
from gateway.keys.sealing import AuditSealer
from schemas.words import Role
from tests.consent.store import make
from tests.laid import lay

LOG = SigningKey.from_seed("log.schakel.example/test", bytes(range(32)))
YES = {
    "about": "sem",
    "holders": ["ggz-west"],
    "recipients": ["team-noord"],
    "purposes": ["coordinate-plan"],
    "categories": ["goals"],
}


@dataclass(frozen=True)
class Said:
    """What the door answered."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body


@dataclass
class Desk:
    """The door, and what lies behind it."""

    engine: AsyncEngine
    committer: Committer
    app: FastAPI

    async def post(
        self, path: str, body: object, *, by: str = "person:sem", key: str | None = None, weak: bool = False
    ) -> Said:
        headers = {"content-type": "application/json", **said_by(by, weak=weak)}
        if key is not None:
            headers["idempotency-key"] = key
        return await call(self.app, f"/api/v1/facts/{path}", headers, json.dumps(body).encode())

    async def get(self, person: str, query: str = "", *, by: str = "person:sem", weak: bool = False) -> Said:
        return await call(self.app, f"/api/v1/persons/{person}/facts", said_by(by, weak=weak), b"", query=query)

    async def gathered(self, person: str = "sem") -> Gathered:
        return await self.committer.gather(PERSON_SYSTEM, person, also=frozenset())

    async def events(self, request_id: str) -> list[tuple[Entry, dict[str, Any]]]:
        """Return the events of a request, with what is sealed in them."""
        await self.gathered()
        async with self.engine.connect() as connection:
            found = await events_of_request(connection, request_id)
        return [
            (each, {name: told["value"] for name, told in opened(self.committer.sealer, each).items()})
            for each in found
        ]

    async def events_about(self, person: str) -> list[str]:
        async with self.engine.connect() as connection:
            return [each.leaf_json["kind"] for each in await events_about(connection, person)]


def said_by(by: str, *, weak: bool) -> dict[str, str]:
    return {"x-by": by, **({"x-weak": "1"} if weak else {})}


class SaidInAHeader:
    """Who calls is said in a header, and nobody is ended meanwhile."""

    async def __call__(self, request: Request) -> Caller:
        form, _, name = request.headers["x-by"].partition(":")
        name, _, place = name.partition("@")
        organisation, _, role = place.partition("/")
        return Caller(
            form=cast("Form", form),
            id=name,
            organisation="person" if form in {"person", "mentor"} else organisation or "team-noord",
            role=Role(role) if role else None,
            trusted="x-weak" not in request.headers,
            officer_of=None,
            client_id="portal",
            acr=None,
        )

    async def still(self, _: Caller) -> bool:
        return True


async def _small_family(engine: AsyncEngine, store: FactStore) -> None:
    await make.populate(engine, store)
    async with write_transaction(engine) as connection:
        await register_person(connection, store, "buurman", family="f2", identifiers={})


async def _everybody(_connection: AsyncConnection, _caller: Caller) -> bool:
    return True


@asynccontextmanager
async def desk_at(
    url: str,
    *,
    populate: Callable[[AsyncEngine, FactStore], Awaitable[None]] = _small_family,
    decided_at: Callable[[datetime], datetime] = lambda instant: instant,
) -> AsyncIterator[Desk]:
    engine, store = create_engine(url), FactStore(make.key_service())
    try:
        await lay(url)
        await populate(engine, store)
        async with write_transaction(engine) as connection:
            sealer = AuditSealer(await log_key(connection, store.keys))
        log = AuditLog(key=LOG, sealer=sealer, now=lambda: datetime.now(UTC))
        committer = Committer(engine, store, log, sealer)
        app = FastAPI(exception_handlers={Problem: _problem})
        FactsDoor(FactsDesk(committer, decided_at), SaidInAHeader()).add_to(app)
        # Nobody has a registration here; the rule has its test on a real one, in tests/gateway/test_acting_ended.py.
        with mock.patch("gateway.committing.let_in.is_let_in_at_commit", _everybody):
            yield Desk(engine, committer, app)
    finally:
        await engine.dispose()


async def _problem(_request: Request, problem: Exception) -> Any:
    assert isinstance(problem, Problem)
    return response(problem)


async def call(app: FastAPI, path: str, headers: Mapping[str, str], body: bytes, *, query: str | None = None) -> Said:
    """Send one POST, or a GET with its `query`, through the application, as a server would."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST" if query is None else "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": (query or "").encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await app(scope, receive, send)
    start, *rest = sent
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Said(start["status"], told, b"".join(each.get("body", b"") for each in rest))
