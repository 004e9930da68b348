"""Worlds put together from entries that are each read once: so that tens of thousands of them take seconds."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from consent.decide import decide
from consent.entry import Entry
from consent.facts import Facts, assemble
from consent.request import Request
from consent.world.entries import entry
from consent.world.requests import read_request
from tests.consent.make import ORGANISATIONS, PROFESSIONALS

Json = dict[str, Any]


@cache
def _read(section: str, text: str) -> Entry:
    return entry(section, json.loads(text), section)


def read(section: str, mappings: Iterable[Json]) -> tuple[Entry, ...]:
    """Return the entries of a section."""
    return tuple(_read(section, json.dumps(one)) for one in mappings)


@cache
def _known() -> dict[str, tuple[Entry, ...]]:
    organisations = [{"id": name, "kind": kind} for name, kind in ORGANISATIONS.items()]
    professionals = [{"id": name, "organisation": home, "role": role} for name, (home, role) in PROFESSIONALS.items()]
    return {
        "organisations": read("organisations", organisations),
        "professionals": read("professionals", professionals),
    }


def facts(**sections: Iterable[Json]) -> Facts:
    """Return facts of everybody in `tests.consent.make`, and these."""
    return assemble(_known() | {name: read(name, found) for name, found in sections.items()})


@cache
def _request(text: str) -> Request:
    return read_request(json.loads(text), "request")


def told(known: Facts, request: Json) -> list[str]:
    """Decide, and return what became of each record in two words, by id: `release LB-01`, `review …`, `withhold …`."""
    asked = _request(json.dumps(request))
    elements = decide(asked, known, asked.at).elements
    return [f"{elements[name].result} {elements[name].reason or elements[name].basis}" for name in sorted(elements)]
