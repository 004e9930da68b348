"""`/api/v1/facts/…`: where facts are recorded, confirmed and ended, and a youth turns switches for his mentor."""

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from audit.store import AuditUnavailableError
from consent.contradictions import ContradictionError
from consent.shape import WorldError
from gateway.api.body import read_object
from gateway.api.facts_bodies import CLOSED, CONFIRMED, RECORDED, SwitchesIn
from gateway.api.person_facts import PersonFactsDoor
from gateway.api.problems import FieldError, Problem
from gateway.api.wire import Wire, read_body
from gateway.facts.calls import Call, NotAllowedError
from gateway.facts.desk import FactsDesk
from gateway.facts.looking import FactsView
from gateway.idempotency import IdempotencyConflictError
from gateway.identity.caller import Caller

PATH: Final = "/api/v1/facts"
HEADER: Final = "Idempotency-Key"

Who = Callable[[Request], Awaitable[Caller]]
"""Authenticates a request, or raises a Problem."""

Tell = Callable[[Caller, Call], Awaitable[bytes]]

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True)
class FactsDoor:
    """The routes, with what they need."""

    desk: FactsDesk
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`: three for each section that has them."""
        for section, model in RECORDED.items():
            self._hang(app, f"/{section}", model, partial(self._record, section))
        for section, model in CONFIRMED.items():
            self._hang(app, f"/{section}/{{fact_id}}/confirm", model, partial(self._confirm, section))
        for section, model in CLOSED.items():
            self._hang(app, f"/{section}/{{fact_id}}/close", model, partial(self._close, section))
        self._hang(app, "/mandates/{fact_id}/switches", SwitchesIn, self._switch)
        view = FactsView(self.desk.committer, self.desk.decided_at)
        PersonFactsDoor(view, self.who).add_to(app)

    def _hang(self, app: FastAPI, path: str, model: type[Wire], tell: Callable[[Request], Tell]) -> None:
        async def endpoint(request: Request) -> Response:
            return await self._told(request, model, tell(request))

        name = path.strip("/").replace("/{fact_id}/", "_")
        described = _described(model)
        app.add_api_route(PATH + path, endpoint, methods=["POST"], status_code=201, name=name, openapi_extra=described)

    def _record(self, section: str, _request: Request) -> Tell:
        return partial(self.desk.record, section)

    def _confirm(self, section: str, request: Request) -> Tell:
        return partial(self.desk.confirm, section, request.path_params["fact_id"])

    def _close(self, section: str, request: Request) -> Tell:
        return partial(self.desk.close, section, request.path_params["fact_id"])

    def _switch(self, request: Request) -> Tell:
        return partial(self.desk.switch, request.path_params["fact_id"])

    async def _told(self, request: Request, model: type[Wire], tell: Tell) -> Response:
        caller = await self.who(request)
        said = read_body(model, await read_object(request))
        request_id = str(uuid.uuid4())
        body = said.model_dump(mode="json", exclude_none=True)
        call = Call(request_id, request.url.path, body, idempotency_key(request))
        try:
            answer = await tell(caller, call)
        except NotAllowedError:
            raise Problem("not-available", request_id=request_id) from None
        except WorldError as error:
            raise Problem("invalid-request", request_id=request_id, errors=named_fields(error)) from None
        except ContradictionError as error:
            errors = (FieldError(error.field, error.what),)
            raise Problem("contradiction", request_id=request_id, errors=errors) from None
        except IdempotencyConflictError:
            raise Problem("idempotency-conflict", request_id=request_id) from None
        except AuditUnavailableError:
            raise Problem("log-unavailable", request_id=request_id) from None
        return Response(answer, 201, media_type="application/json", headers={"Cache-Control": "no-store"})


def idempotency_key(request: Request) -> str | None:
    """Return the key that the client gave, or None.

    Raises:
        Problem: `invalid-request`: more than one, or no key.
    """
    keys = request.headers.getlist(HEADER)
    if not keys:
        return None
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        raise Problem("invalid-request", errors=(FieldError(HEADER, "expected once, 1 to 255 visible characters"),))
    return keys[0]


def named_fields(error: WorldError) -> tuple[FieldError, ...]:
    """Return what is wrong by path below the entry, without the value that a message may end with."""
    parted = (problem.split(": ") for problem in error.problems)
    return tuple(FieldError(path.partition(".")[2] or path, what) for path, what, *_ in parted)


@cache
def _described(model: type[Wire]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
