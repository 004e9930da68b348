"""Asking a request of a world file over the wire: as its requester, and afterwards as the gateway's privacy officer."""

from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson

from consent.law.purposes import is_only_told
from consent.naming import PERSON_SYSTEM
from consent.request import Request
from gateway.sandbox.call import CallError, Question, call_as
from gateway.sandbox.credentials import OFFICER_NAME, Credentials

PLAN: Final = "/api/v1/exchange/plan"
DECISIONS: Final = "/api/v1/decisions"

_SAID: Final = ("order", "referral", "question", "justification", "matter", "records", "purpose", "categories")
"""What a requester may say himself (facts contract, *Who*); what else a request holds comes from the token, the clock
and the store."""
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """What came over the wire: to the requester, and to the officer who looked at that decision afterwards."""

    status: int
    answer: dict[str, Any]
    view: dict[str, Any]


def can_be_asked(request: Request) -> bool:
    """Say whether a requester can ask this.

    Where the holder tells of his own accord nobody asks, but for purposes that know nothing else: there whom he tells
    fetches it by asking.
    """
    return request.initiative is None or is_only_told(request.purpose)


def body_of(request: Request) -> dict[str, Any]:
    """Return the body with which the requester asks it."""
    said = {name: request.source[name] for name in _SAID if name in request.source}
    if "emergency" in request.source:
        declared = request.source["emergency"].items()
        said["emergency"] = {name: value for name, value in declared if name != "note"}
    return {"person": {"system": PERSON_SYSTEM, "value": request.about}, **said}


async def ask_as_requester(session: aiohttp.ClientSession, credentials: Credentials, request: Request) -> Heard:
    """Ask `request` as its requester, then look at the decision as the officer.

    Raises:
        CallError: no answer, no token, an answer that names no request, or a view that is not shown.
        CredentialsError: the requester is nobody in `credentials`.
    """
    someone = credentials.named(f"{request.requester.form}:{request.requester.id}")
    answer = await call_as(session, credentials, someone, Question("POST", PLAN, orjson.dumps(body_of(request))))
    told = _object(answer.body)
    if "request_id" not in told:
        raise CallError(f"the exchange answers {answer.status}, without the id of a request")
    officer = credentials.named(OFFICER_NAME)
    seen = await call_as(session, credentials, officer, Question("GET", f"{DECISIONS}/{told['request_id']}"))
    if seen.status != _OK:
        raise CallError(f"the exchange answers {answer.status}, and the officer sees no decision ({seen.status})")
    return Heard(answer.status, told, _object(seen.body))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise CallError("an answer of the gateway is no JSON") from None
    if type(found) is not dict:
        raise CallError("an answer of the gateway is no JSON object")
    return found
