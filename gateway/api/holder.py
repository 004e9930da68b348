"""`/api/v1/holder/…`: the holder's inbox, what he decides, and his stop switch."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi import FastAPI
from pydantic import BeforeValidator, Field, StrictBool, model_validator
from starlette.requests import Request
from starlette.responses import Response

from consent.world.shape import WorldError
from gateway.api.answering import shown
from gateway.api.described import door
from gateway.api.facts.named import named_fields
from gateway.api.keyed import Act, kept, keyed, keyed_door
from gateway.api.refusals import Refusals, Wrong
from gateway.api.who import Who
from gateway.holders.deciding import HolderDesk
from gateway.holders.inbox import Inbox
from gateway.holders.stopping import StopSwitch
from gateway.shapes import FreeText, Identifier, Listed, Wire, trimmed
from schemas.words import Purpose

PATH: Final = "/api/v1/holder"
_REFUSALS: Final = Refusals()
_ONCE: Final = keyed({})
_DECIDING: Final = keyed({WorldError: Wrong(named_fields)})


class AnswerIn(Wire):
    """What a professional of the holder decides on a question."""

    approved: StrictBool
    reason: Annotated[str, Field(min_length=1, max_length=4000), BeforeValidator(trimmed)]
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
        said, answer, decide = (
            door(_REFUSALS.codes),
            keyed_door(_DECIDING.codes, AnswerIn),
            keyed_door(_DECIDING.codes, DecisionIn),
        )
        app.add_api_route(f"{PATH}/questions", self.questions, methods=["GET"], openapi_extra=said)
        path = f"{PATH}/questions/{{question}}/decision"
        app.add_api_route(path, self.answer, methods=["POST"], status_code=201, openapi_extra=answer)
        app.add_api_route(f"{PATH}/decisions", self.decide, methods=["POST"], status_code=201, openapi_extra=decide)
        for path, endpoint in ((f"{PATH}/stop", self.stop), (f"{PATH}/stop/lift", self.lift)):
            app.add_api_route(path, endpoint, methods=["POST"], openapi_extra=keyed_door(_ONCE.codes))

    async def questions(self, request: Request) -> Response:
        """Return the questions that wait for the caller's holder, as far as they are his to see."""
        return await shown(request, self.who, self.inbox.look, _REFUSALS)

    async def answer(self, request: Request) -> Response:
        """Decide on a question that waits; `not-available` to everybody who may not."""
        answer = partial(self.desk.answer, request.path_params["question"])
        return await kept(request, self.who, AnswerIn, answer, _DECIDING)

    async def decide(self, request: Request) -> Response:
        """Decide on the holder's own initiative."""
        return await kept(request, self.who, DecisionIn, self.desk.decide, _DECIDING)

    async def stop(self, request: Request) -> Response:
        """Stop: nothing of the caller's holder leaves any more."""
        return await self._once(request, self.switch.stop)

    async def lift(self, request: Request) -> Response:
        """Propose to lift the stop, or do it as the second."""
        return await self._once(request, self.switch.lift)

    async def _once(self, request: Request, act: Act) -> Response:
        return await kept(request, self.who, None, act, _ONCE, status=200)
