"""`POST /api/v1/decisions/{request_id}/replay`: a past decision made again, for the gateway's own officer."""

from dataclasses import dataclass
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from gateway.api.exchange import Who
from gateway.api.problems import Problem
from gateway.officers import NoSuchDecisionError
from gateway.replay.replays import Replays

PATH: Final = "/api/v1/decisions/{request_id}/replay"


@dataclass(frozen=True)
class ReplayDoor:
    """The route, with what it needs."""

    replays: Replays
    who: Who

    async def replay(self, request: Request) -> Response:
        """Return whether the decision is the same, and which facts differ; `not-available` for everybody else.

        No body is read. The same answer where there is no such decision.
        """
        caller = await self.who(request)
        try:
            found = await self.replays.replay(request.path_params["request_id"], caller)
        except NoSuchDecisionError:
            raise Problem("not-available") from None
        except AuditUnavailableError:
            raise Problem("log-unavailable") from None
        return Response(
            orjson.dumps(found.as_json()), media_type="application/json", headers={"Cache-Control": "no-store"}
        )
