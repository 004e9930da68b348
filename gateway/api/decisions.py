"""`GET /api/v1/decisions/{request_id}`: what officers see of a decision."""

from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from gateway.api.exchange import Who
from gateway.api.problems import Problem
from gateway.officers import Decisions, NoSuchDecisionError


@dataclass(frozen=True)
class DecisionsDoor:
    """The route, with what it needs."""

    decisions: Decisions
    who: Who

    async def view(self, request: Request) -> Response:
        """Return the officer's part; `not-available` for everybody else and where there is nothing."""
        caller = await self.who(request)
        try:
            seen = await self.decisions.view(request.path_params["request_id"], caller)
        except NoSuchDecisionError:
            raise Problem("not-available") from None
        except AuditUnavailableError:
            raise Problem("log-unavailable") from None
        return Response(orjson.dumps(seen), media_type="application/json", headers={"Cache-Control": "no-store"})
