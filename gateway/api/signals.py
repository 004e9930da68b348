"""`/api/v1/signals`: what the rules see in the log, for officers, and explanations that they accept."""

import re
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final

import orjson
from fastapi import FastAPI
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from gateway.api.body import read_object
from gateway.api.exchange import Who
from gateway.api.problems import FieldError, Problem
from gateway.api.wire import Wire, read_body
from gateway.facts.calls import NotAllowedError
from gateway.officers import REQUEST_ID
from gateway.question import Identifier
from gateway.signals.desk import SignalsDesk
from gateway.signals.explained import Explaining, OwnAccountError
from gateway.signals.explaining import Explanation, ExplanationError
from gateway.signals.period import Period, PeriodError
from gateway.signals.reviewing import NoSuchSignalError, Reviewing, Signal

PATH: Final = "/api/v1/signals"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAMES: Final = ("since", "until")
_NO_STORE: Final = {"Cache-Control": "no-store"}


_NONE: Final = ""
"""Ended in place of what no explanation was ever called: the same refusal, on record without what was typed."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _day(value: object) -> object:
    if isinstance(value, str) and _is_day(value):
        return date.fromisoformat(value)
    raise ValueError("expected a day, such as 2026-12-31")


Pseudonym = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Rule = Annotated[str, Field(pattern=r"^SG-\d\d$")]


class ExplainedIn(Wire):
    """An explanation: which rule stays silent about whom, with whom, up to and with which day, and why."""

    rule: Rule
    organisation: Identifier
    account: Pseudonym | None = None
    person: Pseudonym | None = None
    until: Annotated[date, BeforeValidator(_day)]
    because: Annotated[str, Field(min_length=1, max_length=2000), BeforeValidator(_trimmed)]


class ReviewIn(Wire):
    """A signal of which a review is opened, and the period in which it was seen; without one the last week.

    `first` says which, where there are several: as that signal tells it; without it the newest is meant.
    """

    rule: Rule
    organisation: Identifier
    account: Pseudonym | None = None
    first: Annotated[str, Field(pattern=r"^[0-9T:.Z+-]{1,40}$")] | None = None
    since: Annotated[date, BeforeValidator(_day)] | None = None
    until: Annotated[date, BeforeValidator(_day)] | None = None


@dataclass(frozen=True)
class SignalsDoor:
    """The routes, with what they need."""

    desk: SignalsDesk
    explaining: Explaining
    reviewing: Reviewing
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        app.add_api_route(PATH, self.look, methods=["GET"], openapi_extra=_IN_THE_QUERY)
        described = _described(ExplainedIn)
        app.add_api_route(
            f"{PATH}/explained", self.explained, methods=["POST"], status_code=201, openapi_extra=described
        )
        app.add_api_route(f"{PATH}/explained", self.standing, methods=["GET"])
        app.add_api_route(f"{PATH}/explained/{{explained}}/end", self.end, methods=["POST"], status_code=201)
        described = _described(ReviewIn)
        app.add_api_route(f"{PATH}/review", self.review, methods=["POST"], status_code=201, openapi_extra=described)

    async def look(self, request: Request) -> Response:
        """Return the signals of a period, of the last week where none is named; for officers."""
        caller, request_id = await self.who(request), str(uuid.uuid4())
        try:
            period = self._period(request)
            told = await self.desk.look(caller, request_id, period)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except PeriodError as error:
            raise _wrong("until", str(error), request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), media_type="application/json", headers=_NO_STORE)

    async def explained(self, request: Request) -> Response:
        """Accept an explanation; `own-review` of oneself, `not-available` to everybody who may not."""
        caller = await self.who(request)
        said, request_id = read_body(ExplainedIn, await read_object(request)), str(uuid.uuid4())
        explanation = Explanation(**said.model_dump(), by=caller.id)
        try:
            told = await self.explaining.explain(caller, request_id, explanation)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except OwnAccountError:
            raise Problem("own-review", request_id=request_id) from None
        except ExplanationError as error:
            raise _wrong(error.path, str(error), request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), 201, media_type="application/json", headers=_NO_STORE)

    async def standing(self, request: Request) -> Response:
        """Return which explanations stand, by whom and until when; `not-available` to everybody who may not."""
        caller, request_id = await self.who(request), str(uuid.uuid4())
        return await _answered(request_id, 200, self.explaining.listed(caller, request_id))

    async def end(self, request: Request) -> Response:
        """End an explanation that stands; `not-available` to everybody who may not, and of any other id."""
        caller, request_id = await self.who(request), str(uuid.uuid4())
        given = request.path_params["explained"]
        explained = given if REQUEST_ID.fullmatch(given) else _NONE
        return await _answered(request_id, 201, self.explaining.end(caller, request_id, explained))

    async def review(self, request: Request) -> Response:
        """Open a review of a signal, and say whom it is about; `not-available` to everybody who may not."""
        caller = await self.who(request)
        said, request_id = read_body(ReviewIn, await read_object(request)), str(uuid.uuid4())
        try:
            period = Period.of_days(said.since, said.until, now=self.desk.now())
            signal = Signal(rule=said.rule, organisation=said.organisation, account=said.account, period=period)
            signal = replace(signal, first=said.first)
            told = await self.reviewing.open(caller, request_id, signal)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except NoSuchSignalError:
            raise _wrong("(body)", "the rules see no such signal in this period; look again", request_id) from None
        except PeriodError as error:
            raise _wrong("until", str(error), request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), 201, media_type="application/json", headers=_NO_STORE)

    def _period(self, request: Request) -> Period:
        query = request.query_params
        unknown = sorted({*query} - set(_NAMES))
        if unknown:
            raise _wrong("(query)", "only `since` and `until` are known here")
        days = []
        for name in _NAMES:
            given = query.getlist(name)
            if len(given) > 1 or (given and not _is_day(given[0])):
                raise _wrong(name, "expected once, a day such as 2026-12-31")
            days.append(date.fromisoformat(given[0]) if given else None)
        return Period.of_days(days[0], days[1], now=self.desk.now())


async def _answered(request_id: str, status: int, done: Awaitable[dict[str, Any]]) -> Response:
    try:
        told = await done
    except NotAllowedError:
        raise Problem("not-available", request_id=request_id) from None
    except AuditUnavailableError:
        raise Problem("log-unavailable", request_id=request_id) from None
    return Response(orjson.dumps(told), status, media_type="application/json", headers=_NO_STORE)


def _is_day(text: str) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and date.fromisoformat(text).year > 1
    except ValueError:
        return False


def _wrong(path: str, why: str, request_id: str | None = None) -> Problem:
    return Problem("invalid-request", request_id=request_id, errors=(FieldError(path, why),))


def _described(model: type[Wire]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


_IN_THE_QUERY: Final[dict[str, Any]] = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string", "format": "date"}}
        for name in _NAMES
    ]
}
