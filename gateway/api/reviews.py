"""`/api/v1/reviews` and `/api/v1/obligations`: an officer's work list, one item at a time, and what is to be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from fastapi import FastAPI
from pydantic import BeforeValidator, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from audit.review.verdicts import SHORTEST_REASON, FollowUp, Verdict
from gateway.api.answering import shown
from gateway.api.described import door
from gateway.api.keyed import kept, keyed, keyed_door
from gateway.api.paging import PARAMETERS, asked, no_such_cursor
from gateway.api.refusals import Refusals
from gateway.api.who import Who
from gateway.identity.caller import Caller
from gateway.reviews.deeds import Refusal, ReviewRefusedError
from gateway.reviews.desk import NoSuchCursorError, ReviewDesk
from gateway.reviews.doing import DutyDesk
from gateway.reviews.judging import Judging
from gateway.reviews.taking import Taking
from gateway.shapes import Wire, trimmed

PATH: Final = "/api/v1/reviews"
OBLIGATIONS: Final = "/api/v1/obligations"
_SAID: Final[Mapping[Refusal, str]] = {
    Refusal.NOT_ALLOWED: "not-available",
    Refusal.OWN_REVIEW: "own-review",
    Refusal.TAKEN: "review-taken",
    Refusal.NOT_TAKEN: "review-taken",
    Refusal.CLOSED: "review-closed",
    Refusal.CHANGED: "log-unavailable",
}


def _keyed(*whys: Refusal) -> Refusals:
    return keyed({ReviewRefusedError: {why: _SAID[why] for why in whys}})


_PAGED: Final = Refusals({NoSuchCursorError: no_such_cursor("names nothing that you see; begin without it")})
_READING: Final = Refusals()
_NEXT: Final = _keyed(Refusal.NOT_ALLOWED)
_TAKING: Final = _keyed(Refusal.NOT_ALLOWED, Refusal.OWN_REVIEW, Refusal.TAKEN, Refusal.CLOSED)
_JUDGING: Final = _keyed(*Refusal)
_DOING: Final = _keyed(Refusal.NOT_ALLOWED, Refusal.CLOSED, Refusal.CHANGED)


class AnswersIn(Wire):
    """The five questions, each answered."""

    danger: StrictBool
    no_time: StrictBool
    lighter_way: StrictBool
    no_more_than_needed: StrictBool
    family_told: StrictBool


class VerdictIn(Wire):
    """What a reviewer finds, in his own words."""

    answers: AnswersIn
    verdict: Verdict
    reason: Annotated[str, Field(min_length=SHORTEST_REASON, max_length=4000), BeforeValidator(trimmed)]
    follow_up: FollowUp


class DoneIn(Wire):
    """How something was done."""

    how: Annotated[str, Field(min_length=1, max_length=4000), BeforeValidator(trimmed)]


@dataclass(frozen=True)
class ReviewsDoor:
    """The routes, with what they need."""

    desk: ReviewDesk
    taking: Taking
    judging: Judging
    duties: DutyDesk
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        paged, one = door(_PAGED.codes, parameters=PARAMETERS), f"{PATH}/{{item}}"
        for path, read, said in (
            (PATH, self.reviews, paged),
            (one, self.review, door(_READING.codes)),
            (OBLIGATIONS, self.obligations, paged),
        ):
            app.add_api_route(path, read, methods=["GET"], openapi_extra=said)
        for path, act, said in (
            (f"{PATH}/next", self.next, keyed_door(_NEXT.codes)),
            (f"{one}/take", self.take, keyed_door(_TAKING.codes)),
            (f"{one}/verdict", self.judge, keyed_door(_JUDGING.codes, VerdictIn)),
            (f"{OBLIGATIONS}/{{obligation}}/done", self.done, keyed_door(_DOING.codes, DoneIn)),
        ):
            app.add_api_route(path, act, methods=["POST"], status_code=201, openapi_extra=said)

    async def reviews(self, request: Request) -> Response:
        """Return the reviews that are not closed, the first due first: an officer's own institution's."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            after, limit = asked(request)
            return await self.desk.look(caller, request_id, after=after, limit=limit)

        return await shown(request, self.who, read, _PAGED)

    async def review(self, request: Request) -> Response:
        """Return one review, with its event explained and never content."""
        view = partial(self.desk.view, request.path_params["item"])
        return await shown(request, self.who, view, _READING)

    async def obligations(self, request: Request) -> Response:
        """Return what is still to be done, the first due first: an officer's own institution's."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            after, limit = asked(request)
            return await self.duties.look(caller, request_id, after=after, limit=limit)

        return await shown(request, self.who, read, _PAGED)

    async def next(self, request: Request) -> Response:
        """Take the review that is due first of those that the caller may judge; `null` where there is none."""
        return await kept(request, self.who, None, self.taking.next, _NEXT)

    async def take(self, request: Request) -> Response:
        """Take a review, so that for half an hour nobody else judges it."""
        take = partial(self.taking.take, request.path_params["item"])
        return await kept(request, self.who, None, take, _TAKING)

    async def judge(self, request: Request) -> Response:
        """Say what the caller finds of what he took; `own-review` where he had a hand in it, or judged it before."""
        judge = partial(self.judging.judge, request.path_params["item"])
        return await kept(request, self.who, VerdictIn, judge, _JUDGING)

    async def done(self, request: Request) -> Response:
        """Say that an obligation was done, and how: only whose it is."""
        done = partial(self.duties.done, request.path_params["obligation"])
        return await kept(request, self.who, DoneIn, done, _DOING)
