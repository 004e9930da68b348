"""Requests that are wrong in the same way at every door that takes them: what they carry is refused before all else."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from consent.world.documents import LARGEST
from gateway.api.body import LONGEST
from gateway.api.keyed import HEADER
from tests.gateway.openapi.sweeping import Asked, Known, answers_of, filled

_JSON: Final = {"Content-Type": "application/json"}
_BODIES: Final[tuple[tuple[Mapping[str, str], bytes], ...]] = (
    (_JSON, b"{"),
    (_JSON, b'{"odd": 1}'),
    ({"Content-Type": "text/plain"}, b"{}"),
)
_WORLD: Final = "/api/v1/decisions/simulate"
"""Takes as much as the command does."""
_NO_PART: Final = "a%2Fb%2Fc"
"""Stands for no part of a path: read as three."""
OUTSIDE: Final = (
    "0001-01-01",
    "0001-01-01T00:00:00+12:00",
    "1969-12-31",
    "9999-12-31",
    "9999-12-31T23:59:59-12:00",
)
"""Days and instants of which nobody may ask: at the edges of the calendar, and before any id."""
_OF_WHEN: Final = frozenset({"at", "before", "from", "known_at", "since", "to", "until"})
"""Members of a question that say of when."""
_BESIDE: Final[Mapping[str, Mapping[str, Any]]] = {
    "/api/v1/log/breach": {"account": "anna"},
    "/api/v1/log/access-report": {"person": "sem", "reason": "access-request"},
    "/api/v1/log/tickets": {"scope": {"event": "00000000-0000-0000-0000-000000000000"}, "reason": "complaint"},
}
"""What else such a question needs."""


def crooked_of(document: Mapping[str, Any], known: Known) -> Iterator[Asked]:
    """Yield of each door a request with each fault that it can have: in its path, its query, its header, its body."""
    for path, operations in document["paths"].items():
        for method, said in operations.items():
            for filled_path, headers, body in _faults(path, method, said, known):
                door = f"{method} {path}"
                yield Asked(door, method.upper(), filled_path, headers, body, answers_of(document, door))


def _faults(
    path: str, method: str, said: Mapping[str, Any], known: Known
) -> Iterator[tuple[str, Mapping[str, str], bytes | None]]:
    right = filled(path, lambda name: known.part(path, name) or "none")
    if "{" in path:
        yield filled(path, lambda _: _NO_PART), {}, None
    if method == "get":
        yield f"{right}?odd=1", {}, None
    body = said.get("requestBody", {}).get("content", {})
    if any(each["name"] == HEADER for each in said.get("parameters", ())) and not body:
        yield right, {HEADER: "a b"}, None
    if "application/json" in body:
        yield from ((right, headers, sent) for headers, sent in _BODIES)
        yield right, _JSON, b" " * ((LARGEST if path == _WORLD else LONGEST) + 1)


def outside_of(document: Mapping[str, Any], known: Known) -> Iterator[tuple[Asked, str]]:
    """Yield of each door that is asked of when a question for each of `OUTSIDE` in each such member, and its name."""
    for path, operations in document["paths"].items():
        for method, said in operations.items():
            door = f"{method} {path}"
            for asked, headers, body, name in _outside(path, said, known):
                yield Asked(door, method.upper(), asked, headers, body, answers_of(document, door)), name


def _outside(
    path: str, said: Mapping[str, Any], known: Known
) -> Iterator[tuple[str, Mapping[str, str], bytes | None, str]]:
    right, beside = filled(path, lambda name: known.part(path, name) or "none"), _BESIDE.get(path, {})
    texts = {each["name"] for each in said.get("parameters", ()) if each["schema"].get("type") == "string"}
    for name in sorted(_OF_WHEN & texts):
        for when in OUTSIDE:
            yield f"{right}?{urlencode({**beside, name: when})}", {}, None, name
    form = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if path.startswith("/api/v1/log/"):
        for name in sorted(_OF_WHEN & form.get("properties", {}).keys()):
            for when in OUTSIDE:
                yield right, _JSON, json.dumps({**beside, name: when}).encode(), name
