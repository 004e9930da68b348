"""`/api/v1/holder/…`: the holder's inbox, what he decides, and his stop switch."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final

import orjson
from fastapi import FastAPI
from pydantic import BeforeValidator, Field, StrictBool, model_validator
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from consent.shape import WorldError
from gateway.api.body import read_object
from gateway.api.facts import idempotency_key, named_fields
from gateway.api.problems import Problem
from gateway.api.wire import Wire, read_body
from gateway.facts.calls import Call, NotAllowedError
from gateway.holders.deciding import HolderDesk
from gateway.holders.inbox import Inbox
from gateway.holders.stopping import StopSwitch
from gateway.idempotency import IdempotencyConflictError
from gateway.identity.caller import Caller
from gateway.question import FreeText, Identifier, Listed
from schemas.words import Purpose

PATH: Final = "/api/v1/holder"
_NO_STORE: Final = {"Cache-Control": "no-store"}

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


class AnswerIn(Wire):
    """What a professional of the holder decides on a question."""

    approved: StrictBool
    reason: Annotated[str, Field(min_length=1, max_length=4000), BeforeValidator(_trimmed)]
    categories: Listed | None = None
    meldcode_steps: Annotated[list[Annotated[int, Field(strict=True, ge=1, le=5)]], Field(max_length=5)] | None = None
    step3_skipped_because: FreeText = None


class AskerIn(Wire):
    """For whose requests a decision counts: one of the three."""

    organisation: Identifier | None = None
    person: Identifier | None = None
    mentor: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> "AskerIn":
        if sum(each is not None for each in (self.organisation, self.person, self.mentor)) != 1:
            raise ValueError("expected one of `organisation`, `person` and `mentor`")
        return self


class DecisionIn(AnswerIn):
    """What a professional of the holder decides on the holder's own initiative."""

    about: Identifier
    asker: AskerIn
    purpose: Purpose


@dataclass(frozen=True)
class HolderDoor:
    """The routes, with what they need."""

    inbox: Inbox
    desk: HolderDesk
    switch: StopSwitch
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        app.add_api_route(f"{PATH}/questions", self.questions, methods=["GET"])
        decide, answer = f"{PATH}/decisions", f"{PATH}/questions/{{question}}/decision"
        app.add_api_route(answer, self.answer, methods=["POST"], status_code=201, openapi_extra=_described(AnswerIn))
        app.add_api_route(decide, self.decide, methods=["POST"], status_code=201, openapi_extra=_described(DecisionIn))
        app.add_api_route(f"{PATH}/stop", self.stop, methods=["POST"])
        app.add_api_route(f"{PATH}/stop/lift", self.lift, methods=["POST"])

    async def questions(self, request: Request) -> Response:
        """Return the questions that wait for the caller's holder, as far as they are his to see."""
        return await self._done(request, self.inbox.look)

    async def answer(self, request: Request) -> Response:
        """Decide on a question that waits; `not-available` to everybody who may not."""
        question = request.path_params["question"]
        return await self._decided(request, AnswerIn, lambda caller, call: self.desk.answer(question, caller, call))

    async def decide(self, request: Request) -> Response:
        """Decide on the holder's own initiative."""
        return await self._decided(request, DecisionIn, self.desk.decide)

    async def stop(self, request: Request) -> Response:
        """Stop: nothing of the caller's holder leaves any more."""
        return await self._done(request, self.switch.stop)

    async def lift(self, request: Request) -> Response:
        """Propose to lift the stop, or do it as the second."""
        return await self._done(request, self.switch.lift)

    async def _done(self, request: Request, act: Callable[[Caller, str], Awaitable[Mapping[str, Any]]]) -> Response:
        caller = await self.who(request)
        request_id = str(uuid.uuid4())
        try:
            told = await act(caller, request_id)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(orjson.dumps(told), media_type="application/json", headers=_NO_STORE)

    async def _decided(
        self, request: Request, model: type[Wire], act: Callable[[Caller, Call], Awaitable[bytes]]
    ) -> Response:
        caller = await self.who(request)
        said = read_body(model, await read_object(request))
        request_id = str(uuid.uuid4())
        body = said.model_dump(mode="json", exclude_none=True)
        call = Call(request_id, request.url.path, body, idempotency_key(request))
        try:
            answer = await act(caller, call)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except WorldError as error:
            raise Problem("invalid-request", request_id=request_id, errors=named_fields(error)) from None
        except IdempotencyConflictError:
            raise Problem("idempotency-conflict", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(answer, 201, media_type="application/json", headers=_NO_STORE)


@cache
def _described(model: type[Wire]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
