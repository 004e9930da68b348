"""What the framework refuses by itself, as a problem: an address that is none, and a method that is not one of it."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from gateway.api.problems import Problem


def of_framework(error: HTTPException, scope: Scope, routes: Sequence[BaseRoute]) -> Problem:
    """Return the problem that `error` is for who asked what is in `scope` of the application with these `routes`.

    Source: RFC 9110 section 15.5.6, which has a refused method answered with those that there are.
    """
    match error.status_code:
        case 404:
            return Problem("no-such-path")
        case 405:
            return Problem("method-not-allowed", headers={"Allow": ", ".join(_methods(scope, routes))})
    return Problem("malformed")


def _methods(scope: Scope, routes: Sequence[BaseRoute]) -> list[str]:
    """Return the methods of all `routes` at this address; the framework knows those of the first only."""
    at_it = [each for each in routes if each.matches(scope)[0] is not Match.NONE]
    return sorted({method for each in at_it for method in getattr(each, "methods", None) or ()})
