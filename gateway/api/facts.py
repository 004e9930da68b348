"""`/api/v1/facts/…`: where a person says yes, no or no longer, and a youth turns switches for his mentor."""

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from consent.contradictions import ContradictionError
from consent.fields import calendar_day
from consent.shape import WorldError
from gateway.api.body import read_object
from gateway.api.problems import FieldError, Problem
from gateway.api.wire import Wire, read_body
from gateway.facts import Call, FactsDesk, NotAllowedError
from gateway.idempotency import IdempotencyConflictError
from gateway.identity.caller import Caller
from schemas.words import ANY, Category, Purpose

PATH: Final = "/api/v1/facts"
HEADER: Final = "Idempotency-Key"

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


def _any_or_list(value: object) -> object:
    # One error for a wrong value, not one for each of two forms.
    if value == ANY or type(value) is list:
        return value
    raise ValueError(f"expected a list of organisations, or `{ANY}`")


def _day(value: str) -> str:
    calendar_day(value)
    return value


_Id = Annotated[str, Field(min_length=1, max_length=64)]
_Ids = Annotated[list[_Id], Field(min_length=1, max_length=100)]
_Purposes = Annotated[list[Purpose], Field(min_length=1, max_length=len(Purpose))]
_Categories = Annotated[list[Category], Field(min_length=1, max_length=len(Category))]


class ConsentIn(Wire):
    """A yes. Who gives it, and when, are the caller and the clock. Recipients are always named (CV-09)."""

    about: _Id
    holders: Annotated[Literal["any"] | _Ids, BeforeValidator(_any_or_list)]
    recipients: _Ids
    purposes: _Purposes
    categories: _Categories
    until: Annotated[str, AfterValidator(_day)] | None = None


class RefusalIn(Wire):
    """A no. What it does not name it refuses for all."""

    about: _Id
    holders: _Ids | None = None
    recipients: _Ids | None = None
    purposes: _Purposes | None = None
    categories: _Categories | None = None


class SwitchesIn(Wire):
    """Which categories a mentor may see from now on, and which not; what is not named stays as it is."""

    categories: Annotated[
        dict[Literal["goals", "appointments", "professionals", "safety-plan"], StrictBool], Field(min_length=1)
    ]


class ClosingIn(Wire):
    """Nothing: the end is now."""


@dataclass(frozen=True)
class FactsDoor:
    """The routes, with what they need."""

    desk: FactsDesk
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        routes: Mapping[str, tuple[Callable[[Request], Awaitable[Response]], type[Wire]]] = {
            "/consents": (self.consent, ConsentIn),
            "/refusals": (self.refusal, RefusalIn),
            "/consents/{fact_id}/close": (self.consent_close, ClosingIn),
            "/refusals/{fact_id}/close": (self.refusal_close, ClosingIn),
            "/mandates/{fact_id}/switches": (self.switches, SwitchesIn),
        }
        for path, (endpoint, model) in routes.items():
            app.add_api_route(PATH + path, endpoint, methods=["POST"], openapi_extra=_described(model))

    async def consent(self, request: Request) -> Response:
        """Record a yes of the caller's own."""
        return await self._told(request, ConsentIn, lambda caller, call: self.desk.say("consents", caller, call))

    async def refusal(self, request: Request) -> Response:
        """Record a no of the caller's own."""
        return await self._told(request, RefusalIn, lambda caller, call: self.desk.say("refusals", caller, call))

    async def consent_close(self, request: Request) -> Response:
        """Withdraw a yes: once this is answered, nothing leaves on it any more."""
        return await self._close(request, "consents")

    async def refusal_close(self, request: Request) -> Response:
        """Take back a no."""
        return await self._close(request, "refusals")

    async def switches(self, request: Request) -> Response:
        """Turn what a mentor may see on and off."""
        fact_id = request.path_params["fact_id"]
        return await self._told(request, SwitchesIn, lambda caller, call: self.desk.switch(fact_id, caller, call))

    async def _close(self, request: Request, section: str) -> Response:
        fact_id = request.path_params["fact_id"]
        return await self._told(
            request, ClosingIn, lambda caller, call: self.desk.withdraw(section, fact_id, caller, call)
        )

    async def _told(
        self, request: Request, model: type[Wire], tell: Callable[[Caller, Call], Awaitable[bytes]]
    ) -> Response:
        caller = await self.who(request)
        said = read_body(model, await read_object(request))
        request_id = str(uuid.uuid4())
        call = Call(request_id, request.url.path, said.model_dump(mode="json", exclude_none=True), _key(request))
        try:
            answer = await tell(caller, call)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except WorldError as error:
            raise Problem("invalid-request", request_id=request_id, errors=_fields(error)) from None
        except ContradictionError as error:
            errors = (FieldError(error.field, error.what),)
            raise Problem("contradiction", request_id=request_id, errors=errors) from None
        except IdempotencyConflictError:
            raise Problem("idempotency-conflict", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(answer, 201, media_type="application/json", headers={"Cache-Control": "no-store"})


def _key(request: Request) -> str | None:
    keys = request.headers.getlist(HEADER)
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise Problem("invalid-request", errors=(FieldError(HEADER, "expected once, 1 to 255 visible characters"),))
    return keys[0]


def _fields(error: WorldError) -> tuple[FieldError, ...]:
    """Return what is wrong by path below the entry, without the value that a message may end with."""
    parted = (problem.split(": ") for problem in error.problems)
    return tuple(FieldError(path.partition(".")[2] or path, what) for path, what, *_ in parted)


def _described(model: type[Wire]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
