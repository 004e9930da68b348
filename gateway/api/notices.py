"""`GET /api/v1/notices` and `/api/v1/notices/webhook`: an organisation's client reads what it must look at again."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from gateway.api.problems import FieldError, Problem
from gateway.facts.calls import NotAllowedError
from gateway.identity.caller import Caller
from gateway.notices.inbox import MOST, NoSuchCursorError, NoticeInbox
from gateway.registry.snapshot import Registry

PATH: Final = "/api/v1/notices"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_DIGITS: Final = 3

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""


@dataclass(frozen=True)
class NoticesDoor:
    """The routes, with what they need."""

    inbox: NoticeInbox
    registry: Callable[[], Registry]
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        query = [
            {"name": "after", "in": "query", "schema": {"type": "string", "format": "uuid"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MOST}},
        ]
        app.add_api_route(PATH, self.notices, methods=["GET"], openapi_extra={"parameters": query})
        app.add_api_route(f"{PATH}/webhook", self.webhook, methods=["GET"])

    async def notices(self, request: Request) -> Response:
        """Return the notices to the caller's organisation behind the one that `after` names, oldest first."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            after, limit = asked(request)
            return await self.inbox.read(caller, request_id, after=after, limit=limit)

        return await self._done(request, read)

    async def webhook(self, request: Request) -> Response:
        """Return the address to which new notices are announced, and the public keys that sign for it."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            return await self.inbox.webhook(caller, request_id, self.registry())

        return await self._done(request, read)

    async def _done(self, request: Request, act: Callable[[Caller, str], Awaitable[Mapping[str, Any]]]) -> Response:
        caller = await self.who(request)
        request_id = str(uuid.uuid4())
        try:
            told = await act(caller, request_id)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except NoSuchCursorError:
            wrong = FieldError("after", "names no notice to you; begin without it")
            raise Problem("invalid-request", request_id=request_id, errors=(wrong,)) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), media_type="application/json", headers=_NO_STORE)


def asked(request: Request) -> tuple[str | None, int]:
    """Return cursor and limit. Raises a Problem that names what else stands there, or is wrong."""
    said = request.query_params
    wrong = [FieldError(name, "is not known here; take it out") for name in said if name not in ("after", "limit")]
    wrong += [FieldError(name, "give it once") for name in set(said) if len(said.getlist(name)) > 1]
    text = said.get("limit", str(MOST))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    if not 1 <= limit <= MOST:
        wrong.append(FieldError("limit", f"expected a number from 1 to {MOST}"))
    if wrong:
        raise Problem("invalid-request", errors=tuple(wrong))
    return said.get("after"), limit
