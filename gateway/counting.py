"""What a process counts as it goes: requests, decisions, sources that failed, and how long exchanges took.

Each process counts its own, from its start; who collects them adds them up.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audit.events import Event, Field, Kind
from schemas.words import Outcome

BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram, in seconds; above the last is infinity."""

EXCHANGE: Final = "exchange"
OTHER: Final = "other"
NO_STATUS: Final = "none"
_ROUTES: Final = (
    ("/api/v1/exchange/", EXCHANGE),
    ("/api/v1/facts", "facts"),
    ("/api/v1/persons/", "persons"),
    ("/api/v1/decisions/", "decisions"),
    ("/api/v1/holder/", "holder"),
    ("/api/v1/notices", "notices"),
    ("/api/v1/", "api"),
    ("/fhir/", "fhir"),
    ("/oauth/", "oauth"),
    ("/.well-known/", "oauth"),
    ("/audit/", "audit"),
    ("/readyz", "health"),
    ("/healthz", "health"),
)
ROUTES: Final = frozenset({OTHER, *(name for _, name in _ROUTES)})
"""Every route that is counted; a path that somebody invents is `other`."""

_STATUSES: Final = frozenset(int(each) for each in HTTPStatus)


@dataclass
class Counters:
    """What was counted since the start of this process."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By route and status."""
    decisions: Counter[str] = field(default_factory=Counter)
    """By outcome."""
    sources_failed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By holder and system."""
    exchanges: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    """How many exchanges fell in each bucket, not added up."""
    exchange_seconds: float = 0.0

    def decided(self, outcome: Outcome) -> None:
        """Count a decision."""
        self.decisions[str(outcome)] += 1

    def before(self, report: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return what counts the sources that failed, and passes on to `report`."""

        def reported(event: Event) -> None:
            match event.fields.get(Field.DETAIL):
                case {"system": str(system)} if event.kind is Kind.SOURCE_FAILED:
                    self.sources_failed.update((holder, system) for holder in event.counterparties)
            report(event)

        return reported

    def took(self, seconds: float) -> None:
        """Count an exchange of so many seconds."""
        self.exchanges[bisect_left(BUCKETS, seconds)] += 1
        self.exchange_seconds += seconds


def route_of(path: str) -> str:
    """Return the name of the route that a path belongs to: nothing of the path itself."""
    return next((name for prefix, name in _ROUTES if path.startswith(prefix)), OTHER)


def status_of(status: int | None) -> str:
    """Return a status as a label: one that HTTP knows, or `none`."""
    return str(status) if status in _STATUSES else NO_STATUS


class Counted:
    """An application whose requests are counted."""

    def __init__(self, app: ASGIApp, counters: Counters, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take the application inside."""
        self._app = app
        self._counters = counters
        self._monotonic = monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._monotonic(), None

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        finally:
            route = route_of(scope["path"])
            self._counters.requests[route, status_of(status)] += 1
            if route == EXCHANGE:
                self._counters.took(self._monotonic() - began)
