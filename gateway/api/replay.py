"""`POST /api/v1/decisions/{request_id}/replay`: a past decision made again, for the gateway's own officer."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import as_json
from gateway.api.described import door
from gateway.api.refusals import Refusals
from gateway.api.who import Who, require_still
from gateway.log.officers import NoSuchDecisionError
from gateway.replay.replays import Replays

PATH: Final = "/api/v1/decisions/{request_id}/replay"
_REFUSALS: Final = Refusals({NoSuchDecisionError: "not-available"})


@dataclass(frozen=True)
class ReplayDoor:
    """The route, with what it needs."""

    replays: Replays
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(PATH, self.replay, methods=["POST"], openapi_extra=door(_REFUSALS.codes))

    async def replay(self, request: Request) -> Response:
        """Return whether the decision is the same, and which facts differ; `not-available` for everybody else.

        No body is read. The same answer where there is no such decision.
        """
        caller = await self.who(request)
        with _REFUSALS.told():
            found = await self.replays.replay(request.path_params["request_id"], caller)
            await require_still(self.who, caller)
        return as_json(found.as_json())
