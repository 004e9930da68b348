"""`POST /api/v1/decisions/simulate`: the privacy officer's what-if. The body is a world file as JSON."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventOutcome
from consent.world.shape import WorldError
from gateway.api.answering import as_json
from gateway.api.body import read_object
from gateway.api.described import door
from gateway.api.exchange import Who
from gateway.api.problems import FieldError, Problem
from gateway.api.refusals import Refusals, Wrong
from gateway.identity.caller import Caller
from gateway.simulator.deciding import Json
from gateway.simulator.simulating import NotAnOfficerError, Simulator

PATH: Final = "/api/v1/decisions/simulate"


@dataclass(frozen=True)
class SimulateDoor:
    """The route, with what it needs."""

    simulator: Simulator
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(PATH, self.simulate, methods=["POST"], openapi_extra=door(_REFUSALS.codes, body=_WORLD))

    async def simulate(self, request: Request) -> Response:
        """Return what `schakel decide --explain` would print; `not-available` for everybody but officers.

        Only the event of the call is kept, and it is durable before anything is sent. Who is no officer is answered
        before a word of his body is read.
        """
        caller = await self.who(request)
        with _REFUSALS.told():
            answer = await self._answer(request, caller)
        return as_json(answer)

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


_WORLD: Final = {"type": "object", "description": "A world file: the sections, and `request` or `requests`"}
_REFUSALS: Final = Refusals(
    {
        NotAnOfficerError: "not-available",
        WorldError: Wrong(lambda error: tuple(map(_field, error.problems))),
    }
)
