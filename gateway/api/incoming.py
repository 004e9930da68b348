"""Taking in the rest of a body that nobody reads, so that who still writes it gets to read why he was refused.

A server that closes while its client writes resets the connection, and the answer is lost with it (RFC 9112 section
9.6). Only what was announced and is no longer than a body may be is taken in, for a short while, and thrown away.
"""

import asyncio
from contextlib import suppress
from typing import Final

from starlette.types import Message, Receive, Scope

from gateway.api.body import LONGEST

PATIENCE: Final = 2.0
"""Seconds in which the rest must come."""
_DIGITS: Final = len(str(LONGEST))


class Incoming:
    """What a client sends with one request, and how much of it is still to come."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Take the request, and how its messages are received."""
        self._receive = receive
        self._left = _announced(scope)

    async def receive(self) -> Message:
        """Return the next message, as the server gives it."""
        message = await self._receive()
        more = message["type"] == "http.request" and message.get("more_body", False)
        self._left = max(0, self._left - len(message.get("body", b""))) if more else 0
        return message

    async def drain(self) -> None:
        """Take in what is still to come; call it before the first byte of the answer."""
        if not self._left:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._left:
                    await self.receive()


def _announced(scope: Scope) -> int:
    """Return how many bytes are to come; 0 where they are too many, or wait for our word (RFC 9110 10.1.1)."""
    headers = dict(scope["headers"])
    said = headers.get(b"content-length", b"")
    if b"expect" in headers or not said.isdigit() or len(said) > _DIGITS:
        return 0
    length = int(said)
    return length if length <= LONGEST else 0
