"""A small family whose consent can be withdrawn, and organisations whose clients read their notices."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from audit.read import events_about, events_of_request, opened
from audit.tables import audit_event
from gateway.database.engine import write_transaction
from gateway.identity.client_assertion import ASSERTION_TYPE
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.identity.service import TOKEN_PATH
from gateway.identity.token_request import CLIENT_CREDENTIALS
from gateway.registry.rows import Entry
from gateway.registry.store import record
from gateway.sandbox.call import Answer, client_assertion, proof
from tests.gateway.behind import unguarded
from tests.gateway.running import PERSON, Running, running
from tests.gateway.worlds import YES, world

Json = dict[str, Any]
NOTICES = "/api/v1/notices"
FOR_BOTH: Json = {**YES, "recipients": ["team-noord", "school-1"]}
BOSS: Json = {"id": "els", "organisation": "school-1", "role": "teacher"}


def family(**changes: Any) -> Json:
    """Return the small world, in which Sem said yes once to two organisations."""
    bare = world()
    return {
        **bare,
        "professionals": [*bare["professionals"], BOSS],
        "consents": [{"id": "c1", **FOR_BOTH}],
        **changes,
    }


@dataclass
class Told:
    """A gateway that runs, its organisations' own clients, and both workers at hand."""

    gateway: Running
    _tokens: dict[str, tuple[SigningKey, str]] = field(default_factory=dict)
    _is_unguarded: bool = False

    async def ask(self, who: str, person: str = "sem") -> str | None:
        """Ask, and return the request id where something was released."""
        answer = await self.gateway.ask(who, person, "coordinate-plan")
        return str(json.loads(answer.body)["request_id"]) if answer.status == 200 else None

    async def withdraw(self, by: str = "sem", consent: str = "c1") -> Answer:
        path = f"/api/v1/facts/consents/{consent}/close"
        return await self.gateway.call(by, "POST", path, {"field": "withdrawn_on"})

    async def look(self) -> None:
        await self.gateway.gateway.notice_workers.looking.look(asyncio.Event())

    async def send(self) -> None:
        await self.gateway.gateway.notice_workers.sending.send(asyncio.Event())

    async def get(self, organisation: str, path: str = NOTICES) -> Answer:
        """Get `path` as the organisation's client itself."""
        if organisation not in self._tokens:
            self._tokens[organisation] = await client_token(self.gateway, organisation)
        key, token = self._tokens[organisation]
        url = f"{self.gateway.url}{path}"
        shown = proof(key, "GET", url.partition("?")[0], access_token=token)
        headers = {"Authorization": f"DPoP {token}", "DPoP": shown}
        async with self.gateway.session.get(url, headers=headers) as answer:
            assert answer.headers.get("Cache-Control", "no-store") == "no-store"
            return Answer(answer.status, answer.content_type, await answer.read())

    async def notices(self, organisation: str, path: str = NOTICES) -> list[Json]:
        answer = await self.get(organisation, path)
        assert answer.status == 200, answer.body
        found: list[Json] = json.loads(answer.body)["notices"]
        return found

    async def requests(self, organisation: str) -> list[list[str]]:
        return [each["requests"] for each in await self.notices(organisation)]

    async def later(self, seconds: float) -> None:
        """Let time pass: put every attempt so far back."""
        engine = self.gateway.gateway.engine
        if not self._is_unguarded:
            await unguarded(self.gateway, "notice_attempt")
            self._is_unguarded = True
        back = {
            "sqlite": f"strftime('%Y-%m-%d %H:%M:%f000', at, '-{seconds} seconds')",
            "postgresql": f"at - interval '{seconds} seconds'",
        }[engine.dialect.name]
        async with engine.begin() as connection:
            await connection.execute(text(f"UPDATE notice_attempt SET at = {back}"))  # noqa: S608 - our own words

    async def kinds(self) -> list[str]:
        """Return the kinds of all events."""
        async with self.gateway.gateway.engine.connect() as connection:
            leaves = (await connection.execute(select(audit_event.c.leaf))).scalars()
            return [json.loads(each)["kind"] for each in leaves]

    async def register(self, organisation: str, url: str, *, key: int = 1) -> None:
        """Register a webhook while the gateway runs, as an operator does."""
        committer = self.gateway.gateway.exchange.committer
        entry = Entry(kind="webhook", key=organisation, organisation=organisation, body={"url": url, "key": key})
        async with write_transaction(committer.engine) as connection:
            await record(connection, [entry], log=committer.log, recorded_by="operator")

    async def end_webhook(self, organisation: str) -> None:
        committer = self.gateway.gateway.exchange.committer
        entry = Entry(kind="webhook", key=organisation, organisation=organisation, body=None)
        async with write_transaction(committer.engine) as connection:
            await record(connection, [entry], log=committer.log, recorded_by="operator")

    async def public_keys(self, organisation: str) -> list[str]:
        answer = await self.get(organisation, f"{NOTICES}/webhook")
        found: list[str] = json.loads(answer.body)["keys"]
        return found

    async def event(self, request_id: str) -> tuple[str, str, Any]:
        """Return of the event of a request about nobody: its kind, its outcome and its detail."""
        committer = self.gateway.gateway.exchange.committer
        async with committer.engine.connect() as connection:
            [found] = await events_of_request(connection, request_id)
        leaf = found.leaf_json
        return leaf["kind"], leaf["outcome"], opened(committer.sealer, found)["detail"]["value"]

    async def log_of(self, person: str = "sem") -> list[tuple[Json, Json]]:
        """Return the events about somebody: each leaf, and what is sealed in it."""
        committer = self.gateway.gateway.exchange.committer
        await committer.gather(PERSON, person, also=frozenset())
        async with committer.engine.connect() as connection:
            found = await events_about(connection, person)
        return [
            (each.leaf_json, {name: one["value"] for name, one in opened(committer.sealer, each).items()})
            for each in found
        ]


@asynccontextmanager
async def told(folder: Path, url: str | None = None, made: Mapping[str, Any] | None = None) -> AsyncIterator[Told]:
    """Run a gateway whose workers rest, so that a test says when they look and send."""
    async with running(family() if made is None else made, folder, database_url=url) as gateway:
        await gateway.gateway.notice_workers.close()
        yield Told(gateway)


async def client_token(gateway: Running, organisation: str) -> tuple[SigningKey, str]:
    """Return the token that the client of an organisation gets for itself, and the key that it is bound to."""
    keys, key = gateway.credentials.keys[organisation], new_signing_key()
    url = f"{gateway.url}{TOKEN_PATH}"
    said = client_assertion(keys.client_id, keys.client_key, audience=gateway.url, now=datetime.now(UTC))
    form = {
        "grant_type": CLIENT_CREDENTIALS,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": said,
        "resource": gateway.url,
    }
    async with gateway.session.post(url, data=form, headers={"DPoP": proof(key, "POST", url)}) as answer:
        return key, (await answer.json())["access_token"]
