"""`/fhir`: consents and refusals as FHIR R4 `Consent`, for who speaks FHIR. The rules are those of the desk of facts.

Source: HL7 FHIR R4, *RESTful API*; facts contract, *Ways in*.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from typing import Any, Final

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from consent.fhir.addresses import NO, YES
from consent.fhir.reading import read
from gateway.api.fhir.outcomes import answer, refused
from gateway.api.fhir.requests import (
    answering,
    body_of,
    caller_of,
    is_lenient,
    no_parameters,
    nothing_more,
    require_json,
    searched,
    sent,
    told,
)
from gateway.api.keyed import idempotency_key
from gateway.api.problems import FieldError, Problem
from gateway.api.unrouted import of_framework
from gateway.api.who import Who, require_still
from gateway.committing.calls import Call
from gateway.fhir.capability import capability
from gateway.fhir.consents import Consents, fields_for
from gateway.fhir.outcomes import RECEIPT, Told, outcome, searchset
from gateway.fhir.searching import read_search
from gateway.identity.stops import tell_why

PATH: Final = "/fhir"
_NEEDS: Final = "is kept, and opens nothing before somebody else confirms it"


def base_of(public_url: str) -> str:
    """Return the address of this door outside, of a gateway at `public_url`."""
    return f"{public_url.rstrip('/')}{PATH}"


@dataclass(frozen=True)
class FhirDoor:
    """The routes, with what they need. `public_url` is the address of this gateway outside; `beside`, other doors'."""

    consents: Consents
    who: Who
    public_url: str
    beside: Sequence[BaseRoute] = ()

    def app(self) -> Starlette:
        """Return the application below `PATH`: what goes wrong there is said as FHIR says it."""
        app = Starlette(
            routes=[
                Route("/metadata", self.metadata, methods=["GET"]),
                Route("/Consent", self.create, methods=["POST"]),
                Route("/Consent", self.search, methods=["GET"]),
                Route("/Consent/_search", self.search, methods=["POST"]),
                Route("/Consent/{name}", self.read, methods=["GET"]),
                Route("/Consent/{name}/$revoke", self.revoke, methods=["POST"]),
                *self.beside,
            ],
            exception_handlers={Problem: _problem, HTTPException: _http, Exception: _unforeseen},
        )
        # It would repeat what was asked, a number perhaps, in an address that the caller's `Host` chooses.
        app.router.redirect_slashes = False
        return app

    async def metadata(self, request: Request) -> Response:
        """Return what this server can do; to everybody, since it says nothing about anybody."""
        require_json(request)
        return answer(capability(base_of(self.public_url)), 200)

    async def create(self, request: Request) -> Response:
        """Record a yes or a no. The answer is an outcome: the id, what is still needed, and the receipt."""
        caller = await caller_of(request, self.who)
        no_parameters(request)
        resource, request_id = await sent(request), str(uuid.uuid4())
        with answering(request_id):
            said = read(resource)
        body = body_of(said, fields_for(said, caller))
        # One path for two sections: a key that was used for a yes must not answer for a no.
        call = Call(request_id, f"{PATH}/Consent ({said.section})", body, idempotency_key(request))
        with answering(request_id, said.places):
            kept = orjson.loads(await self.consents.create(said, caller, call))
        name = (YES if said.section == "consents" else NO) + kept["id"]
        remarks = [*told(said.remarks, "information"), *(_need(each) for each in kept["needs"])]
        resource = _kept(kept, f"recorded as Consent/{name}", remarks)
        return answer(resource, 201, Location=f"{base_of(self.public_url)}/Consent/{name}", ETag='W/"1"')

    async def read(self, request: Request) -> Response:
        """Return one Consent; `not-available` to everybody who may not see it, and of nobody's id."""
        caller = await caller_of(request, self.who)
        no_parameters(request)
        call = Call(str(uuid.uuid4()), request.url.path, {"as": "Consent"})
        with answering(call.request_id):
            one = await self.consents.read(request.path_params["name"], caller, call)
            await require_still(self.who, caller)
        if one.resource is None:
            what = "FHIR cannot say this one; see /api/v1/persons/{id}/facts"
            raise Problem("invalid-request", request_id=call.request_id, errors=(FieldError("Consent", what),))
        changed = format_datetime(one.updated, usegmt=True)
        return answer(one.resource, 200, ETag=f'W/"{one.version}"', Last_Modified=changed)

    async def search(self, request: Request) -> Response:
        """Return a page of the Consents about one person; `not-available` as `read`."""
        caller = await caller_of(request, self.who)
        search = await searched(request, partial(read_search, lenient=is_lenient(request)))
        call = Call(str(uuid.uuid4()), f"{PATH}/Consent", {"as": "Consent", **dict(search.used)})
        with answering(call.request_id):
            person, found = await self.consents.search(search, caller, call)
            await require_still(self.who, caller)
        return answer(searchset(found, search, person=person, base=base_of(self.public_url), name=call.request_id), 200)

    async def revoke(self, request: Request) -> Response:
        """Take back a yes or a no, from now on; a second time changes nothing."""
        caller = await caller_of(request, self.who)
        no_parameters(request)
        await nothing_more(request)
        call = Call(str(uuid.uuid4()), request.url.path, {}, idempotency_key(request))
        with answering(call.request_id):
            kept = orjson.loads(await self.consents.revoke(request.path_params["name"], caller, call))
        return answer(_kept(kept, f"withdrawn on {kept['withdrawn_on']}", []), 200)


async def no_batch(_request: Request) -> Response:
    """Refuse what is sent to the address of the door itself: a batch, a transaction, or a search of all types."""
    return refused(Problem("no-such-path"))


def _need(name: str) -> Told:
    return Told("information", "business-rule", f"`{name}`: {_NEEDS}")


def _kept(kept: dict[str, Any], what: str, remarks: list[Told]) -> dict[str, Any]:
    done = Told("information", "informational", what)
    resource = outcome([done, *remarks], name=kept["request_id"])
    receipt = orjson.dumps(kept["receipt"]).decode()
    return {"resourceType": resource.pop("resourceType"), "id": resource.pop("id")} | {
        "extension": [{"url": RECEIPT, "valueString": receipt}],
        **resource,
    }


async def _problem(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - for the type checker; the table above says so
    tell_why(problem)
    return refused(problem)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return refused(of_framework(error, request.scope, request.app.routes))


async def _unforeseen(_request: Request, _error: Exception) -> Response:
    # It is raised on behind this answer, and the outermost door logs it.
    return refused(Problem("internal"))
