"""`/fhir/CarePlan`: the exchange for who speaks FHIR: the same question, decision, event and receipt, as a Bundle.

Source: HL7 FHIR R4, *RESTful API*, *Operations* and *Search*; `docs/reference/fhir-door.md`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.api.body import media_type, read_bytes, read_object
from gateway.api.exchange import ExchangeDoor
from gateway.api.fhir.door import base_of
from gateway.api.fhir.outcomes import IssuesProblem
from gateway.api.fhir.requests import JSON, caller_of, no_parameters, searched
from gateway.api.problems import FieldError, Problem
from gateway.api.wire import read_body
from gateway.fhir.outcomes import Told
from gateway.fhir.plan_parameters import BadParametersError, place_of, question_of
from gateway.fhir.plan_search import read_plan_search
from gateway.fhir.plan_xml import BadXmlError, parameters_of_xml
from gateway.flow.question import Question

OPERATION: Final = "/CarePlan/$family-plan"
XML: Final = ("application/fhir+xml", "application/xml")
_PLACES: Final = {"person": "http.subject.identifier", "categories": "http.category"}
"""Where a search says what the native question has."""


@dataclass(frozen=True)
class FamilyPlanDoor:
    """The routes, with what they need. `public_url` is the address of this gateway outside."""

    exchange: ExchangeDoor
    public_url: str

    def routes(self) -> list[BaseRoute]:
        """Return the routes below `/fhir`."""
        return [
            Route(OPERATION, self.family_plan, methods=["POST"]),
            Route("/CarePlan", self.search, methods=["GET"]),
            Route("/CarePlan/_search", self.search, methods=["POST"]),
        ]

    async def family_plan(self, request: Request) -> Response:
        """Answer what `Parameters` ask; 403 `not-available` whatever the reason, as the native door."""
        # What writes a Bundle is two megabytes of tables, which no worker carries before somebody asks for one.
        from gateway.fhir.plan_bundle import collection  # noqa: PLC0415

        caller = await caller_of(request, self.exchange.who)
        no_parameters(request)
        with _placed(place_of):
            question = read_body(Question, _asked(await _parameters(request)))
            return await self.exchange.respond(question, caller, collection(base_of(self.public_url)))

    async def search(self, request: Request) -> Response:
        """Answer the question that a search states; never with an empty Bundle, which would tell of more."""
        from gateway.fhir.plan_bundle import searchset  # noqa: PLC0415 - as above

        caller = await caller_of(request, self.exchange.who)
        if request.method == "HEAD":
            # It would be on record as an answer, and none would be sent.
            raise Problem("method-not-allowed", headers={"Allow": "GET"})
        search = await searched(request, read_plan_search)
        with _placed(_place_of_search):
            question = read_body(Question, search.question)
            base = base_of(self.public_url)
            return await self.exchange.respond(question, caller, searchset(base, search.link(base)))


async def _parameters(request: Request) -> dict[str, Any]:
    if media_type(request) not in XML:
        return await read_object(request, JSON)
    try:
        return parameters_of_xml(await read_bytes(request, XML))
    except BadXmlError:
        what = "this is no FHIR XML that can be read: well-formed, in UTF-8, without a document type"
        raise IssuesProblem("malformed", (Told("error", "structure", what),)) from None


def _asked(resource: dict[str, Any]) -> dict[str, Any]:
    try:
        return question_of(resource)
    except BadParametersError as error:
        issues = tuple(Told("error", "invalid", what, place=place) for place, what in error.wrong)
        raise IssuesProblem("invalid-request", issues) from None


def _place_of_search(path: str) -> str:
    # What only the operation can say is asked for by the purpose.
    return _PLACES.get(path.partition(".")[0].partition("[")[0], "http.purpose")


@contextmanager
def _placed(place: Callable[[str], str]) -> Iterator[None]:
    """Say what is wrong with a question at its place in what was sent."""
    try:
        yield
    except IssuesProblem:
        raise
    except Problem as problem:
        errors = tuple(FieldError(place(each.path), each.message) for each in problem.errors)
        raise Problem(problem.code, request_id=problem.request_id, errors=errors, headers=problem.headers) from None
