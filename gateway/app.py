"""The HTTP application: which path leads where, and what becomes of errors. Built from a `Gateway`."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.administering.acting import Acting
from gateway.api.decisions import DecisionsDoor
from gateway.api.described import describe_bodies
from gateway.api.emergencies import EmergenciesDoor
from gateway.api.exchange import PATH, ExchangeDoor, described
from gateway.api.facts.administering import AdministratorsDoor
from gateway.api.facts.recording import FactsDoor
from gateway.api.fhir.audit import AuditEventDoor
from gateway.api.fhir.door import PATH as FHIR
from gateway.api.fhir.door import FhirDoor, no_batch
from gateway.api.fhir.plan import FamilyPlanDoor
from gateway.api.health import HealthDoor
from gateway.api.holder import HolderDoor
from gateway.api.incoming import Incoming
from gateway.api.log.access_report import LogAccessReportDoor
from gateway.api.log.breach import LogBreachDoor
from gateway.api.log.files import LogDoor
from gateway.api.log.nen7513 import Nen7513Door
from gateway.api.log.own import OwnLogDoor
from gateway.api.log.search import LogSearchDoor
from gateway.api.log.tickets import LogTicketsDoor
from gateway.api.notices import NoticesDoor
from gateway.api.openapi import VERSION, completed
from gateway.api.persons import PersonsDoor
from gateway.api.problems import Problem, response
from gateway.api.replay import ReplayDoor
from gateway.api.reviews import ReviewsDoor
from gateway.api.signals import SignalsDoor
from gateway.api.simulate import SimulateDoor
from gateway.api.unrouted import of_framework
from gateway.api.who import Authenticator
from gateway.fhir.audit_events import AuditEvents
from gateway.fhir.consents import Consents
from gateway.identity.routes import routes as identity_routes
from gateway.identity.service import TokenService
from gateway.identity.stops import tell_why
from gateway.log.entries import LogEntries
from gateway.log.rendering import Nen7513Files
from gateway.log.reports.breach import Breaches
from gateway.logs import logger, where
from gateway.reviews.desk import ReviewDesk
from gateway.reviews.doing import DutyDesk
from gateway.reviews.judging import Judging
from gateway.reviews.taking import Taking
from gateway.signals.desk import SignalsDesk
from gateway.signals.explained import Explaining
from gateway.signals.reviewing import Reviewing
from gateway.wiring import Gateway

_NO_TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
_SECURITY: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def create_app(gateway: Gateway) -> "Outermost":
    """Return the application of `gateway`. Starting and stopping is the caller's (`gateway.serving`)."""
    app = FastAPI(
        title="Schakel",
        version=VERSION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Otherwise an address with a slash too many is sent on to whatever `Host` the caller named.
        redirect_slashes=False,
        # It would hand what a caller sent, and the texts of exceptions, to whatever listens in the process.
        telemetry=_NO_TELEMETRY,
    )
    # Nothing of the framework between the routes and `Outermost`, which answers every error; its own routes need this.
    app.middleware_stack = AsyncExitStackMiddleware(app.router)
    who = Authenticator(gateway.identity)
    exchange = ExchangeDoor(gateway.exchange, gateway.deliveries, who)
    # For the description, and for who uses another method: the door itself stands before the framework's (`Outermost`).
    app.add_api_route(PATH, exchange.plan, methods=["POST"], openapi_extra=described())
    DecisionsDoor(gateway.decisions, who).add_to(app)
    ReplayDoor(gateway.replays, who).add_to(app)
    SimulateDoor(gateway.simulator, who).add_to(app)
    FactsDoor(gateway.facts_desk, who).add_to(app)
    AdministratorsDoor(Acting(gateway.exchange.committer, gateway.facts_desk.decided_at), who).add_to(app)
    PersonsDoor(gateway.outlook, who).add_to(app)
    OwnLogDoor(gateway.own_view, who).add_to(app)
    HolderDoor(gateway.inbox, gateway.holder_desk, gateway.stop_switch, who).add_to(app)
    EmergenciesDoor(gateway.emergencies, who).add_to(app)
    NoticesDoor(gateway.notices, lambda: gateway.identity.registrations.current, who).add_to(app)
    address = gateway.identity.public_url
    beside = [
        *AuditEventDoor(AuditEvents(gateway.searching, address), who, address).routes(),
        *FamilyPlanDoor(exchange, address).routes(),
    ]
    app.router.routes.append(Route(FHIR, no_batch, methods=["GET", "POST"]))
    app.mount(FHIR, FhirDoor(Consents(gateway.facts_desk), who, address, beside).app())
    Nen7513Door(Nen7513Files(gateway.searching, address), who).add_to(app)
    LogDoor(gateway.engine, gateway.log, LogEntries(gateway.exchange.committer), who).add_to(app)
    committer = gateway.exchange.committer
    explaining = Explaining(committer, gateway.log.now)
    SignalsDoor(SignalsDesk(committer, gateway.log.now), explaining, Reviewing(committer), who).add_to(app)
    LogSearchDoor(gateway.searching, who).add_to(app)
    LogBreachDoor(Breaches(gateway.searching), who).add_to(app)
    LogAccessReportDoor(gateway.access_reports, who).add_to(app)
    LogTicketsDoor(gateway.contents, who).add_to(app)
    ReviewsDoor(ReviewDesk(committer), Taking(committer), Judging(committer), DutyDesk(committer), who).add_to(app)
    HealthDoor(gateway).add_to(app)
    app.router.routes.extend(identity_routes(TokenService(services=gateway.identity)))
    app.openapi = _once_described(app)  # type: ignore[method-assign] # FastAPI's way to change it
    return Outermost(app, exchange.answer)


def _once_described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    of_the_routes = app.openapi

    @cache
    def document() -> dict[str, Any]:
        describe_bodies(app.routes)
        return completed(of_the_routes())

    return document


def _answer_to(error: Exception, scope: Scope, app: FastAPI, *, began: bool) -> Response:
    problem = _told(error, scope, app)
    if began or problem is None:
        logger().error("request.failed", method=scope["method"], **where(error))
    return response(problem or Problem("internal"))


def _told(error: Exception, scope: Scope, app: FastAPI) -> Problem | None:
    """Return what the caller is told of `error`; None where nobody foresaw it."""
    if isinstance(error, Problem):
        tell_why(error)
        return error
    return of_framework(error, scope, app.routes) if isinstance(error, HTTPException) else None


class Outermost:
    """What stands round everything: headers for every answer, an ear for who still writes, an end to every error.

    What was not foreseen may say anything, so the log gets its type and place, and the caller a problem without either.
    The one door that nearly everybody comes for is found here; a framework that looks for it costs as much as a proof.
    """

    def __init__(self, app: FastAPI, exchange: ASGIApp) -> None:
        """Take the application inside, and the door that stands before it."""
        self._app = app
        self._exchange = exchange

    def openapi(self) -> dict[str, Any]:
        """Return what the doors are, as `/api/v1/openapi.json` answers it."""
        return self._app.openapi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and catch."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, incoming = False, Incoming(scope, receive)

        async def send_on(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                await incoming.drain()
                began = True
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        inside = self._exchange if scope["path"] == PATH and scope["method"] == "POST" else self._app
        try:
            await inside(scope, incoming.receive, send_on)
        except Exception as error:  # noqa: BLE001 - the last line of defence
            # No name for the problem in this frame: it would hold the frames that it was raised in, and all that a
            # family's request has there, until the collector of cycles comes by.
            answer = _answer_to(error, scope, self._app, began=began)
            if not began:
                await answer(scope, incoming.receive, send_on)


_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in _SECURITY.items()]
