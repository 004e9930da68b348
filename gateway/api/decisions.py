"""`GET /api/v1/decisions/{request_id}`: what officers see of a decision."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import as_json
from gateway.api.described import door
from gateway.api.refusals import Refusals
from gateway.api.who import Who, require_still
from gateway.log.officers import Decisions, NoSuchDecisionError

PATH: Final = "/api/v1/decisions/{request_id}"
_REFUSALS: Final = Refusals({NoSuchDecisionError: "not-available"})


@dataclass(frozen=True)
class DecisionsDoor:
    """The route, with what it needs."""

    decisions: Decisions
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the door into `app`."""
        app.add_api_route(PATH, self.view, methods=["GET"], openapi_extra=door(_REFUSALS.codes))

    async def view(self, request: Request) -> Response:
        """Return the officer's part; `not-available` for everybody else and where there is nothing."""
        caller = await self.who(request)
        with _REFUSALS.told():
            seen = await self.decisions.view(request.path_params["request_id"], caller)
            await require_still(self.who, caller)
        return as_json(seen)
