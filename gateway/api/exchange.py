"""`POST /api/v1/exchange/plan`: the door of the exchange. The bytes go out only after their event is durable."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from audit.events import Kind
from gateway.api.body import read_object
from gateway.api.described import door
from gateway.api.problems import FieldError
from gateway.api.refusals import Refusals, Wrong
from gateway.api.who import Who
from gateway.api.wire import read_body
from gateway.committing.deliveries import Deliveries
from gateway.committing.recording import delivery_event
from gateway.exchange import Exchange, FactsMovedError, NotAvailableError
from gateway.failpoints import Reached, Step
from gateway.flow.question import Question
from gateway.flow.release import NATIVE, Rendering
from gateway.identity.caller import Caller

PATH: Final = "/api/v1/exchange/plan"
_LACKS: Final = Wrong(lambda error: tuple(FieldError(path, do) for path, do in error.lacks), "not-available")
_REFUSALS: Final = Refusals({NotAvailableError: _LACKS, FactsMovedError: "facts-moved"})


class Delivered(Response):
    """An answer that reports what became of it."""

    def __init__(self, body: bytes, media_type: str, report: Callable[[Kind], None], reached: Reached) -> None:
        """Take the bytes, whom to tell whether they were handed to the network, and what is called when they were."""
        super().__init__(body, media_type=media_type, headers={"Cache-Control": "no-store"})
        self._report = report
        self._reached = reached

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, then report. To who has gone nothing is sent: the server would take the bytes without a word."""
        if await Request(scope, receive).is_disconnected():
            self._report(Kind.EXCHANGE_ABORTED)
            return
        try:
            await super().__call__(scope, receive, send)
        except BaseException:
            self._report(Kind.EXCHANGE_ABORTED)
            raise
        await self._reached(Step.DELIVERED)
        self._report(Kind.EXCHANGE_DELIVERED)


@dataclass(frozen=True)
class ExchangeDoor:
    """The route, with what it needs."""

    exchange: Exchange
    deliveries: Deliveries
    who: Who

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as `plan` does, as an application of its own."""
        response = await self.plan(Request(scope, receive))
        await response(scope, receive, send)

    async def plan(self, request: Request) -> Response:
        """Answer a question about a person's plan; 403 `not-available` whatever the reason, 503 if the log is down."""
        caller = await self.who(request)
        return await self.respond(read_body(Question, await read_object(request)), caller)

    async def respond(self, question: Question, caller: Caller, rendering: Rendering = NATIVE) -> Response:
        """Answer `question` as `rendering` writes it.

        Raises:
            Problem: `not-available`, `facts-moved` or `log-unavailable`.
        """
        request_id = str(uuid.uuid4())
        exchange = self.exchange
        if rendering is not exchange.rendering:
            exchange = replace(exchange, rendering=rendering)
        with _REFUSALS.told(request_id):
            answer = await exchange.answer(question, caller, request_id)

            def report(kind: Kind) -> None:
                self.deliveries.report(delivery_event(caller, answer.person, request_id, kind))

            # INVARIANT: who was ended while his sources answered gets nothing, and hears no more than of any no.
            is_let_in = False
            try:
                is_let_in = await self.who.still(caller)
            finally:
                if not is_let_in:
                    report(Kind.EXCHANGE_ABORTED)
            if not is_let_in:
                raise NotAvailableError(())
        await self.exchange.reached(Step.RELEASED)
        return Delivered(answer.body, rendering.media_type, report, self.exchange.reached)


@cache
def described() -> dict[str, Any]:
    """Return what the OpenAPI document says of the door."""
    return door(_REFUSALS.codes, body=Question)
