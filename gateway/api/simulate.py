"""`POST /api/v1/decisions/simulate`: the privacy officer's what-if. The body is a world file as JSON."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventOutcome
from audit.store import AuditUnavailableError
from consent.shape import WorldError
from gateway.api.body import read_object
from gateway.api.exchange import Who
from gateway.api.problems import FieldError, Problem
from gateway.deciding import Json
from gateway.identity.caller import Caller
from gateway.simulating import NotAnOfficerError, Simulator

PATH: Final = "/api/v1/decisions/simulate"


@dataclass(frozen=True)
class SimulateDoor:
    """The route, with what it needs."""

    simulator: Simulator
    who: Who

    async def simulate(self, request: Request) -> Response:
        """Return what `schakel decide --explain` would print; `not-available` for everybody but officers.

        Only the event of the call is kept, and it is durable before anything is sent. Who is no officer is answered
        before a word of his body is read.
        """
        caller = await self.who(request)
        try:
            answer = await self._answer(request, caller)
        except NotAnOfficerError:
            raise Problem("not-available") from None
        except WorldError as error:
            raise Problem("invalid-request", errors=tuple(map(_field, error.problems))) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable") from None
        return Response(orjson.dumps(answer), media_type="application/json", headers={"Cache-Control": "no-store"})

    async def _answer(self, request: Request, caller: Caller) -> list[Json] | Json:
        if caller.officer_of is None:
            return await self.simulator.decided({}, caller)
        try:
            world = await read_object(request)
        except Problem:
            await self.simulator.keep(caller, EventOutcome.ERROR)
            raise
        return await self.simulator.decided(world, caller)


def _field(problem: str) -> FieldError:
    """Return one thing that is wrong in a world, without the value that its message may end with."""
    path, what, *_ = [*problem.split(": "), "is wrong"]
    return FieldError(path, what)


def described() -> dict[str, Any]:
    """Return what the OpenAPI document says of the body."""
    schema = {"type": "object", "description": "A world file: the sections, and `request` or `requests`"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
