"""The OpenAPI document: what FastAPI makes of the routes, and what is true of all by the catalogue of problems.

What a route says itself stands; here comes what it leaves unsaid. Not in the document: `/fhir/`, which `/fhir/metadata`
describes in FHIR's own form, and `/oauth/`, which its metadata document describes (RFC 8414).
Source: OpenAPI 3.1.0 sections 4.8.16, 4.8.17 and 4.8.27.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.api.problems import CATALOGUE, MEDIA_TYPE

VERSION: Final = "1.0.0"
"""Of the doors as described: a break raises the first number, what is added the second (docs/reference/openapi/)."""

_OURS: Final = "/api/v1/"
_OPEN: Final = frozenset({"/api/v1/log/nen7513/codes"})
"""Paths below `_OURS` that anybody may read."""

_JSON: Final = "application/json"
_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_PROBLEM: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "An RFC 9457 problem. Codes may be added: go by `status` where you do not know one.",
    "required": ["type", "title", "status", "detail", "message"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:schakel:problem:[a-z-]+$"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "message": {"type": "object", "required": ["nl", "en"], "properties": {"nl": _TEXT, "en": _TEXT}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": _TEXT, "message": _TEXT},
            },
        },
        "request_id": _TEXT,
    },
}
_PROBLEMS: Final[Mapping[str, Any]] = {"schema": {"$ref": "#/components/schemas/Problem"}}


def completed(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document that FastAPI made, with every answer, every part of a path and every schema in its place.

    Raises:
        ValueError: two schemas have one name and differ; rename one of the models.
    """
    # Imported here: a gateway that starts makes no schemas.
    from gateway.api.answers.table import answers  # noqa: PLC0415

    schemas: dict[str, Any] = {"Problem": dict(_PROBLEM)}
    of_success = answers()
    paths = {
        path: {
            method: _operation(path, method, _succeeding(each, of_success.get(f"{method} {path}")))
            for method, each in operations.items()
        }
        for path, operations in described["paths"].items()
    }
    return {
        **described,
        "info": {**described["info"], "version": VERSION},
        "paths": _lifted(paths, schemas),
        "components": {"schemas": schemas},
    }


def _operation(path: str, method: str, said: Mapping[str, Any]) -> dict[str, Any]:
    named = {each["name"] for each in said.get("parameters", ()) if each["in"] == "path"}
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", path)
        if name not in named
    ]
    parameters = [*parts, *said.get("parameters", ())]
    answers = {str(status): _problem(status) for status in sorted(_statuses(path, method, said))}
    answers |= {status: _with_schema(each) for status, each in said["responses"].items()}
    whole = {**said, "responses": dict(sorted(answers.items()))}
    return whole | {"parameters": parameters} if parameters else whole


def _succeeding(said: Mapping[str, Any], schema: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what a route says with the schema of its success, which it leaves to `gateway.api.answers`."""
    if schema is None:
        return said
    responses = {
        status: _as_json(each, schema) if status.startswith("2") else each for status, each in said["responses"].items()
    }
    return {**said, "responses": responses}


def _as_json(answer: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "content": {**answer.get("content", {}), _JSON: {"schema": schema}}}


def _statuses(path: str, method: str, said: Mapping[str, Any]) -> Iterator[int]:
    if not path.startswith(_OURS) or path in _OPEN:
        return
    yield from (401, 403, 422, 503)
    if "{" in path:
        yield 404
    if method == "post":
        yield 409
    if "requestBody" in said:
        yield from (400, 413, 415)


def _problem(status: int) -> dict[str, Any]:
    codes = [f"`{code}`: {text.en}" for code, text in CATALOGUE.items() if text.status == status]
    return {"description": "  \n".join(codes), "content": {MEDIA_TYPE: dict(_PROBLEMS)}}


def _with_schema(answer: Mapping[str, Any]) -> dict[str, Any]:
    content = answer.get("content", {})
    return {**answer, "content": {**content, MEDIA_TYPE: dict(_PROBLEMS)}} if MEDIA_TYPE in content else dict(answer)


def _lifted(value: Any, schemas: dict[str, Any]) -> Any:
    """Return `value` with its `$defs`, which a reader would look for in vain, moved to `schemas`."""
    if isinstance(value, list):
        return [_lifted(each, schemas) for each in value]
    if not isinstance(value, dict):
        return value
    for name, schema in value.get("$defs", {}).items():
        lifted = _lifted(schema, schemas)
        if schemas.setdefault(name, lifted) != lifted:
            raise ValueError(f"two schemas of the OpenAPI document have one name: {name}")
    found = {name: _lifted(each, schemas) for name, each in value.items() if name != "$defs"}
    ref = found.get("$ref")
    if isinstance(ref, str):
        found["$ref"] = ref.replace("#/$defs/", "#/components/schemas/")
    return found
