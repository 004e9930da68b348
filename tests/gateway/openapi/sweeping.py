"""Requests that schemathesis makes of the OpenAPI document, right and wrong, and whether it names an answer.

A right request asks about what there is: the parts of its path are ids of the world that is asked, and the first has a
body that fits it. An answer of success may hold nothing that is not described, so that what is described is all.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs
import orjson
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from gateway.sandbox.call import Answer

EXAMPLES: Final = int(os.environ.get("OPENAPI_EXAMPLES", "1"))
"""Right and wrong requests of each operation; `make openapi` asks for many."""

_HOST: Final = "http://gateway"
_OF_THE_WIRE: Final = {"content-length", "connection", "user-agent", "authorization", "dpop"}


@dataclass(frozen=True)
class Known:
    """What there is in the world that is asked: bodies by `METHOD PATH`, and parts of a path by their names.

    A part that is named `SECTION/PART` counts for the doors of that section of facts only.
    """

    parts: Mapping[str, str]
    bodies: Mapping[str, Mapping[str, Any]]

    def part(self, path: str, name: str) -> str | None:
        """Return what stands for `name` in `path`, or None."""
        section = path.removeprefix("/api/v1/facts/").partition("/")[0]
        return self.parts.get(f"{section}/{name}", self.parts.get(name))


@dataclass(frozen=True)
class Asked:
    """One request, and the answers that are described of its operation."""

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    answers: Mapping[str, Any]


def requests_of(document: Mapping[str, Any], known: Known, examples: int = EXAMPLES) -> Iterator[Asked]:
    """Yield of each operation `examples` right requests, and as many wrong ones where there is a way to be wrong."""
    for result in schemathesis.openapi.from_dict(orjson.loads(orjson.dumps(document))).get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr] # an error raises here, as it should
        described = document["paths"][operation.path][operation.method]
        modes = [GenerationMode.POSITIVE]
        if "requestBody" in described or any(each["in"] == "query" for each in described.get("parameters", ())):
            modes.append(GenerationMode.NEGATIVE)
        for mode in modes:
            for place, case in enumerate(_cases(operation.as_strategy(generation_mode=mode), examples)):
                if mode is GenerationMode.POSITIVE:
                    _about(case, known, described, is_first=place == 0)
                yield _asked(case, f"{operation.method} {operation.path}", described["responses"])


def _about(case: Any, known: Known, described: Mapping[str, Any], *, is_first: bool) -> None:
    """Have a right request ask about what there is; the first of its door without anything that may be left out."""
    path = case.operation.path
    found = {name: known.part(path, name) or said for name, said in (case.path_parameters or {}).items()}
    case.path_parameters = found
    if not is_first:
        return
    required = {each["name"] for each in described.get("parameters", ()) if each.get("required")}
    case.query = {name: said for name, said in (case.query or {}).items() if name in required}
    case.body = known.bodies.get(f"{case.operation.method} {path}", case.body)


def _cases(strategy: Any, examples: int) -> list[Any]:
    found: list[Any] = []

    @seed(1)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(case: Any) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:  # nothing is wrong for it
        return []
    return found


def _asked(case: Any, operation: str, answers: Mapping[str, Any]) -> Asked:
    told = case.as_transport_kwargs(base_url=_HOST)
    names = ("method", "url", "headers", "params", "json", "data")
    made = requests.Request(**{name: told[name] for name in names if name in told}).prepare()
    body = made.body.encode() if isinstance(made.body, str) else made.body
    assert body is None or isinstance(body, bytes)
    headers = {name: str(value) for name, value in made.headers.items() if name.lower() not in _OF_THE_WIRE}
    path = str(made.url).removeprefix(_HOST)
    return Asked(operation, str(made.method), path, headers, body, answers)


def undocumented(asked: Asked, answer: Answer, document: Mapping[str, Any]) -> str | None:
    """Return what of `answer` the document does not say, or None."""
    described = asked.answers.get(str(answer.status))
    if described is None or answer.status >= 500:
        return f"{asked.operation}: status {answer.status}"
    content = described.get("content", {})
    if answer.content_type not in content:
        return f"{asked.operation}: {answer.status} as {answer.content_type}"
    if not answer.content_type.endswith(("/json", "+json")):
        return None
    said, components = content[answer.content_type].get("schema", {}), document["components"]
    if answer.status < 300:
        said, components = closed(said), closed(components)
    schema = {**said, "components": components}
    validator = jsonschema_rs.validator_for(schema)
    return (
        None
        if validator.is_valid(orjson.loads(answer.body))
        else f"{asked.operation}: {answer.status} has another form"
    )


def closed(schema: Any) -> Any:
    """Return `schema` with nothing allowed in an object that has members but those."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {name: closed(said) for name, said in schema.items()}
    return (
        {"additionalProperties": False, **inside}
        if isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
        else inside
    )
