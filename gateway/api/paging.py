"""Pages of a list: the two members of a query that ask for one."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from gateway.api.problems import FieldError, Problem
from gateway.api.refusals import Wrong

MOST: Final = 100
"""On one page; so many where nobody says how many."""
_DIGITS: Final = 3

PARAMETERS: Final[tuple[Mapping[str, Any], ...]] = (
    {"name": "after", "in": "query", "schema": {"type": "string", "format": "uuid"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MOST}},
)


def asked(request: Request) -> tuple[str | None, int]:
    """Return cursor and limit.

    Raises:
        Problem: `invalid-request`, which names what else stands there, or is wrong.
    """
    said = request.query_params
    wrong = [FieldError(name, "is not known here; take it out") for name in said if name not in ("after", "limit")]
    wrong += [FieldError(name, "give it once") for name in set(said) if len(said.getlist(name)) > 1]
    text = said.get("limit", str(MOST))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    if not 1 <= limit <= MOST:
        wrong.append(FieldError("limit", f"expected a number from 1 to {MOST}"))
    if wrong:
        raise Problem("invalid-request", errors=tuple(wrong))
    return said.get("after"), limit


def no_such_cursor(what: str) -> Wrong:
    """Return what is said where `after` names nothing that the caller sees: `what` it names, and what to do."""
    return Wrong(lambda _error: (FieldError("after", what),))
