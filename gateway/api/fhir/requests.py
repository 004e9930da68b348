"""What a FHIR client asks in headers, parameters and bodies, read strictly; and our errors at the places of FHIR."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from audit.store import AuditUnavailableError
from consent.fhir.addresses import EXTENSION
from consent.fhir.around import Said
from consent.fhir.extensions import EXTENSIONS
from consent.fhir.issues import Issue, UnreadableConsentError
from consent.known.contradictions import ContradictionError
from consent.world.shape import WorldError
from gateway.api.body import read_bytes, read_object
from gateway.api.facts.bodies import RECORDED
from gateway.api.facts.named import named_fields
from gateway.api.fhir.outcomes import IssuesProblem
from gateway.api.problems import FieldError, Problem, invalid
from gateway.api.who import Who
from gateway.api.wire import read_body
from gateway.committing.calls import EndedError, NotAllowedError
from gateway.committing.idempotency import IdempotencyConflictError
from gateway.fhir.outcomes import Told
from gateway.fhir.searching import BadSearchError
from gateway.identity.caller import Caller

Searched = TypeVar("Searched")

JSON: Final = ("application/fhir+json", "application/json")
_FORM: Final = ("application/x-www-form-urlencoded",)
_ANSWERS: Final = frozenset({*JSON, "*/*", "application/*", ""})
_HANDLING: Final = {"handling=lenient": True, "handling=strict": False}
_MOST: Final = 50
"""Parameters of a search."""

_PLACES: Final = {
    **{each.key: f"Consent.extension('{EXTENSION}{each.name}')" for each in EXTENSIONS},
    "about": "Consent.patient",
    "given_by": "Consent.performer",
    "on": "Consent.dateTime",
    "until": "Consent.provision.period.end",
    "holders": "Consent.provision.actor",
    "recipients": "Consent.provision.actor",
    "purposes": "Consent.provision.purpose",
    "categories": "Consent.provision.class",
}
"""Where a field of ours would stand in a Consent."""


async def caller_of(request: Request, who: Who) -> Caller:
    """Return who asks, for JSON. That comes before all else, so that nothing is told to nobody.

    Raises:
        Problem: `unauthenticated` or `not-acceptable`.
    """
    caller = await who(request)
    require_json(request)
    return caller


def require_json(request: Request) -> None:
    """Go on only where the client takes JSON.

    Raises:
        Problem: `not-acceptable`.
    """
    wanted = {each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")}
    if not wanted & _ANSWERS:
        raise Problem("not-acceptable")


async def parameters(request: Request) -> list[tuple[str, str]]:
    """Return the parameters of a search: those of the address, or of the form in the body.

    Raises:
        Problem: `unsupported-media-type`, `too-large`, `malformed`, or `invalid-request` of too many.
    """
    if request.method != "POST":
        _require_few(request.url.query)
        return list(request.query_params.multi_items())
    if request.url.query:
        raise invalid("http", "put all parameters in the body")
    try:
        body = (await read_bytes(request, _FORM)).decode()
        _require_few(body)
        return parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body))
    except ValueError:
        raise Problem("malformed") from None


def _require_few(told: str) -> None:
    if told.count("&") >= _MOST:
        raise invalid("http", f"expected {_MOST} parameters at most")


async def searched(request: Request, read: Callable[..., Searched]) -> Searched:
    """Return what is searched for, as the search of that kind is `read`.

    Raises:
        Problem: it cannot be; with every parameter that is wrong.
    """
    try:
        return read(await parameters(request), in_url=request.method != "POST")
    except BadSearchError as error:
        wrong = tuple(FieldError(f"http.{name}", what) for name, what in error.wrong)
        raise Problem("invalid-request", errors=wrong) from None


def is_lenient(request: Request) -> bool:
    """Say whether the client would have what is not known passed over."""
    told = {each.strip().lower() for each in request.headers.get("prefer", "").replace(";", ",").split(",")}
    handling = {_HANDLING[each] for each in told if each in _HANDLING}
    return handling == {True}


async def sent(request: Request) -> dict[str, Any]:
    """Return the resource that is sent.

    Raises:
        Problem: there is none that can be read, or the client asks for what is not done here.
    """
    if "if-none-exist" in request.headers:
        what = "a conditional create is not done here; repeat a request safely with the header Idempotency-Key"
        raise IssuesProblem("invalid-request", (Told("error", "not-supported", what, place="http.If-None-Exist"),))
    return await read_object(request, JSON)


def no_parameters(request: Request) -> None:
    """Go on only where the address asks nothing that would be passed over.

    Raises:
        Problem: `invalid-request`.
    """
    if request.url.query not in {"", "_format=json"}:
        raise invalid("http", "takes no parameters; leave them out")


async def nothing_more(request: Request) -> None:
    """Go on only where a body, if there is one, is `Parameters` without any.

    Raises:
        Problem: it is something else.
    """
    if request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers:
        return
    if await read_object(request, JSON) != {"resourceType": "Parameters"}:
        raise invalid("Parameters", "takes none; send no body")


def body_of(said: Said, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that the desk of facts takes: what nobody may say there, nobody may say here.

    Raises:
        Problem: `invalid-request`, with the place in the Consent.
    """
    try:
        return read_body(RECORDED[said.section], fields).model_dump(mode="json", exclude_none=True)
    except Problem as problem:
        raise Problem("invalid-request", errors=_placed(problem.errors, said.places)) from None


def _placed(errors: tuple[FieldError, ...], places: Mapping[str, str]) -> tuple[FieldError, ...]:
    return tuple(
        FieldError(_place(each.path, places), each.message.replace("`given_by`", "`performer`")) for each in errors
    )


def _place(path: str, places: Mapping[str, str]) -> str:
    key = path.partition("[")[0].partition(".")[0]
    return places.get(path) or places.get(key) or _PLACES.get(key, "Consent")


def told(issues: tuple[Issue, ...], severity: str = "error") -> tuple[Told, ...]:
    """Return issues of a Consent as those of an outcome."""
    return tuple(Told(severity, str(each.code), each.what, place=each.expression) for each in issues)


@contextmanager
def answering(request_id: str, places: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn what the desk and the view raise into problems, at the places of the Consent."""
    try:
        yield
    except (NotAllowedError, EndedError):
        raise Problem("not-available", request_id=request_id) from None
    except UnreadableConsentError as error:
        raise IssuesProblem("invalid-request", told(error.issues), request_id=request_id) from None
    except WorldError as error:
        errors = _placed(named_fields(error), places or {})
        raise Problem("invalid-request", request_id=request_id, errors=errors) from None
    except ContradictionError as error:
        errors = _placed((FieldError(error.field, error.what),), places or {})
        raise Problem("contradiction", request_id=request_id, errors=errors) from None
    except IdempotencyConflictError:
        raise Problem("idempotency-conflict", request_id=request_id) from None
    except AuditUnavailableError:
        raise Problem("log-unavailable", request_id=request_id) from None
