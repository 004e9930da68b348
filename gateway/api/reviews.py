"""`/api/v1/reviews` and `/api/v1/obligations`: an officer's work list, one item at a time, and what is to be done."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import orjson
from fastapi import FastAPI
from pydantic import BeforeValidator, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from audit.review.verdicts import SHORTEST_REASON, FollowUp, Verdict
from audit.store import AuditUnavailableError
from gateway.api.body import read_object
from gateway.api.facts import idempotency_key
from gateway.api.notices import asked
from gateway.api.problems import FieldError, Problem
from gateway.api.wire import Wire, read_body
from gateway.facts.calls import Call, NotAllowedError
from gateway.idempotency import IdempotencyConflictError
from gateway.identity.caller import Caller
from gateway.reviews.deeds import Refusal, ReviewRefusedError
from gateway.reviews.desk import MOST, NoSuchCursorError, ReviewDesk
from gateway.reviews.doing import DutyDesk
from gateway.reviews.judging import Judging
from gateway.reviews.taking import Taking

PATH: Final = "/api/v1/reviews"
OBLIGATIONS: Final = "/api/v1/obligations"
_NO_STORE: Final = {"Cache-Control": "no-store"}
_REFUSED: Final = {
    Refusal.NOT_ALLOWED: "not-available",
    Refusal.OWN_REVIEW: "own-review",
    Refusal.TAKEN: "review-taken",
    Refusal.NOT_TAKEN: "review-taken",
    Refusal.CLOSED: "review-closed",
    Refusal.CHANGED: "log-unavailable",
}

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


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
    reason: Annotated[str, Field(min_length=SHORTEST_REASON, max_length=4000), BeforeValidator(_trimmed)]
    follow_up: FollowUp


class DoneIn(Wire):
    """How something was done."""

    how: Annotated[str, Field(min_length=1, max_length=4000), BeforeValidator(_trimmed)]


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
        query = {
            "parameters": [
                {"name": "after", "in": "query", "schema": {"type": "string", "format": "uuid"}},
                {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MOST}},
            ]
        }
        one, duty = f"{PATH}/{{item}}", f"{OBLIGATIONS}/{{obligation}}"
        app.add_api_route(PATH, self.reviews, methods=["GET"], openapi_extra=query)
        app.add_api_route(f"{PATH}/next", self.next, methods=["POST"], status_code=201)
        app.add_api_route(one, self.review, methods=["GET"])
        app.add_api_route(f"{one}/take", self.take, methods=["POST"], status_code=201)
        verdict, done = _described(VerdictIn), _described(DoneIn)
        app.add_api_route(f"{one}/verdict", self.judge, methods=["POST"], status_code=201, openapi_extra=verdict)
        app.add_api_route(OBLIGATIONS, self.obligations, methods=["GET"], openapi_extra=query)
        app.add_api_route(f"{duty}/done", self.done, methods=["POST"], status_code=201, openapi_extra=done)

    async def reviews(self, request: Request) -> Response:
        """Return the reviews that are not closed, the first due first: an officer's own institution's."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            after, limit = asked(request)
            return await self.desk.look(caller, request_id, after=after, limit=limit)

        return await self._read(request, read)

    async def review(self, request: Request) -> Response:
        """Return one review, with its event explained and never content."""
        item = request.path_params["item"]
        return await self._read(request, lambda caller, request_id: self.desk.view(item, caller, request_id))

    async def obligations(self, request: Request) -> Response:
        """Return what is still to be done, the first due first: an officer's own institution's."""

        async def read(caller: Caller, request_id: str) -> Mapping[str, Any]:
            after, limit = asked(request)
            return await self.duties.look(caller, request_id, after=after, limit=limit)

        return await self._read(request, read)

    async def next(self, request: Request) -> Response:
        """Take the review that is due first of those that the caller may judge; `null` where there is none."""
        return await self._done(request, None, self.taking.next)

    async def take(self, request: Request) -> Response:
        """Take a review, so that for half an hour nobody else judges it."""
        item = request.path_params["item"]
        return await self._done(request, None, lambda caller, call: self.taking.take(item, caller, call))

    async def judge(self, request: Request) -> Response:
        """Say what the caller finds of what he took; `own-review` where he had a hand in it, or judged it before."""
        item = request.path_params["item"]
        return await self._done(request, VerdictIn, lambda caller, call: self.judging.judge(item, caller, call))

    async def done(self, request: Request) -> Response:
        """Say that an obligation was done, and how: only whose it is."""
        duty = request.path_params["obligation"]
        return await self._done(request, DoneIn, lambda caller, call: self.duties.done(duty, caller, call))

    async def _read(self, request: Request, read: Callable[[Caller, str], Awaitable[Mapping[str, Any]]]) -> Response:
        caller = await self.who(request)
        request_id = str(uuid.uuid4())
        try:
            told = await read(caller, request_id)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except NoSuchCursorError:
            wrong = FieldError("after", "names nothing that you see; begin without it")
            raise Problem("invalid-request", request_id=request_id, errors=(wrong,)) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), media_type="application/json", headers=_NO_STORE)

    async def _done(
        self, request: Request, model: type[Wire] | None, act: Callable[[Caller, Call], Awaitable[bytes]]
    ) -> Response:
        caller = await self.who(request)
        body: dict[str, Any] = {}
        if model is not None:
            body = read_body(model, await read_object(request)).model_dump(mode="json")
        request_id = str(uuid.uuid4())
        try:
            answer = await act(caller, Call(request_id, request.url.path, body, idempotency_key(request)))
        except ReviewRefusedError as refused:
            raise Problem(_REFUSED[refused.why], request_id=request_id) from None
        except IdempotencyConflictError:
            raise Problem("idempotency-conflict", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(answer, 201, media_type="application/json", headers=_NO_STORE)


def _described(model: type[Wire]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
