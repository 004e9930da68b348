"""The stage of the demonstration: a gateway round the family, on real doors, the three record systems behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from consent.facts import assemble
from consent.world.entries import entry
from consent.world.file import World as WorldFile
from consent.world.file import world_of
from gateway.database.engine import write_transaction
from gateway.demo import family
from gateway.demo.institutions import Institutions
from gateway.registry.rows import Entry
from gateway.sandbox.call import CallError, Question, call_as
from gateway.sandbox.credentials import Credentials, write_credentials
from gateway.sandbox.loading import load_world
from gateway.sandbox.running import Options, prepare, sandbox_settings
from gateway.serving import listen, served
from gateway.wiring import Gateway, open_gateway

CREDENTIALS: Final = "credentials.json"
_PARTS: Final = ("organisation", "system")


@dataclass(frozen=True, slots=True)
class Said:
    """What a door of the gateway answered."""

    status: int
    body: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Stage:
    """A gateway that runs, the institutions behind it, and the keys to ask as anybody. `serving` is its server."""

    institutions: Institutions
    gateway: Gateway
    credentials: Credentials
    credentials_file: Path
    session: aiohttp.ClientSession = field(repr=False)
    serving: asyncio.Task[None]

    async def call(self, who: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Said:
        """Ask as `who`, over HTTP with a token and a proof, as any client does.

        Raises:
            CallError: the gateway does not answer, gives no token, or answers with something else than JSON.
        """
        sent = None if body is None else json.dumps(body).encode()
        question = Question(method, path, sent)
        answer = await call_as(self.session, self.credentials, self.credentials.named(who), question)
        try:
            return Said(answer.status, json.loads(answer.body))
        except ValueError:
            raise CallError(f"the gateway's answer is no JSON (status {answer.status})") from None

    async def learn(self, facts: Mapping[str, list[Any]]) -> None:
        """Take in sections of a world file as verified facts: no register is connected yet that could bring them."""
        found = assemble(
            {name: [entry(name, each, f"{name}[{at}]") for at, each in enumerate(told)] for name, told in facts.items()}
        )
        committer = self.gateway.exchange.committer
        async with write_transaction(committer.engine) as connection:
            await load_world(connection, committer.facts, found)


@asynccontextmanager
async def open_stage(
    folder: Path, institutions: Institutions, facts: Mapping[str, Any], asked: Mapping[str, Any]
) -> AsyncIterator[Stage]:
    """Run a gateway that knows the family by `facts` and keeps everything in `folder`.

    `facts` is a world file without a request; `asked` is some request on it, for the reader of world files wants one.
    """
    with listen("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = sandbox_settings(folder, url, Options()).model_copy(update={"environment": "demo"})
        credentials = await prepare(
            _world(facts, asked), settings, identifiers=family.identifiers(), sources=_sources(institutions)
        )
        credentials_file = folder / CREDENTIALS
        write_credentials(credentials_file, credentials)
        async with (
            open_gateway(settings) as gateway,
            served(gateway, listening) as serving,
            aiohttp.ClientSession() as session,
        ):
            yield Stage(institutions, gateway, credentials, credentials_file, session, serving)


def _world(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> WorldFile:
    return world_of({**facts, "request": {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asked}})


def _sources(institutions: Institutions) -> list[Entry]:
    return [
        Entry(
            kind="source",
            key=f"{each['organisation']}/{each['system']}",
            organisation=each["organisation"],
            body={name: value for name, value in each.items() if name not in _PARTS},
        )
        for each in institutions.sources_config()
    ]
