"""How a door answers: who comes, what is done for him, and JSON that nobody keeps on the way."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.refusals import Refusals
from gateway.api.who import Who, require_still
from gateway.identity.caller import Caller

_NO_STORE: Final = {"Cache-Control": "no-store"}

Work = Callable[[Caller, str], Awaitable[Any]]
"""Does what one caller asks, by the id of his request; returns what is to be written as JSON, its bytes, or a whole
answer."""


async def shown(request: Request, who: Who, work: Work, refusals: Refusals) -> Response:
    """Return what `work` reads for the caller, as `answered` does.

    Raises:
        Problem: as `answered`, or he was ended while it was read.
    """

    async def read(caller: Caller, request_id: str) -> Any:
        found = await work(caller, request_id)
        await require_still(who, caller)
        return found

    return await answered(request, who, read, refusals)


async def answered(request: Request, who: Who, work: Work, refusals: Refusals, *, status: int = 200) -> Response:
    """Return what `work` returns for the caller, as JSON: what was kept is done, also where he was ended after that.

    Raises:
        Problem: nobody knows who asks, or `work` refuses him.
    """
    caller, request_id = await who(request), str(uuid4())
    with refusals.told(request_id):
        found = await work(caller, request_id)
    if isinstance(found, Response):
        return found
    return as_json(found, status=status)


def as_json(found: Any, *, status: int = 200) -> Response:
    """Return an answer of `found`, as JSON or its bytes, that nobody keeps on the way."""
    body = found if isinstance(found, bytes) else orjson.dumps(found)
    return Response(body, status, media_type="application/json", headers=_NO_STORE)
