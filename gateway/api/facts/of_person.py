"""`GET /api/v1/persons/{id}/facts`: what is known of somebody, for whom that is."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.described import door
from gateway.api.moments import moments_asked
from gateway.api.refusals import Refusals
from gateway.api.who import Who
from gateway.committing.calls import Call
from gateway.facts.looking import FactsView
from gateway.identity.caller import Caller

PATH: Final = "/api/v1/persons/{person}/facts"
_ASKED: Final = {
    "at": "Only the facts that are in force at this instant.",
    "known_at": "As they were known at this instant.",
}
_PARAMETERS: Final = tuple(
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": described}
    for name, described in _ASKED.items()
)
_REFUSALS: Final = Refusals()


@dataclass(frozen=True)
class PersonFactsDoor:
    """The route, with what it needs."""

    view: FactsView
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(
            PATH, self.facts, methods=["GET"], openapi_extra=door(_REFUSALS.codes, parameters=_PARAMETERS)
        )

    async def facts(self, request: Request) -> Response:
        """Return the facts; `not-available` to everybody who may not see them, and of nobody."""

        async def look(caller: Caller, request_id: str) -> dict[str, Any]:
            asked = moments_asked(request, _ASKED)
            call = Call(request_id, request.url.path, {name: str(value) for name, value in asked.items()})
            person = request.path_params["person"]
            return await self.view.look(person, caller, call, at=asked.get("at"), known_at=asked.get("known_at"))

        return await shown(request, self.who, look, _REFUSALS)
