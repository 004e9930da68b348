"""Reading a body in its shape: errors name the place and never the value."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from gateway.api.problems import FieldError, Problem
from gateway.shapes import Wire

_SAID: Final = {
    "missing": "is required",
    "extra_forbidden": "is not known here; take it out or check its spelling",
    "too_short": "must hold something",
}
_NO_PART_OF_A_PATH: Final = ("list[", "literal[", "function-", "[key]")


Body = TypeVar("Body", bound=Wire)


def read_body(shape: type[Body], body: Mapping[str, Any]) -> Body:
    """Return what a JSON object says in `shape`.

    Raises:
        Problem: `invalid-request`, with the path of every wrong member and never its value.
    """
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise Problem("invalid-request", errors=tuple(_errors(error))) from None


def _errors(error: ValidationError) -> list[FieldError]:
    return [
        FieldError(_path(each["loc"]), _SAID.get(each["type"], each["msg"].removeprefix("Value error, ")))
        for each in error.errors(include_url=False, include_context=False, include_input=False)
        # A list's second form, the bare word, says nothing that the first did not say.
        if each["type"] != "literal_error" or not str(each["loc"][-1]).startswith("literal[")
    ]


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith(_NO_PART_OF_A_PATH):
            path += f".{part}"
    return path.removeprefix(".") or "(body)"
