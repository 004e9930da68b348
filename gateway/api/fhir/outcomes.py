"""Problems as FHIR says them: the one catalogue of errors, written as OperationOutcomes under `/fhir`.

Source: HL7 FHIR R4, *OperationOutcome* and *RESTful API* (HTTP status codes).
"""

from typing import Any, Final

import orjson
from starlette.responses import Response

from gateway.api.problems import MOST_ERRORS, Problem
from gateway.fhir.outcomes import MEDIA_TYPE, Told, outcome

_CODES: Final = {
    "not-available": "forbidden",
    "unauthenticated": "login",
    "malformed": "structure",
    "too-large": "too-long",
    "too-slow": "timeout",
    "unsupported-media-type": "not-supported",
    "not-acceptable": "not-supported",
    "no-such-path": "not-found",
    "method-not-allowed": "not-supported",
    "idempotency-conflict": "conflict",
    "contradiction": "conflict",
    "log-unavailable": "transient",
    "facts-moved": "transient",
    "internal": "exception",
}
"""The `issue-type` of each problem; of another one `invalid`."""


class IssuesProblem(Problem):
    """A problem that FHIR can say more of: each issue with its own code and place."""

    def __init__(self, code: str, issues: tuple[Told, ...], *, request_id: str | None = None) -> None:
        """Take what is wrong."""
        super().__init__(code, request_id=request_id)
        self.issues = issues[:MOST_ERRORS]


def answer(resource: dict[str, Any], status: int, **headers: str) -> Response:
    """Write a resource. `headers` are named with `_` for `-`."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        orjson.dumps(resource),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **told},
    )


def refused(problem: Problem) -> Response:
    """Write a problem as an OperationOutcome."""
    code = _CODES.get(problem.code, "invalid")
    # The one text for all doors names the member of a native problem; here the rest stands in the other issues.
    en, nl = (told.replace("`errors`", "`issue`") for told in (problem.text.en, problem.text.nl))
    whole = Told("error", code, en, nl=nl, coding=problem.code)
    errors = tuple(Told("error", code, each.message, place=each.path) for each in problem.errors)
    if isinstance(problem, IssuesProblem):
        errors = problem.issues
    resource = outcome((whole, *errors), name=problem.request_id)
    return answer(resource, int(problem.text.status), **problem.headers)
