"""Doors behind which something is kept: asked once, or again with the same key, and answered with the same bytes."""

import re
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import answered
from gateway.api.body import read_object
from gateway.api.described import Schema, door
from gateway.api.problems import invalid
from gateway.api.refusals import Refusals, Said
from gateway.api.who import Who
from gateway.api.wire import read_body
from gateway.committing.calls import Call
from gateway.committing.idempotency import IdempotencyConflictError
from gateway.identity.caller import Caller
from gateway.shapes import Wire

HEADER: Final = "Idempotency-Key"

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_PARAMETER: Final[Mapping[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
    "description": "Repeat a request with the same key, and it is done once and answered alike.",
}

Act = Callable[[Caller, Call], Awaitable[bytes]]
"""Does what is asked, and returns the answer's bytes."""


def keyed(more: Mapping[type[Exception], Said]) -> Refusals:
    """Return how such a door refuses: by `more`, and where a key was used for something else."""
    return Refusals({IdempotencyConflictError: "idempotency-conflict", **more})


def keyed_door(
    codes: AbstractSet[str], body: type[Wire] | Schema | None = None, *, success: Schema | None = None
) -> dict[str, Any]:
    """Return what such a door says of itself, which refuses by these codes."""
    return door(codes, body=body, parameters=(_PARAMETER,), success=success)


async def kept(  # noqa: PLR0913 - a door, each part by name
    request: Request, who: Who, body: type[Wire] | None, act: Act, refusals: Refusals, *, status: int = 201
) -> Response:
    """Return the answer of `act`; where it takes no `body`, none is read.

    Raises:
        Problem: nobody knows who asks, what he sends is wrong, or he is refused.
    """

    async def work(caller: Caller, request_id: str) -> bytes:
        said = {} if body is None else await _said(request, body)
        return await act(caller, Call(request_id, request.url.path, said, idempotency_key(request)))

    return await answered(request, who, work, refusals, status=status)


async def _said(request: Request, body: type[Wire]) -> dict[str, Any]:
    return read_body(body, await read_object(request)).model_dump(mode="json", exclude_none=True)


def call_of(request: Request, request_id: str, said: Wire | None = None) -> Call:
    """Return the request as what is kept of it is held against, for a door that asks who comes before it reads.

    Raises:
        Problem: `invalid-request`, as `idempotency_key`.
    """
    body = {} if said is None else said.model_dump(mode="json", exclude_none=True)
    return Call(request_id, request.url.path, body, idempotency_key(request))


def idempotency_key(request: Request) -> str | None:
    """Return the key that the client gave, or None.

    Raises:
        Problem: `invalid-request`: more than one, or no key.
    """
    keys = request.headers.getlist(HEADER)
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise invalid(HEADER, "expected once, 1 to 255 visible characters")
    return keys[0]
