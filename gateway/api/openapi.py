"""The OpenAPI document: what FastAPI makes of the routes, and what is true of all by the catalogue of problems.

What a route says itself stands; here comes what it leaves unsaid. The doors of the token service have errors of their
own (RFC 6749). Not in the document: `/fhir/`, which `/fhir/metadata` describes in FHIR's own form.
Source: OpenAPI 3.1.0 sections 4.8.16, 4.8.17 and 4.8.27.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.api.described import CODES
from gateway.api.problems import CATALOGUE, MEDIA_TYPE

VERSION: Final = "1.0.0"
"""Of the doors as described: a break raises the first number, what is added the second (docs/reference/openapi/)."""

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
    from gateway.api.answers.oauth import doors  # noqa: PLC0415
    from gateway.api.answers.table import answers  # noqa: PLC0415

    schemas: dict[str, Any] = {"Problem": dict(_PROBLEM)}
    refusals: dict[str, Any] = {}
    of_success = answers()
    paths = {
        path: {
            method: _operation(path, _succeeding(each, of_success.get(f"{method} {path}")), refusals)
            for method, each in operations.items()
        }
        for path, operations in described["paths"].items()
    }
    return {
        **described,
        "info": {**described["info"], "version": VERSION},
        "paths": _lifted(paths | doors(), schemas),
        "components": {"responses": dict(sorted(refusals.items())), "schemas": schemas},
    }


def _operation(path: str, said: Mapping[str, Any], refusals: dict[str, Any]) -> dict[str, Any]:
    named = {each["name"] for each in said.get("parameters", ()) if each["in"] == "path"}
    parts = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", path)
        if name not in named
    ]
    parameters = [*parts, *said.get("parameters", ())]
    answers = {**_refused(path, said.get(CODES, ()), refusals), **said["responses"]}
    whole = {name: each for name, each in said.items() if name != CODES} | {"responses": dict(sorted(answers.items()))}
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


def _refused(path: str, codes: Sequence[str], refusals: dict[str, Any]) -> dict[str, Any]:
    """Return the answers with these codes, and put those into `refusals` that are not there yet.

    An answer is named for its codes: doors that refuse alike share it, and its name says all that may come.
    """
    # Whatever stands for a part of a path may lead past the door.
    said = {*codes, "no-such-path"} if "{" in path else {*codes}
    by_status: dict[int, list[str]] = {}
    for code in sorted(said):
        by_status.setdefault(int(CATALOGUE[code].status), []).append(code)
    names = {status: ".".join(each) for status, each in by_status.items()}
    refusals |= {name: _refusal(by_status[status]) for status, name in names.items()}
    return {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in names.items()}


def _refusal(codes: Sequence[str]) -> dict[str, Any]:
    told = [f"`{code}`: {CATALOGUE[code].en}" for code in codes]
    return {"description": "  \n".join(told), "content": {MEDIA_TYPE: dict(_PROBLEMS)}}


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
