"""`GET /api/v1/notices` and `/api/v1/notices/webhook`: an organisation's client reads what it must look at again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.described import door
from gateway.api.paging import PARAMETERS, asked, no_such_cursor
from gateway.api.refusals import Refusals
from gateway.api.who import Who
from gateway.identity.caller import Caller
from gateway.notices.inbox import NoSuchCursorError, NoticeInbox
from gateway.registry.snapshot import Registry

PATH: Final = "/api/v1/notices"
_PAGED: Final = Refusals({NoSuchCursorError: no_such_cursor("names no notice to you; begin without it")})
_REFUSALS: Final = Refusals()


@dataclass(frozen=True)
class NoticesDoor:
    """The routes, with what they need."""

    inbox: NoticeInbox
    registry: Callable[[], Registry]
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        paged = door(_PAGED.codes, parameters=PARAMETERS)
        app.add_api_route(PATH, self.notices, methods=["GET"], openapi_extra=paged)
        app.add_api_route(f"{PATH}/webhook", self.webhook, methods=["GET"], openapi_extra=door(_REFUSALS.codes))

    async def notices(self, request: Request) -> Response:
        """Return the notices to the caller's organisation behind the one that `after` names, oldest first."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            after, limit = asked(request)
            return await self.inbox.read(caller, request_id, after=after, limit=limit)

        return await shown(request, self.who, read, _PAGED)

    async def webhook(self, request: Request) -> Response:
        """Return the address to which new notices are announced, and the public keys that sign for it."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            return await self.inbox.webhook(caller, request_id, self.registry())

        return await shown(request, self.who, read, _REFUSALS)
