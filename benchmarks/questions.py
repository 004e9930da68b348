"""Requests as bytes, made before they are timed: for the gateway each with a proof of its own."""

import json
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from benchmarks.family import CHILD
from consent.naming import PERSON_SYSTEM
from gateway.api.exchange import PATH
from gateway.identity.keys import SigningKey, new_signing_key
from gateway.sandbox.call import fetch_token, proof
from gateway.sandbox.credentials import Credentials

BODY: Final[dict[str, Any]] = {
    "person": {"system": PERSON_SYSTEM, "value": CHILD},
    "purpose": "coordinate-plan",
    "categories": "all",
}
"""What a professional asks who makes the plan: everything that may be had. The story of the demo asks the same."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody with a token, and the key that it is bound to."""

    url: str
    token: str
    key: SigningKey

    def requests(self, count: int) -> list[bytes]:
        """Return `count` requests. Their proofs hold for half a minute: use them at once."""
        body = json.dumps(BODY).encode()
        target = f"{self.url}{PATH}"
        return [
            _post(
                self.url,
                PATH,
                body,
                f"Authorization: DPoP {self.token}",
                f"DPoP: {proof(self.key, 'POST', target, access_token=self.token)}",
            )
            for _ in range(count)
        ]


async def log_in(credentials: Credentials, who: str) -> Session:
    """Return a session of `who`; its token lasts five minutes."""
    key = new_signing_key()
    async with aiohttp.ClientSession() as session:
        token = await fetch_token(session, credentials, credentials.named(who), key)
    return Session(credentials.gateway_url, token, key)


def plain(url: str, count: int) -> list[bytes]:
    """Return `count` requests for an anchor, with the same body."""
    return [_post(url, "/", json.dumps(BODY).encode())] * count


def _post(url: str, path: str, body: bytes, *headers: str) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {url.removeprefix('http://')}",
        *headers,
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
