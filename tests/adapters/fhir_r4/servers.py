"""A small FHIR server of our own, for what a well-behaved one never does; and its mapping and source."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from adapters.fhir_r4 import FHIRSettings, FHIRSource
from adapters.http import HTTPSettings
from tests.adapters import make

MAPPING = f"""
persons:
  - {{record: Patient, each: identifier*, when: system is {make.BSN}, from: value, as: person}}
records:
  - kind: Patient
    id: id
    ignore: [{{from: resourceType, because: is the kind}}]
  - kind: Goal
    id: id
    version: meta.versionId
    elements:
      - kind: goal
        rules:
          - {{to: about, from: subject.reference, as: person via Patient}}
          - {{to: category, value: goals}}
          - {{to: regime, value: jeugdwet}}
          - {{to: handling.created_on, from: startDate, as: day-with-zone}}
          - {{to: text, from: description.text}}
    ignore: [{{from: resourceType, because: is the kind}}]
"""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def patient(name: str, number: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, "identifier": [{"system": make.BSN, "value": number}]}


def goal(name: str, about: str, text: str = "beter slapen") -> dict[str, Any]:
    return {
        "resourceType": "Goal",
        "id": name,
        "meta": {"versionId": "1"},
        "subject": {"reference": f"Patient/{about}"},
        "startDate": "2026-02-01",
        "description": {"text": text},
    }


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources], **more}


@dataclass
class Server:
    """Answers each search with what stands under its kind: JSON, or a handler of a test's own."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(
            (request.method, str(request.rel_url), {k: str(v) for k, v in (await request.post()).items()})
        )
        answer = self.answers.get(request.match_info["what"].removesuffix("/_search"))
        if callable(answer):
            found: web.StreamResponse = await answer(request)
            return found
        if answer is None:
            return web.json_response({"resourceType": "OperationOutcome", "issue": []}, status=404)
        return web.Response(body=json.dumps(answer).encode(), content_type="application/fhir+json")


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[URL]:
    """Serve on a free port of this machine; yield the base URL."""
    application = web.Application()
    application.router.add_route("*", "/r4/{what:.*}", server.answer)
    async with TestServer(application) as found:
        yield found.make_url("/r4")


def family() -> Server:
    """Return a server that knows sem and one goal of his."""
    return Server({"Patient": bundle(patient("p1", make.SEM)), "Goal": bundle(goal("g1", "p1"))})


def source(
    url: URL, *, searches: dict[str, str] | None = None, pages: int = 5, mapping: str = MAPPING, **http: Any
) -> FHIRSource:
    settings = HTTPSettings(base_url=url, accept="application/fhir+json", **http)
    searches = {"Goal": "patient"} if searches is None else searches
    return FHIRSource("noord", make.mapping(mapping), FHIRSettings(settings, searches, pages), now=lambda: make.NOW)
