"""A whole gateway in the test's own loop, on a free port, round a world: the real doors, the real store."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from consent.world.file import World as WorldFile
from consent.world.file import world_of as read_world
from gateway.app import create_app
from gateway.database.engine import is_there
from gateway.exchange import Exchange
from gateway.failpoints import Reached, Step
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.sandbox.call import Answer, fetch_token, proof
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.running import Options, prepare, sandbox_settings, world_of
from gateway.serving import listen
from gateway.wiring import Gateway, World, open_gateway
from tests.canaries.looking import BSN, MACHINE
from tests.laid import lay

PLAN = "/api/v1/exchange/plan"
PERSON = "urn:schakel:person"


@dataclass
class Running:
    """A gateway that runs, and the means to ask it as anybody."""

    gateway: Gateway
    credentials: Credentials
    url: str
    session: aiohttp.ClientSession
    app: ASGIApp
    _tokens: dict[str, tuple[SigningKey, str]] = field(default_factory=dict)

    async def headers(self, who: str, method: str, path: str) -> dict[str, str]:
        """Return token and fresh proof of `who` for one call, with a canary; the token is asked for once."""
        if who not in self._tokens:
            key = new_signing_key()
            someone = self.credentials.named(who)
            self._tokens[who] = key, await fetch_token(self.session, self.credentials, someone, key)
        key, token = self._tokens[who]
        bare = f"{self.url}{path.partition('?')[0]}"
        return {
            "Authorization": f"DPoP {token}",
            "DPoP": proof(key, method, bare, access_token=token),
            "User-Agent": f"{MACHINE}/1.0 ({BSN})",
        }

    def hold(self, who: str, key: SigningKey, token: str) -> None:
        """Have `who` ask with a token that was fetched elsewhere, bound to `key`."""
        self._tokens[who] = key, token

    def forget(self, who: str) -> None:
        """Have `who` ask for a new token before his next call."""
        self._tokens.pop(who, None)

    async def send(
        self, who: str, method: str, path: str, body: bytes | None, content_type: str = "application/json"
    ) -> Answer:
        headers = await self.headers(who, method, path)
        if body is not None:
            headers["Content-Type"] = content_type
        data = None if body is None else io.BytesIO(body)  # as bytes the client warns of a large one
        async with self.session.request(method, f"{self.url}{path}", headers=headers, data=data) as answer:
            return Answer(answer.status, answer.content_type, await answer.read())

    async def call(self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        return await self.send(who, method, path, None if body is None else json.dumps(body).encode())

    async def once(self, who: str, path: str, key: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Post under a key of idempotency."""
        headers = await self.headers(who, "POST", path) | {"Idempotency-Key": key}
        async with self.session.post(f"{self.url}{path}", headers=headers, json=body) as answer:
            return Answer(answer.status, answer.content_type, await answer.read())

    async def ask(self, who: str, person: str, purpose: str, **more: Any) -> Answer:
        return await self.call(who, "POST", PLAN, question(person, purpose, **more))

    async def raw(
        self, who: str, method: str, path: str, body: bytes = b"", kind: str = "application/json", **more: str
    ) -> bytes:
        """Return every byte that the gateway sends back on a connection of its own; `more` are headers."""
        headers = await self.headers(who, method, path) | {name.replace("_", "-"): told for name, told in more.items()}
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.url.removeprefix('http://')}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if body else []
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.url.rpartition(":")[2]))
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    def change(self, change: Callable[[Exchange], Exchange]) -> None:
        """Exchange parts of the pipeline while it runs."""
        self.gateway.exchange = change(self.gateway.exchange)
        self.app = create_app(self.gateway)


def question(person: str, purpose: str, **more: Any) -> dict[str, Any]:
    return {"person": {"system": PERSON, "value": person}, "purpose": purpose, "categories": "all", **more}


@asynccontextmanager
async def running(  # noqa: PLR0913 - each is one thing that a test may change, by name
    world: Mapping[str, Any] | WorldFile,
    folder: Path,
    *,
    request: int = 0,
    database_url: str | None = None,
    change: Callable[[World], World | None] = lambda world: world,
    exchange: Callable[[Exchange], Exchange] = lambda exchange: exchange,
) -> AsyncIterator[Running]:
    """Run a sandbox of `world`; `change` may exchange its sources, or leave it out, `exchange` parts of it."""
    file = world if isinstance(world, WorldFile) else read_world(dict(world))
    with listen("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = sandbox_settings(folder, url, Options(database_url=database_url))
        if not is_there(settings.database_url):
            await lay(settings.database_url)
        credentials = await prepare(file, settings)
        asked = file.requests[request]
        async with open_gateway(settings, change(world_of(file, asked))) as gateway, aiohttp.ClientSession() as session:
            gateway.exchange = exchange(gateway.exchange)
            first = credentials.with_first(asked.requester.form, asked.requester.id)
            one = Running(gateway, first, url, session, create_app(gateway))

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                await one.app(scope, receive, send)

            server = uvicorn.Server(
                uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
            )
            server.config.load()
            server.lifespan = server.config.lifespan_class(server.config)
            await server.startup(sockets=[listening])
            await server.on_tick(0)  # writes the `Date` header
            try:
                yield one
            finally:
                await session.close()
                await _stop(server)


async def _stop(server: uvicorn.Server) -> None:
    # As uvicorn's own shutdown, which sleeps a tenth of a second each time: hundreds of gateways are started here.
    for each in server.servers:
        each.close()
    if server.server_state.tasks:
        await asyncio.wait(server.server_state.tasks)


def at_step(step: Step, act: Callable[[], Awaitable[None]], *, times: int = 1) -> Callable[[Exchange], Exchange]:
    """Return what puts `act` between two steps of the exchange, the first `times` that the place is passed."""
    left = times

    async def reached(place: Step) -> None:
        nonlocal left
        if place == step and left:
            left -= 1
            await act()

    hook: Reached = reached
    return lambda exchange: replace(exchange, reached=hook)
