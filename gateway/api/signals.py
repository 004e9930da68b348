"""`/api/v1/signals`: what the rules see in the log, for officers, and explanations that they accept."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import FastAPI
from pydantic import BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import answered, shown
from gateway.api.body import read_object
from gateway.api.described import door
from gateway.api.keyed import call_of, keyed, keyed_door
from gateway.api.problems import FieldError, invalid
from gateway.api.refusals import Refusals, Wrong
from gateway.api.who import Who
from gateway.api.wire import read_body
from gateway.identity.caller import Caller
from gateway.ids import as_id
from gateway.shapes import Identifier, Wire, trimmed
from gateway.signals.desk import SignalsDesk
from gateway.signals.explained import Explaining, OwnAccountError
from gateway.signals.explaining import Explanation, ExplanationError
from gateway.signals.period import Period, PeriodError
from gateway.signals.reviewing import NoSuchSignalError, Reviewing, Signal
from schemas.calendar import ASKED_YEARS, is_askable, midnight, parse_day

PATH: Final = "/api/v1/signals"
_NAMES: Final = ("since", "until")


def _day(value: object) -> object:
    if isinstance(value, str) and _is_day(value):
        return parse_day(value)
    raise ValueError(f"expected a day {ASKED_YEARS}, such as 2026-12-31")


Pseudonym = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Rule = Annotated[str, Field(pattern=r"^SG-\d\d$")]


class ExplainedIn(Wire):
    """An explanation: which rule stays silent about whom, with whom, up to and with which day, and why."""

    rule: Rule
    organisation: Identifier
    account: Pseudonym | None = None
    person: Pseudonym | None = None
    until: Annotated[date, BeforeValidator(_day)]
    because: Annotated[str, Field(min_length=1, max_length=2000), BeforeValidator(trimmed)]


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
        explained = f"{PATH}/explained"
        for method, path, endpoint, status, said in (
            ("GET", PATH, self.look, 200, door(_LOOKING.codes, parameters=_PARAMETERS)),
            ("POST", explained, self.explained, 201, keyed_door(_EXPLAINING.codes, ExplainedIn)),
            ("GET", explained, self.standing, 200, door(_REFUSALS.codes)),
            ("POST", f"{explained}/{{explained}}/end", self.end, 201, keyed_door(_ENDING.codes)),
            ("POST", f"{PATH}/review", self.review, 201, keyed_door(_REVIEWING.codes, ReviewIn)),
        ):
            app.add_api_route(path, endpoint, methods=[method], status_code=status, openapi_extra=said)

    async def look(self, request: Request) -> Response:
        """Return the signals of a period, of the last week where none is named; for officers."""

        async def work(caller: Caller, request_id: str) -> Any:
            return await self.desk.look(caller, request_id, self._period(request))

        return await shown(request, self.who, work, _LOOKING)

    async def explained(self, request: Request) -> Response:
        """Accept an explanation; `own-review` of oneself, `not-available` to everybody who may not."""

        async def work(caller: Caller, request_id: str) -> Any:
            said = read_body(ExplainedIn, await read_object(request))
            return await self.explaining.explain(
                caller, call_of(request, request_id, said), Explanation(**said.model_dump(), by=caller.id)
            )

        return await answered(request, self.who, work, _EXPLAINING, status=201)

    async def standing(self, request: Request) -> Response:
        """Return which explanations stand, by whom and until when; `not-available` to everybody who may not."""
        return await shown(request, self.who, self.explaining.listed, _REFUSALS)

    async def end(self, request: Request) -> Response:
        """End an explanation that stands; `not-available` to everybody who may not, and of any other id."""
        given = request.path_params["explained"]

        async def work(caller: Caller, request_id: str) -> Any:
            return await self.explaining.end(caller, call_of(request, request_id), as_id(given))

        return await answered(request, self.who, work, _ENDING, status=201)

    async def review(self, request: Request) -> Response:
        """Open a review of a signal, and say whom it is about; `not-available` to everybody who may not."""

        async def work(caller: Caller, request_id: str) -> Any:
            said = read_body(ReviewIn, await read_object(request))
            period = Period.of_days(said.since, said.until, now=self.desk.now())
            signal = Signal(rule=said.rule, organisation=said.organisation, account=said.account, period=period)
            return await self.reviewing.open(
                caller, call_of(request, request_id, said), replace(signal, first=said.first)
            )

        return await answered(request, self.who, work, _REVIEWING, status=201)

    def _period(self, request: Request) -> Period:
        query = request.query_params
        unknown = sorted({*query} - set(_NAMES))
        if unknown:
            raise invalid("(query)", "only `since` and `until` are known here")
        days = []
        for name in _NAMES:
            given = query.getlist(name)
            if len(given) > 1 or (given and not _is_day(given[0])):
                raise invalid(name, f"expected once, a day {ASKED_YEARS}, such as 2026-12-31")
            days.append(parse_day(given[0]) if given else None)
        return Period.of_days(days[0], days[1], now=self.desk.now())


def _is_day(text: str) -> bool:
    try:
        return is_askable(midnight(parse_day(text)))
    except ValueError:
        return False


_NO_SUCH_SIGNAL: Final = FieldError("(body)", "the rules see no such signal in this period; look again")
_NO_PERIOD: Final = Wrong(lambda error: (FieldError("until", str(error)),))
_REFUSALS: Final = Refusals()
_LOOKING: Final = Refusals({PeriodError: _NO_PERIOD})
_ENDING: Final = keyed({})
_REVIEWING: Final = keyed({PeriodError: _NO_PERIOD, NoSuchSignalError: Wrong(lambda _error: (_NO_SUCH_SIGNAL,))})
_EXPLAINING: Final = keyed(
    {OwnAccountError: "own-review", ExplanationError: Wrong(lambda error: (FieldError(error.path, str(error)),))}
)
_PARAMETERS: Final = tuple(
    {"name": name, "in": "query", "required": False, "schema": {"type": "string", "format": "date"}} for name in _NAMES
)
