"""One event of the log (`GET /api/v1/log/{event_id}`), and tickets to content: asked, approved by another, used."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI
from pydantic import AwareDatetime, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import answered, shown
from gateway.api.body import read_object
from gateway.api.described import door
from gateway.api.keyed import call_of, keyed, keyed_door
from gateway.api.log.search import SAID_OF_A_QUESTION, named
from gateway.api.log.search_described import PERSON, body, success
from gateway.api.refusals import Refusals
from gateway.api.who import Who
from gateway.api.wire import read_body
from gateway.identity.caller import Caller
from gateway.log.question import PATH, Why
from gateway.log.tickets.content import Contents
from gateway.log.tickets.tickets import MOST_TIMES, Scope, TicketDesk, plain_id
from gateway.shapes import Wire

_TEXT: Final = {"type": "string"}
_ID: Final = {"type": "string", "format": "uuid"}
_TICKETS: Final = "The newest tickets of the officer's body."
_REFUSALS: Final = Refusals()
_CHANGING: Final = keyed({})
_ASKING: Final = keyed(SAID_OF_A_QUESTION)
_TICKET: Final = "The ticket: what it is for, until when, how often, who asked and approved, and its `state`."


class Named(Wire):
    """A person by a number in a system."""

    system: str
    value: str


class For(Wire):
    """What a ticket is for: one of both."""

    event: str | None = None
    person: str | Named | None = None

    @model_validator(mode="after")
    def _one(self) -> "For":
        if (self.event is None) is (self.person is None):
            raise ValueError("name one of `event` and `person`")
        return self


class Ticket(Wire):
    """What an officer asks to open."""

    reason: Literal["complaint", "access-request", "signal", "sample", "breach", "other"]
    scope: For
    until: AwareDatetime | None = None
    times: Annotated[int, Field(ge=1, le=MOST_TIMES, strict=True)] = 1


class Use(Wire):
    """With which ticket content is opened."""

    ticket: str


@dataclass(frozen=True)
class LogTicketsDoor:
    """The routes, with what they need."""

    contents: Contents
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to `app`; after those whose path is a word, which would be taken for an event's id."""
        asked = body(
            {"reason": _TEXT, "scope": _SCOPE, "until": _TEXT, "times": {"type": "integer"}}, "reason", "scope"
        )
        ticket, used = success(_TICKET), body({"ticket": _ID}, "ticket")
        for method, path, endpoint, said in (
            ("POST", "tickets", self.ask, keyed_door(_ASKING.codes, asked, success=ticket)),
            ("GET", "tickets", self.listed, door(_REFUSALS.codes, success=success(_TICKETS))),
            ("POST", "tickets/{ticket}/approve", self.approve, keyed_door(_CHANGING.codes, success=ticket)),
            ("POST", "tickets/{ticket}/withdraw", self.withdraw, keyed_door(_CHANGING.codes, success=ticket)),
            ("GET", "{event_id}", self.event, door(_REFUSALS.codes, success=success(_EVENT))),
            ("POST", "{event_id}/content", self.content, door(_REFUSALS.codes, body=used, success=success(_CONTENT))),
        ):
            app.add_api_route(f"{PATH}/{path}", endpoint, methods=[method], openapi_extra=said)

    @property
    def _tickets(self) -> TicketDesk:
        return self.contents.tickets

    async def event(self, request: Request) -> Response:
        """Return one event as the officer may see it: verdict, reasons, bases with their articles, evidence, proof."""

        async def work(caller: Caller, request_id: str) -> Any:
            return await self.contents.details.show(caller, request_id, request.path_params["event_id"])

        return await shown(request, self.who, work, _REFUSALS)

    async def content(self, request: Request) -> Response:
        """Return the content of an event, with a ticket that another officer approved; a use of it is counted."""

        async def work(caller: Caller, request_id: str) -> Any:
            await self._tickets.searching.require_officer(caller, request_id, what="content")
            used = read_body(Use, await read_object(request))
            return await self.contents.open(caller, request_id, request.path_params["event_id"], used.ticket)

        return await shown(request, self.who, work, _REFUSALS)

    async def ask(self, request: Request) -> Response:
        """Return a new ticket; another officer of the same body must approve it before it opens anything."""

        async def work(caller: Caller, request_id: str) -> Any:
            searching = self._tickets.searching
            await searching.require_officer(caller, request_id, what="ticket")
            asked = read_body(Ticket, await read_object(request))
            call = call_of(request, request_id, asked)
            async with searching.look(caller, named=asked.scope.person):
                scope = (
                    Scope(event=plain_id(asked.scope.event))
                    if asked.scope.event is not None
                    else Scope(person=await named(searching, _person(asked.scope)))
                )
                return await self._tickets.ask(
                    caller, call, scope=scope, why=Why(asked.reason), until=asked.until, times=asked.times
                )

        return await answered(request, self.who, work, _ASKING)

    async def approve(self, request: Request) -> Response:
        """Return the ticket, approved; never by who asked for it."""

        async def work(caller: Caller, request_id: str) -> Any:
            return await self._tickets.approve(caller, call_of(request, request_id), request.path_params["ticket"])

        return await answered(request, self.who, work, _CHANGING)

    async def withdraw(self, request: Request) -> Response:
        """Return the ticket, withdrawn: nothing is opened with it from now on."""

        async def work(caller: Caller, request_id: str) -> Any:
            return await self._tickets.withdraw(caller, call_of(request, request_id), request.path_params["ticket"])

        return await answered(request, self.who, work, _CHANGING)

    async def listed(self, request: Request) -> Response:
        """Return the newest tickets of the officer's body, for who may approve them."""
        return await shown(request, self.who, self._tickets.listed, _REFUSALS)


def _person(scope: For) -> Any:
    return scope.person.model_dump() if isinstance(scope.person, Named) else scope.person


_SCOPE: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"event": _ID, "person": PERSON},
}
_EVENT: Final = "The event, `why` it was decided so, and its `proof`, where the officer may see all that the leaf says."
_CONTENT: Final = "The `content`: what was said and by whom, as far as the officer's own side wrote or may know."
