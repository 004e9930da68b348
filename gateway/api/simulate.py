"""`POST /api/v1/decisions/simulate`: the privacy officer's what-if on a world file."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.events import EventOutcome
from consent.world.documents import LARGEST
from consent.world.file import World, read_world, world_of
from consent.world.shape import WorldError
from gateway.api.answering import as_json
from gateway.api.body import media_type, object_in, read_bytes
from gateway.api.described import door
from gateway.api.problems import FieldError, Problem
from gateway.api.refusals import Refusals, Wrong
from gateway.api.who import Who, require_still
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
        said = door(_REFUSALS.codes, body=_WORLD) | _BODY
        app.add_api_route(PATH, self.simulate, methods=["POST"], openapi_extra=said)

    async def simulate(self, request: Request) -> Response:
        """Return what `schakel decide` would print; `not-available` for everybody but officers.

        Only the event of the call is kept, and it is durable before anything is sent. Who is no officer is answered
        before a word of his body is read.
        """
        caller = await self.who(request)
        with _REFUSALS.told():
            answer = await self._answer(request, caller)
            await require_still(self.who, caller)
        return as_json(answer)

    async def _answer(self, request: Request, caller: Caller) -> list[Json] | Json:
        await self.simulator.require_officer(caller)
        try:
            raw = await read_bytes(request, tuple(_READERS), longest=LARGEST)
        except Problem as problem:
            await self.simulator.keep(caller, EventOutcome.ERROR)
            raise Problem(problem.code, errors=_WHY.get(problem.code, ())) from None
        return await self.simulator.decided(partial(_READERS[media_type(request)], raw), caller)


def _json(raw: bytes) -> World:
    return world_of(object_in(raw))


_READERS: Final = {"application/json": _json, "application/yaml": read_world}
"""What reads a world, by its media type (RFC 8259, RFC 9512)."""


def _field(problem: str) -> FieldError:
    """Return one thing that is wrong in a world, without the value that its message may end with."""
    path, what, *_ = [*problem.split(": "), "is wrong"]
    return FieldError(path, what)


_WORLD: Final = {"type": "object", "description": "A world file: the sections, and `request` or `requests`"}
_BODY: Final = {
    "requestBody": {"required": True, "content": {each: {"schema": _WORLD} for each in _READERS}},
}
_WHY: Final = {
    "unsupported-media-type": (FieldError("Content-Type", f"expected {' or '.join(_READERS)}"),),
    "too-large": (FieldError("(body)", f"expected at most {LARGEST} bytes, as `schakel decide` reads"),),
}
_REFUSALS: Final = Refusals(
    {
        NotAnOfficerError: "not-available",
        WorldError: Wrong(lambda error: tuple(map(_field, error.problems))),
    }
)
