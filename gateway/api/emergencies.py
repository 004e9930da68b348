"""`/api/v1/emergencies` and `/api/v1/holder/crisis-set`: emergencies, and who opens himself to them."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.described import door
from gateway.api.keyed import Act, kept, keyed, keyed_door
from gateway.api.refusals import Refusals
from gateway.api.who import Who
from gateway.emergency.desks import EmergencyDesks

PATH: Final = "/api/v1/emergencies"
CRISIS_SET: Final = "/api/v1/holder/crisis-set"
_REFUSALS: Final = Refusals()
_ONCE: Final = keyed({})


@dataclass(frozen=True)
class EmergenciesDoor:
    """The routes, with what they need."""

    desks: EmergencyDesks
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        app.add_api_route(PATH, self.emergencies, methods=["GET"], openapi_extra=door(_REFUSALS.codes))
        for path, endpoint in (
            (f"{PATH}/{{emergency}}/close", self.close),
            (f"{CRISIS_SET}/open", self.open_set),
            (f"{CRISIS_SET}/close", self.close_set),
        ):
            app.add_api_route(path, endpoint, methods=["POST"], openapi_extra=keyed_door(_ONCE.codes))

    async def emergencies(self, request: Request) -> Response:
        """Return the emergencies of the last 30 days as far as they are an officer's to see, and how often."""
        return await shown(request, self.who, self.desks.listed.look, _REFUSALS)

    async def close(self, request: Request) -> Response:
        """Close an emergency by the id of its request; it may be repeated. `not-available` to who has no part in it."""
        emergency = request.path_params["emergency"]
        return await self._once(request, partial(self.desks.closing.close, emergency))

    async def open_set(self, request: Request) -> Response:
        """Propose that the caller's holder opens his crisis set to emergency pulls, or open it as the second."""
        return await self._once(request, self.desks.crisis_set.open)

    async def close_set(self, request: Request) -> Response:
        """Close the crisis set of the caller's holder to emergency pulls."""
        return await self._once(request, self.desks.crisis_set.close)

    async def _once(self, request: Request, act: Act) -> Response:
        return await kept(request, self.who, None, act, _ONCE, status=200)
