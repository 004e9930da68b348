"""A real receiver of webhooks, which checks signatures as the specification says and not as our code does."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOLERANCE_SECONDS = 300


def verified(headers: Mapping[str, str], body: bytes, public: Sequence[str], *, now: float | None = None) -> bool:
    """Say whether one of the signatures is one of the known keys', and the attempt is of now.

    Source: Standard Webhooks 1.0.0, *Verifying signatures*.
    """
    sent = headers["webhook-timestamp"]
    if abs((time.time() if now is None else now) - int(sent)) > TOLERANCE_SECONDS:
        return False
    content = headers["webhook-id"].encode() + b"." + sent.encode() + b"." + body
    for each in headers["webhook-signature"].split(" "):
        version, _, signature = each.partition(",")
        if version == "v1a" and any(_fits(key, signature, content) for key in public):
            return True
    return False


def _fits(public: str, signature: str, content: bytes) -> bool:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_"), validate=True))
    try:
        key.verify(base64.b64decode(signature, validate=True), content)
    except InvalidSignature:
        return False
    return True


@dataclass
class Receiver:
    """What came in; `status` is what it answers, `keys` what it trusts (nothing: it looks at no signature)."""

    url: str = ""
    status: int = 204
    location: str | None = None
    hangs: bool = False
    keys: list[str] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    elsewhere: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.keys and not verified(request.headers, body, self.keys):
            return web.Response(status=401)
        self.got.append(({name.lower(): value for name, value in request.headers.items()}, body))
        self.came.set()
        if self.hangs:
            await asyncio.sleep(60)
        headers = {} if self.location is None else {"Location": self.location}
        return web.Response(status=self.status, headers=headers)

    async def count(self, _request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response(status=204)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Run a receiver on this machine; `/elsewhere` is where a redirect may want to lead."""
    one = Receiver()
    app = web.Application()
    app.router.add_post("/hooks/schakel", one.take)
    app.router.add_route("*", "/elsewhere", one.count)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    one.url = f"http://127.0.0.1:{port}/hooks/schakel"
    try:
        yield one
    finally:
        await runner.cleanup()
