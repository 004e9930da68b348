"""Requests that schemathesis makes of the OpenAPI document, right and wrong, and whether it names an answer.

A right request asks about what there is: the parts of its path are ids of the world that is asked, and the first has a
body that fits it. An answer of success may hold nothing that is not described, so that what is described is all.
"""

import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs
import orjson
import requests
import schemathesis
import yarl
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from gateway.api.problems import MEDIA_TYPE
from gateway.sandbox.call import Answer
from tests.gateway.running import Running

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


@dataclass(frozen=True)
class Given:
    """A request, who made it, and what was answered."""

    who: str | None
    asked: Asked
    answer: Answer

    @property
    def succeeded(self) -> bool:
        """Return whether it was done."""
        return self.answer.status < 300


async def send(gateway: Running, who: str | None, asked: Asked) -> Given:
    """Have somebody ask, or nobody."""
    headers = {**asked.headers, "Connection": "close"}
    if who is not None:
        headers |= await gateway.headers(who, asked.method, asked.path)
    url = yarl.URL(f"{gateway.url}{asked.path}", encoded=True)
    data = None if asked.body is None else io.BytesIO(asked.body)  # as bytes the client warns of a large one
    async with gateway.session.request(asked.method, url, headers=headers, data=data) as answer:
        return Given(who, asked, Answer(answer.status, answer.content_type, await answer.read()))


def filled(path: str, part: Callable[[str], str]) -> str:
    """Return a path as it is described, with its parts filled in by their names."""
    return re.sub(r"{(\w+)}", lambda each: part(each[1]), path)


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
                door = f"{operation.method} {operation.path}"
                yield _asked(case, door, answers_of(document, door))


def answers_of(document: Mapping[str, Any], door: str) -> Mapping[str, Any]:
    """Return the answers of a door (METHOD PATH), each with `codes`: those of the problems that it may be."""
    method, path = door.split(" ")
    shared = document["components"]["responses"]
    found = {}
    for status, each in document["paths"][path][method.lower()]["responses"].items():
        name = each.get("$ref", "").rpartition("/")[2]
        found[status] = {**shared[name], "codes": name.split(".")} if name else each
    return found


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


def undocumented(given: Given, document: Mapping[str, Any], *, broken: bool = False) -> str | None:
    """Return what of an answer the document does not say, or None; a failure of ours counts, unless all is `broken`."""
    asked, answer = given.asked, given.answer
    described = asked.answers.get(str(answer.status))
    if described is None or (answer.status >= 500 and not broken):
        return f"{asked.operation}: status {answer.status}"
    content = described.get("content", {})
    if answer.content_type not in content:
        return f"{asked.operation}: {answer.status} as {answer.content_type}"
    if not answer.content_type.endswith(("/json", "+json")):
        return None
    told, code = orjson.loads(answer.body), code_of(answer)
    if code is not None and code not in described["codes"]:
        return f"{asked.operation}: {answer.status} with the code {code}"
    said, components = content[answer.content_type].get("schema", {}), document["components"]
    if answer.status < 300:
        said, components = closed(said), closed(components)
    validator = jsonschema_rs.validator_for({**said, "components": components})
    return None if validator.is_valid(told) else f"{asked.operation}: {answer.status} has another form"


def code_of(answer: Answer) -> str | None:
    """Return the code of a problem, or None of what is none."""
    is_problem = answer.content_type == MEDIA_TYPE
    return str(orjson.loads(answer.body)["type"]).rpartition(":")[2] if is_problem else None


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
