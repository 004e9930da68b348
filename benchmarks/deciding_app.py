"""What B10 serves: an exchange without its database and its sources: proof checked, forty elements decided on.

Only the processor works here, so a second process should answer as many again.
"""

import time
from datetime import date

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.plan import plan
from consent.decide import decide
from gateway.api.exchange import PATH
from gateway.identity.dpop import Expected, check_proof


def deciding_app(url: str) -> Starlette:
    """Return the application that stands at `url`. It takes whoever has a proof of his key."""
    request, facts = plan(date.today())  # noqa: DTZ011 - the local day will do

    async def answer(asked: Request) -> Response:
        token = asked.headers["authorization"].partition(" ")[2]
        expected = Expected(method="POST", url=f"{url}{PATH}", now=int(time.time()), access_token=token)
        check_proof(asked.headers["dpop"], expected)
        decision = decide(request, facts, request.at)
        return Response(str(decision.outcome))

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])
