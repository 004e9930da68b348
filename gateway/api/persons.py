"""`GET /api/v1/persons/{id}/who-may-see` and `…/forecast`: looking round and ahead, for whom that is."""

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
from gateway.identity.caller import Caller
from gateway.outlook.outlook import NoViewError, Outlook

PATH: Final = "/api/v1/persons/{person}"
_UNTIL: Final = "until"
_PARAMETERS: Final = (
    {
        "name": _UNTIL,
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "Up to and with this day or instant; without it a year ahead.",
    },
)
_REFUSALS: Final = Refusals({NoViewError: "not-available"})


@dataclass(frozen=True)
class PersonsDoor:
    """The routes, with what they need."""

    outlook: Outlook
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        who_may_see, forecast = (
            door(_REFUSALS.codes | {"invalid-request"}),
            door(_REFUSALS.codes, parameters=_PARAMETERS),
        )
        app.add_api_route(f"{PATH}/who-may-see", self.who_may_see, methods=["GET"], openapi_extra=who_may_see)
        app.add_api_route(f"{PATH}/forecast", self.forecast, methods=["GET"], openapi_extra=forecast)

    async def who_may_see(self, request: Request) -> Response:
        """Return who might see what; `not-available` to everybody who may not know, and of nobody."""

        async def look(caller: Caller, request_id: str) -> dict[str, Any]:
            moments_asked(request)
            return await self.outlook.who_may_see(request.path_params["person"], caller, request_id)

        return await shown(request, self.who, look, _REFUSALS)

    async def forecast(self, request: Request) -> Response:
        """Return what lies ahead; `not-available` to everybody who may not know, and of nobody."""

        async def look(caller: Caller, request_id: str) -> dict[str, Any]:
            until = moments_asked(request, (_UNTIL,)).get(_UNTIL)
            return await self.outlook.ahead(request.path_params["person"], caller, request_id, until=until)

        return await shown(request, self.who, look, _REFUSALS)
