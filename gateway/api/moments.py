"""Days and instants in a query: the members of it that say of when somebody asks."""

from collections.abc import Container
from datetime import datetime

from starlette.requests import Request

from consent.world.fields import FieldError as UnreadableError
from consent.world.fields import moment
from gateway.api.problems import FieldError, Problem
from schemas.calendar import ASKED_YEARS, is_askable


def moments_asked(request: Request, known: Container[str] = ()) -> dict[str, datetime]:
    """Return the instant that each member of the query names, which may be those of `known`, each once.

    Raises:
        Problem: `invalid-request`, which names what else stands there, or is wrong.
    """
    found, wrong = {}, []
    for name in {*request.query_params.keys()}:
        values = request.query_params.getlist(name)
        at = _moment(values[0]) if len(values) == 1 else None
        if name not in known:
            wrong.append(FieldError(name, "is not known here; take it out or check its spelling"))
        elif at is None:
            wrong.append(FieldError(name, f"expected once, a day or an instant with an offset, {ASKED_YEARS}"))
        else:
            found[name] = at
    if wrong:
        raise Problem("invalid-request", errors=tuple(sorted(wrong, key=lambda each: each.path)))
    return found


def _moment(text: str) -> datetime | None:
    try:
        at = moment(text)
    except UnreadableError:
        return None
    return at if is_askable(at) else None
