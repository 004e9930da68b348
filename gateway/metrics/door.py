"""`GET /metrics`, on a port of its own of this machine: it is never reached through the public door."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.metrics.measuring import Measuring
from gateway.metrics.text import MEDIA_TYPE, written
from gateway.wiring import Gateway

PATH = "/metrics"


def metrics_app(gateway: Gateway) -> Starlette:
    """Return the application that shows the metrics of `gateway`, and nothing else."""
    measuring = Measuring(gateway)

    async def metrics(_request: Request) -> Response:
        return Response(written(await measuring.measured()), headers={"Content-Type": MEDIA_TYPE})

    app = Starlette(routes=[Route(PATH, metrics, methods=["GET"])])
    # It would repeat what was asked in an address that the caller chooses.
    app.router.redirect_slashes = False
    return app
