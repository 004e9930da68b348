"""A real server on which a provider publishes its keys, well or badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from gateway.identity.keys import SigningKey


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
