"""Errors as RFC 9457 problems, from one catalogue. They become HTTP here and nowhere else.

Which exception becomes which of them each door says by its `Refusals`.
A problem never tells more than follows from the request itself: what is denied, in review, unknown or absent is the one
`not-available`, the same bytes but for the request id (`design.md` 1.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import orjson
from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 100
"""How many things a problem tells to be wrong, the first of them; who puts those right hears of the next."""


@dataclass(frozen=True, slots=True)
class Text:
    """One entry of the catalogue: its status and its sentence in Dutch (B1) and English."""

    status: HTTPStatus
    nl: str
    en: str


CATALOGUE: Final[dict[str, Text]] = {
    "not-available": Text(
        HTTPStatus.FORBIDDEN,
        "Dit is niet beschikbaar. Er kan meer zijn dat niet gedeeld mag worden, of niets.",
        "This is not available. There may be more that may not be shared, or nothing.",
    ),
    "unauthenticated": Text(
        HTTPStatus.UNAUTHORIZED,
        "Log opnieuw in. Je bewijs van inloggen klopt niet of is oud.",
        "Log in again. Your proof of login is wrong or old.",
    ),
    "invalid-request": Text(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Deze aanvraag klopt niet. Kijk bij `errors` wat er mis is.",
        "This request is not right. See `errors` for what is wrong.",
    ),
    "malformed": Text(
        HTTPStatus.BAD_REQUEST,
        "Dit is geen JSON-object dat wij kunnen lezen.",
        "This is not a JSON object that we can read.",
    ),
    "too-slow": Text(
        HTTPStatus.REQUEST_TIMEOUT,
        "Deze aanvraag kwam niet op tijd binnen. Stuur hem opnieuw.",
        "This request did not come in time. Send it again.",
    ),
    "too-large": Text(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "Deze aanvraag is te groot.",
        "This request is too large.",
    ),
    "unsupported-media-type": Text(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Stuur de aanvraag als application/json.",
        "Send the request as application/json.",
    ),
    "not-acceptable": Text(
        HTTPStatus.NOT_ACCEPTABLE,
        "Wij kunnen alleen antwoorden in JSON. Vraag om application/fhir+json.",
        "We can answer in JSON only. Ask for application/fhir+json.",
    ),
    "no-such-path": Text(HTTPStatus.NOT_FOUND, "Dit adres bestaat niet.", "This address does not exist."),
    "method-not-allowed": Text(
        HTTPStatus.METHOD_NOT_ALLOWED, "Dit kan niet op dit adres.", "This cannot be done at this address."
    ),
    "idempotency-conflict": Text(
        HTTPStatus.CONFLICT,
        "Deze aanvraag is al gedaan met andere gegevens.",
        "This request was already made with different data.",
    ),
    "contradiction": Text(
        HTTPStatus.CONFLICT,
        "Dit spreekt tegen wat al is vastgelegd. Kijk bij `errors`.",
        "This contradicts what is already recorded. See `errors`.",
    ),
    "own-review": Text(
        HTTPStatus.CONFLICT,
        "Jij had hier zelf een hand in, of je hebt dit al beoordeeld. Iemand anders moet het beoordelen.",
        "You had a hand in this yourself, or judged it already. Somebody else must review it.",
    ),
    "review-taken": Text(
        HTTPStatus.CONFLICT,
        "Pak deze zaak eerst op. Lukt dat niet, dan heeft iemand anders dat net gedaan: neem de volgende.",
        "Take this case first. If that does not work, somebody else has just done so: take the next one.",
    ),
    "review-closed": Text(
        HTTPStatus.CONFLICT,
        "Dit is al klaar. Neem de volgende.",
        "This is done already. Take the next one.",
    ),
    "log-unavailable": Text(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "We kunnen dit nu niet vastleggen. Daarom mag het niet.",
        "We cannot record this now, so it is not allowed.",
    ),
    "facts-moved": Text(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Er verandert net iets. Probeer het zo nog eens.",
        "Something is changing right now. Try again in a moment.",
    ),
    "internal": Text(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Er ging iets mis bij ons.", "Something went wrong on our side."
    ),
}
"""Every code that may stand in a problem's `type`."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one member of a request: its path (`categories[0]`) and what to do. Never its value."""

    path: str
    message: str


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """Something the requester is told. Routes let it rise; `response` writes it."""

    def __init__(
        self,
        code: str,
        *,
        request_id: str | None = None,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take a `code` of the catalogue; a code that is not there is a defect."""
        super().__init__(code)
        self.code = code
        self.text = CATALOGUE[code]
        self.request_id = request_id
        self.errors = errors[:MOST_ERRORS]
        self.headers = dict(headers or {})


def invalid(path: str, what: str) -> Problem:
    """Return the problem that one thing of the request is wrong: where, and what to do about it."""
    return Problem("invalid-request", errors=(FieldError(path, what),))


def response(problem: Problem) -> Response:
    """Write `problem` as `application/problem+json`."""
    body: dict[str, object] = {
        "type": f"urn:schakel:problem:{problem.code}",
        "title": problem.text.status.phrase,
        "status": int(problem.text.status),
        "detail": problem.text.en,
        "message": {"nl": problem.text.nl, "en": problem.text.en},
    }
    if problem.errors:
        body["errors"] = [{"path": each.path, "message": each.message} for each in problem.errors]
    if problem.request_id is not None:
        body["request_id"] = problem.request_id
    return Response(
        orjson.dumps(body),
        status_code=int(problem.text.status),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )
