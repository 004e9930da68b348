"""A real server on which a provider publishes its keys, well or badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from gateway.database.engine import write_transaction
from gateway.identity.builtin_provider import subject_token
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.identity.provider_keys import ProviderKeys
from gateway.identity.refusals import OAuthError
from gateway.identity.service import TokenAnswer, TokenService
from gateway.registry.rows import Entry, newest
from gateway.registry.store import record
from tests.gateway.identity.world import ADDRESS, World


def key_set(*keys: SigningKey) -> bytes:
    return json.dumps({"keys": [each.published() for each in keys]}).encode()


@dataclass
class Publisher:
    """What it answers at `url`, and how often it was `asked`; while `open` is not set it answers nobody."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0
    elsewhere: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self, *keys: SigningKey) -> None:
        self.body = key_set(*keys)

    def publish_raw(self, entries: Sequence[Any]) -> None:
        self.body = json.dumps({"keys": entries}).encode()

    def hang(self) -> None:
        """Answer nobody from now on."""
        self.open.clear()
        self.came.clear()

    async def is_asked(self) -> None:
        """Wait until somebody asks, since it hangs."""
        async with asyncio.timeout(20):
            await self.came.wait()

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        self.came.set()
        await self.open.wait()
        return web.Response(status=self.status, body=self.body, headers=dict(self.headers))

    async def count(self, _request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response(body=self.body)


@asynccontextmanager
async def publisher(*keys: SigningKey) -> AsyncIterator[Publisher]:
    """Publish `keys` on this machine; `/elsewhere`, where a redirect may want to lead, has the same."""
    one = Publisher()
    one.open.set()
    one.publish(*keys)
    app = web.Application()
    app.router.add_get("/jwks", one.answer)
    app.router.add_get("/elsewhere", one.count)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/jwks"
    try:
        yield one
    finally:
        one.open.set()
        await runner.cleanup()


@dataclass
class House:
    """A world in which the provider of `team-noord` publishes its keys, beginning with `key`."""

    world: World
    at: Publisher
    key: SigningKey = field(default_factory=new_signing_key)

    async def register(self, organisation: str, address: str, **changed: Any) -> None:
        """Register that the provider of an organisation publishes its keys at `address`."""
        issuer = self.world.credentials.keys[organisation].issuer
        async with write_transaction(self.world.engine) as connection:
            before = (await newest(connection)).entries["identity-provider", issuer]
            body = {name: value for name, value in (before.body or {}).items() if name != "jwks"}
            entry = Entry(
                kind="identity-provider",
                key=issuer,
                organisation=organisation,
                body={**body, "jwks_uri": address, **changed},
            )
            await record(connection, [entry], log=self.world.log, recorded_by="test")

    def token_of(self, who: str, key: SigningKey) -> str:
        someone = self.world.credentials.named(who)
        issuer = self.world.credentials.keys[someone.organisation].issuer
        return subject_token(someone.login, issuer=issuer, audience=ADDRESS, key=key, now=self.world.clock.now)

    async def log_in(self, key: SigningKey | None = None, who: str = "anna") -> TokenAnswer:
        """Log in with a token that `key` signed, by default the first one."""
        form = self.world.form(who, subject_token=self.token_of(who, key or self.key))
        return await self.world.answer(form)

    async def refused(self, key: SigningKey | None = None, who: str = "anna") -> str:
        """Return the code with which a login is refused."""
        with pytest.raises(OAuthError) as error:
            await self.log_in(key, who)
        return error.value.error

    async def why(self) -> str:
        """Return why the last one was refused, as the log has it."""
        return str((await self.world.refusals())[-1]["why"])

    def pass_by(self, time: timedelta) -> None:
        self.world.clock.pass_by(time)

    def use(self, keys: ProviderKeys) -> None:
        """Have the gateway look keys up with `keys`."""
        services = replace(self.world.services, provider_keys=keys)
        self.world.service = TokenService(services=services)
