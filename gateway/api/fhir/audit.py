"""`/fhir/AuditEvent`: the log as FHIR, for officers. There is no way to write.

Source: IHE ITI-81 (Retrieve ATNA Audit Event); HL7 FHIR R4, *RESTful API*.
"""

import uuid
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.api.fhir.door import base_of
from gateway.api.fhir.outcomes import answer
from gateway.api.fhir.requests import answering, no_parameters, require_json, searched
from gateway.api.who import Who, require_still
from gateway.fhir.audit_events import AuditEvents
from gateway.fhir.audit_page import audit_searchset
from gateway.fhir.auditing import read_audit_search
from gateway.identity.caller import Caller


@dataclass(frozen=True)
class AuditEventDoor:
    """The routes, with what they need. `public_url` is the address of this gateway outside."""

    events: AuditEvents
    who: Who
    public_url: str

    def routes(self) -> list[BaseRoute]:
        """Return the routes below `/fhir`."""
        return [
            Route("/AuditEvent", self.search, methods=["GET"]),
            Route("/AuditEvent/_search", self.search, methods=["POST"]),
            Route("/AuditEvent/{name}", self.read, methods=["GET"]),
        ]

    async def search(self, request: Request) -> Response:
        """Return a page of events, the newest first; `not-available` to whoever is no officer."""
        caller, request_id, viewer = await self._officer(request, what="audit events")
        search = await searched(request, read_audit_search)
        with answering(request_id):
            page = await self.events.find(search, viewer, caller, request_id)
            await require_still(self.who, caller)
        return answer(audit_searchset(page, search, base=base_of(self.public_url), name=request_id), 200)

    async def read(self, request: Request) -> Response:
        """Return one event; `not-available` where the officer has no part in it, and of no event's id."""
        caller, request_id, viewer = await self._officer(request, what="audit event")
        no_parameters(request)
        with answering(request_id):
            found = await self.events.read(request.path_params["name"], viewer, caller, request_id)
            await require_still(self.who, caller)
        return answer(found, 200)

    async def _officer(self, request: Request, *, what: str) -> tuple[Caller, str, str]:
        caller, request_id = await self.who(request), str(uuid.uuid4())
        with answering(request_id):
            viewer = await self.events.searching.require_officer(caller, request_id, what=what)
        # Behind the officer: that somebody tried is on record, whatever form he asked for.
        require_json(request)
        return caller, request_id, viewer
