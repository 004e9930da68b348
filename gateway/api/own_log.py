"""`GET /api/v1/me/access-log`: a person reads who looked at his data, or at those of a child in his authority."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import uuid4

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from gateway.api.problems import FieldError, Problem
from gateway.facts.calls import NotAllowedError
from gateway.identity.caller import Caller
from gateway.log.own_view import OwnView, Wanted

PATH: Final = "/api/v1/me/access-log"
_FLAGS: Final = {"true": True, "false": False}
_NO_STORE: Final = {"Cache-Control": "no-store"}
_LONGEST: Final = 64


@dataclass(frozen=True)
class OwnLogDoor:
    """The route, with what it needs."""

    view: OwnView
    who: Callable[[Request], Awaitable[Caller]]

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(PATH, self.read, methods=["GET"], openapi_extra=_described())

    async def read(self, request: Request) -> Response:
        """Return a page of the log, days newest first; `not-available` to everybody who may not, and of nobody."""
        caller = await self.who(request)
        wanted = _asked(request, caller.id)
        request_id = str(uuid4())
        try:
            told = await self.view.read(wanted, caller, request_id)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), media_type="application/json", headers=_NO_STORE)


def _asked(request: Request, himself: str) -> Wanted:
    """Return what is asked for. Raises a Problem that names what else stands there, or is wrong."""
    said = request.query_params
    known = {each["name"] for each in _described()["parameters"]}
    wrong = [FieldError(name, "is not known here; take it out") for name in {*said} - known]
    wrong += [FieldError(name, "give it once") for name in {*said} & known if len(said.getlist(name)) > 1]
    emergency = _FLAGS.get(said.get("emergency", "false"))
    if emergency is None:
        wrong.append(FieldError("emergency", "expected true or false"))
    try:
        before = date.fromisoformat(said["before"]) if "before" in said else None
    except ValueError:
        before = None
        wrong.append(FieldError("before", "expected a day, as 2026-01-31"))
    wrong += [
        FieldError(name, f"expected 1 to {_LONGEST} characters")
        for name in ("person", "organisation")
        if not 0 < len(said.get(name, "-")) <= _LONGEST
    ]
    if wrong:
        raise Problem("invalid-request", errors=tuple(sorted(wrong, key=lambda each: each.path)))
    return Wanted(
        person=said.get("person", himself),
        before=before,
        organisation=said.get("organisation"),
        emergency=bool(emergency),
    )


def _described() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
    told: list[tuple[str, dict[str, Any], str]] = [
        ("person", text, "Whose log: the caller's own by default, or that of a child in his authority."),
        ("before", {"type": "string", "format": "date"}, "Days before this one only: `next` of the page before."),
        ("organisation", text, "Lines about this organisation only."),
        ("emergency", {"type": "boolean", "default": False}, "Emergencies only."),
    ]
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
            for name, schema, description in told
        ]
    }
