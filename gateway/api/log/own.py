"""`GET /api/v1/me/access-log`: a person reads who looked at his data, or at those of a child in his authority."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.described import door
from gateway.api.problems import FieldError, Problem
from gateway.api.refusals import Refusals
from gateway.api.who import Who
from gateway.identity.caller import Caller
from gateway.log.own_view import OwnView, Wanted
from schemas.calendar import ASKED_YEARS, is_askable, midnight, parse_day

PATH: Final = "/api/v1/me/access-log"
_FLAGS: Final = {"true": True, "false": False}
_LONGEST: Final = 64
_REFUSALS: Final = Refusals()


@dataclass(frozen=True)
class OwnLogDoor:
    """The route, with what it needs."""

    view: OwnView
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(PATH, self.read, methods=["GET"], openapi_extra=door(_REFUSALS.codes, parameters=_PARAMETERS))

    async def read(self, request: Request) -> Response:
        """Return a page of the log, days newest first; `not-available` to everybody who may not, and of nobody."""

        async def read(caller: Caller, request_id: str) -> Any:
            return await self.view.read(_asked(request, caller.id), caller, request_id)

        return await shown(request, self.who, read, _REFUSALS)


def _asked(request: Request, himself: str) -> Wanted:
    """Return what is asked for. Raises a Problem that names what else stands there, or is wrong."""
    said = request.query_params
    known = {each["name"] for each in _PARAMETERS}
    wrong = [FieldError(name, "is not known here; take it out") for name in {*said} - known]
    wrong += [FieldError(name, "give it once") for name in {*said} & known if len(said.getlist(name)) > 1]
    emergency = _FLAGS.get(said.get("emergency", "false"))
    if emergency is None:
        wrong.append(FieldError("emergency", "expected true or false"))
    before = _day(said["before"]) if "before" in said else None
    if before is None and "before" in said:
        wrong.append(FieldError("before", f"expected a day {ASKED_YEARS}, such as 2026-01-31"))
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


def _day(text: str) -> date | None:
    try:
        day = parse_day(text)
    except ValueError:
        return None
    return day if is_askable(midnight(day)) else None


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
_SAID: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("person", _TEXT, "Whose log: the caller's own by default, or that of a child in his authority."),
    ("before", {"type": "string", "format": "date"}, "Days before this one only: `next` of the page before."),
    ("organisation", _TEXT, "Lines about this organisation only."),
    ("emergency", {"type": "boolean", "default": False}, "Emergencies only."),
)
_PARAMETERS: Final = tuple(
    {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
    for name, schema, description in _SAID
)
