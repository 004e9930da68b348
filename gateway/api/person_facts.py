"""`GET /api/v1/persons/{id}/facts`: what is known of somebody, for whom that is."""

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
from gateway.facts.calls import Call, NotAllowedError
from gateway.facts.looking import FactsView
from gateway.identity.caller import Caller

PATH: Final = "/api/v1/persons/{person}/facts"
_ASKED: Final = ("at", "known_at")
_PARAMETERS: Final = {
    "at": "Only the facts that are in force at this instant.",
    "known_at": "As they were known at this instant.",
}


@dataclass(frozen=True)
class PersonFactsDoor:
    """The route, with what it needs."""

    view: FactsView
    who: Callable[[Request], Awaitable[Caller]]

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(PATH, self.facts, methods=["GET"], openapi_extra=_described())

    async def facts(self, request: Request) -> Response:
        """Return the facts; `not-available` to everybody who may not see them, and of nobody."""
        caller = await self.who(request)
        asked = _asked(request)
        request_id = str(uuid4())
        call = Call(request_id, request.url.path, {name: str(value) for name, value in asked.items()})
        try:
            seen = await self.view.look(
                request.path_params["person"], caller, call, at=asked.get("at"), known_at=asked.get("known_at")
            )
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(seen), media_type="application/json", headers={"Cache-Control": "no-store"})


def _asked(request: Request) -> dict[str, datetime]:
    found, wrong = {}, []
    for name in {*request.query_params.keys()}:
        values = request.query_params.getlist(name)
        if name not in _ASKED:
            wrong.append(FieldError(name, "is not known here; take it out or check its spelling"))
            continue
        try:
            [value] = values
            found[name] = moment(value)
        except (UnreadableError, ValueError):
            wrong.append(FieldError(name, "expected once, a day or an instant with an offset"))
    if wrong:
        raise Problem("invalid-request", errors=tuple(sorted(wrong, key=lambda each: each.path)))
    return found


def _described() -> dict[str, Any]:
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": described}
            for name, described in _PARAMETERS.items()
        ]
    }
