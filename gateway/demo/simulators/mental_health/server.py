"""De Linde's door: `POST /fhir/{Type}/_search`, paged, for who brings the bearer token."""

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from gateway.demo.simulators.mental_health.records import TYPES, Records, Resource, UnknownParameterError

PAGE: Final = 3
"""Resources a page, whatever `_count` asks beyond it: small, so that a reader must follow the links."""
FHIR_JSON: Final = "application/fhir+json"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Server:
    """The records, who may ask for them, what was asked, and the pages still to be fetched."""

    records: Records
    token: str = field(repr=False)
    log: Path
    pages: dict[str, tuple[list[Resource], int]] = field(default_factory=dict, repr=False)

    def app(self) -> web.Application:
        """Return the application with its routes."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/fhir/metadata", self._metadata)
        app.router.add_post("/fhir/{kind}/_search", self._search)
        app.router.add_get("/fhir/_page/{page}", self._page)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # A CapabilityStatement is public, as FHIR has it; everything else is not.
        given = request.headers.get("Authorization", "")
        if request.path != "/fhir/metadata" and not hmac.compare_digest(
            given.encode(), f"Bearer {self.token}".encode()
        ):
            return _problem(401, "login", "a bearer token is needed")
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _problem(error.status, "not-supported", error.reason)

    async def _metadata(self, _: web.Request) -> web.StreamResponse:
        kinds = [{"type": kind, "interaction": [{"code": "search-type"}]} for kind in sorted(TYPES)]
        return _answer(
            {
                "resourceType": "CapabilityStatement",
                "status": "active",
                "kind": "instance",
                "fhirVersion": "4.0.1",
                "format": ["json"],
                "rest": [{"mode": "server", "resource": kinds}],
            }
        )

    async def _search(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        if kind not in TYPES:
            return _problem(404, "not-supported", "this server has no such resource type")
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            found = self.records.search(kind, form)
        except UnknownParameterError as error:
            return _problem(400, "not-supported", str(error))
        self._note(kind, self.records.client_numbers(self.records.people(form)))
        asked = form.get("_count", "")
        size = min(int(asked), PAGE) if asked.isdecimal() and asked != "0" else PAGE
        return self._bundle(request, found, size, total=len(found))

    async def _page(self, request: web.Request) -> web.StreamResponse:
        rest = self.pages.pop(request.match_info["page"], None)
        if rest is None:
            return _problem(410, "not-found", "this page is gone")
        return self._bundle(request, *rest, total=None)

    def _bundle(self, request: web.Request, found: list[Resource], size: int, *, total: int | None) -> web.Response:
        base = str(request.url.origin().with_path("/fhir"))
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": []}
        if total is not None:
            bundle["total"] = total
        if found[size:]:
            # A page is named by chance alone: no client number ever stands in an address.
            page = secrets.token_urlsafe(16)
            self.pages[page] = (found[size:], size)
            bundle["link"] = [{"relation": "next", "url": f"{base}/_page/{page}"}]
        bundle["entry"] = [
            {
                "fullUrl": f"{base}/{each['resourceType']}/{each['id']}",
                "resource": each,
                "search": {"mode": "match"},
            }
            for each in found[:size]
        ]
        return _answer(bundle)

    def _note(self, kind: str, clients: list[str]) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({"asked": kind, "clients": clients}) + "\n")


def _answer(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(content, ensure_ascii=False).encode(), content_type=FHIR_JSON)


def _problem(status: int, code: str, text: str) -> web.Response:
    issue = {"severity": "error", "code": code, "diagnostics": text}
    return _answer({"resourceType": "OperationOutcome", "issue": [issue]}, status)
