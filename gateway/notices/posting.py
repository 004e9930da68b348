"""Sending one webhook: to the address that was registered and no other, within the deadline, following nothing."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from yarl import URL

from adapters.contract import SourceSilentError
from adapters.http import Answer
from gateway.notices.attempts import DEADLINE
from gateway.registry.egress import ForbiddenAddressError, guarded_client

_LONGEST_ANSWER: Final = 65_536


async def post(
    url: str, body: bytes, headers: Mapping[str, str], *, this_machine: bool, stop: asyncio.Event
) -> Answer | None:
    """Post `body` and return the answer, whatever its status; None where `stop` came first.

    Raises:
        SourceError: no answer, a redirect, or an address that nothing may be sent to.
    """
    try:
        client = guarded_client(
            URL(url), this_machine=this_machine, accept="*/*", deadline=DEADLINE, size_limit=_LONGEST_ANSWER
        )
    except ForbiddenAddressError as error:
        raise SourceSilentError(str(error)) from None
    try:
        return await _unless(stop, client.post_json(body, headers))
    finally:
        await client.close()


async def _unless(stop: asyncio.Event, posting: Coroutine[Any, Any, Answer]) -> Answer | None:
    """Return the answer, or None where we are to stop first."""
    sent, stopped = asyncio.create_task(posting), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({sent, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return sent.result() if sent.done() else None
    finally:
        for each in (sent, stopped):
            each.cancel()
        await asyncio.wait({sent, stopped})
