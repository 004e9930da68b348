"""What a route says of itself for the OpenAPI document: what it takes in, and by which codes it refuses.

Codes that follow from what a door takes in are said here, for all. `gateway.api.openapi` makes answers of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from pydantic import BaseModel
from starlette.routing import BaseRoute

CODES: Final = "x-codes"
"""Where a route says its codes; it is not in the document."""
BODY: Final = "x-body"
"""Where a route keeps the model of its body; the document has its schema (`describe_bodies`)."""

_OF_WHO: Final = frozenset({"unauthenticated", "log-unavailable"})
_OF_A_BODY: Final = frozenset({"malformed", "too-large", "too-slow", "unsupported-media-type", "invalid-request"})
_OF_PARAMETERS: Final = frozenset({"invalid-request"})

Schema = Mapping[str, Any]


def door(
    codes: AbstractSet[str],
    *,
    body: type[BaseModel] | Schema | None = None,
    parameters: Sequence[Schema] = (),
    success: Schema | None = None,
) -> dict[str, Any]:
    """Return what is said of a door that asks who comes, and then refuses by `codes`: those of its `Refusals`.

    `body` is what it takes as JSON; `parameters` are those of its query, and of its headers; `success` is its answer,
    where that is more than JSON. Whoever reads a query strictly, and knows no parameter, says so in `codes`.
    """
    all_codes = {*_OF_WHO, *codes}
    if body is not None:
        all_codes |= _OF_A_BODY
    if any(each["in"] != "path" for each in parameters):
        all_codes |= _OF_PARAMETERS
    return opened(*all_codes, parameters=parameters, success=success) | ({} if body is None else _taking(body))


def opened(*codes: str, parameters: Sequence[Schema] = (), success: Schema | None = None) -> dict[str, Any]:
    """Return what is said of a door that anybody may go through, and that refuses by these codes."""
    said: dict[str, Any] = {CODES: sorted(codes)}
    if parameters:
        said["parameters"] = list(parameters)
    if success is not None:
        said["responses"] = {"200": success}
    return said


def _taking(body: type[BaseModel] | Schema) -> dict[str, Any]:
    # A gateway that starts makes no schemas: it may never be asked for one.
    return {BODY: body} if isinstance(body, type) else _of_form(body)


def describe_bodies(routes: Iterable[BaseRoute]) -> None:
    """Have each route say the schema of its body where it only kept the model."""
    for route in routes:
        said = getattr(route, "openapi_extra", None) or {}
        if BODY in said:
            said |= _of_form(said.pop(BODY).model_json_schema())


def _of_form(schema: Schema) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
