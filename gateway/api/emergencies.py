"""`/api/v1/emergencies` and `/api/v1/holder/crisis-set`: emergencies, and who opens himself to them."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from gateway.api.problems import Problem
from gateway.emergency.desks import EmergencyDesks
from gateway.facts.calls import NotAllowedError
from gateway.identity.caller import Caller

PATH: Final = "/api/v1/emergencies"
CRISIS_SET: Final = "/api/v1/holder/crisis-set"
_NO_STORE: Final = {"Cache-Control": "no-store"}

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""


@dataclass(frozen=True)
class EmergenciesDoor:
    """The routes, with what they need."""

    desks: EmergencyDesks
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        app.add_api_route(PATH, self.emergencies, methods=["GET"])
        app.add_api_route(f"{PATH}/{{emergency}}/close", self.close, methods=["POST"])

        app.add_api_route(f"{CRISIS_SET}/open", self.open_set, methods=["POST"])
        app.add_api_route(f"{CRISIS_SET}/close", self.close_set, methods=["POST"])

    async def emergencies(self, request: Request) -> Response:
        """Return the emergencies of the last 30 days as far as they are an officer's to see, and how often."""
        return await self._done(request, self.desks.listed.look)

    async def close(self, request: Request) -> Response:
        """Close an emergency by the id of its request; it may be repeated. `not-available` to who has no part in it."""
        emergency = request.path_params["emergency"]
        return await self._done(request, lambda caller, call: self.desks.closing.close(emergency, caller, call))

    async def open_set(self, request: Request) -> Response:
        """Propose that the caller's holder opens his crisis set to emergency pulls, or open it as the second."""
        return await self._done(request, self.desks.crisis_set.open)

    async def close_set(self, request: Request) -> Response:
        """Close the crisis set of the caller's holder to emergency pulls."""
        return await self._done(request, self.desks.crisis_set.close)

    async def _done(self, request: Request, act: Callable[[Caller, str], Awaitable[Mapping[str, Any]]]) -> Response:
        caller = await self.who(request)
        request_id = str(uuid.uuid4())
        try:
            told = await act(caller, request_id)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), media_type="application/json", headers=_NO_STORE)
