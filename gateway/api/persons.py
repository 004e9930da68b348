"""`GET /api/v1/persons/{id}/who-may-see` and `…/forecast`: looking round and ahead, for whom that is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from consent.fields import FieldError as UnreadableError
from consent.fields import moment
from gateway.api.problems import FieldError, Problem
from gateway.identity.caller import Caller
from gateway.outlook.outlook import NoViewError, Outlook

PATH: Final = "/api/v1/persons/{person}"
_UNTIL: Final = "until"


@dataclass(frozen=True)
class PersonsDoor:
    """The routes, with what they need."""

    outlook: Outlook
    who: Callable[[Request], Awaitable[Caller]]

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        app.add_api_route(f"{PATH}/who-may-see", self.who_may_see, methods=["GET"])
        app.add_api_route(f"{PATH}/forecast", self.forecast, methods=["GET"], openapi_extra=_described())

    async def who_may_see(self, request: Request) -> Response:
        """Return who might see what; `not-available` to everybody who may not know, and of nobody."""
        caller = await self.who(request)
        _asked(request, allowed=())
        request_id = str(uuid4())
        return await _answered(self.outlook.who_may_see(request.path_params["person"], caller, request_id), request_id)

    async def forecast(self, request: Request) -> Response:
        """Return what lies ahead; `not-available` to everybody who may not know, and of nobody."""
        caller = await self.who(request)
        until = _asked(request, allowed=(_UNTIL,)).get(_UNTIL)
        request_id = str(uuid4())
        return await _answered(
            self.outlook.ahead(request.path_params["person"], caller, request_id, until=until), request_id
        )


async def _answered(told: Awaitable[dict[str, Any]], request_id: str) -> Response:
    try:
        seen = await told
    except NoViewError:
        raise Problem("not-available", request_id=request_id) from None
    except AuditUnavailableError:
        raise Problem("log-unavailable", request_id=request_id) from None
    return Response(orjson.dumps(seen), media_type="application/json", headers={"Cache-Control": "no-store"})


def _asked(request: Request, *, allowed: tuple[str, ...]) -> dict[str, datetime]:
    found, wrong = {}, []
    for name in {*request.query_params.keys()}:
        if name not in allowed:
            wrong.append(FieldError(name, "is not known here; take it out or check its spelling"))
            continue
        try:
            [value] = request.query_params.getlist(name)
            found[name] = moment(value)
        except (UnreadableError, ValueError):
            wrong.append(FieldError(name, "expected once, a day or an instant with an offset"))
    if wrong:
        raise Problem("invalid-request", errors=tuple(sorted(wrong, key=lambda each: each.path)))
    return found


def _described() -> dict[str, Any]:
    described = "Up to and with this day or instant; without it a year ahead."
    return {
        "parameters": [
            {"name": _UNTIL, "in": "query", "required": False, "schema": {"type": "string"}, "description": described}
        ]
    }
