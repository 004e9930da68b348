"""`/api/v1/facts/…`: where facts are recorded, confirmed and ended, and a youth turns switches for his mentor."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from consent.known.contradictions import ContradictionError
from consent.world.shape import WorldError
from gateway.api.facts.bodies import CLOSED, CONFIRMED, RECORDED, SwitchesIn
from gateway.api.facts.named import named_fields
from gateway.api.facts.of_person import PersonFactsDoor
from gateway.api.keyed import Act, kept, keyed, keyed_door
from gateway.api.problems import FieldError
from gateway.api.refusals import Wrong
from gateway.api.who import Who
from gateway.facts.desk import FactsDesk
from gateway.facts.looking import FactsView
from gateway.shapes import Wire

PATH: Final = "/api/v1/facts"
_CONTRADICTED: Final = frozenset(
    {
        "/family",
        "/family/{fact_id}/confirm",
        "/authority/{fact_id}/close",
        "/orders/{fact_id}/close",
        "/mandates/{fact_id}/close",
        "/mandates/{fact_id}/confirm",
    }
)
"""Where what is said may contradict what is known: an own ancestor, an end before its start, somebody forgotten."""


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
        view = FactsView(self.desk.committer, self.desk.decided_at, self.desk.evenly)
        PersonFactsDoor(view, self.who).add_to(app)

    def _hang(self, app: FastAPI, path: str, model: type[Wire], tell: Callable[[Request], Act]) -> None:
        async def endpoint(request: Request) -> Response:
            return await kept(request, self.who, model, tell(request), _REFUSALS)

        name = path.strip("/").replace("/{fact_id}/", "_")
        codes = _REFUSALS.codes if path in _CONTRADICTED else _REFUSALS.codes - {"contradiction"}
        said = keyed_door(codes, model)
        app.add_api_route(PATH + path, endpoint, methods=["POST"], status_code=201, name=name, openapi_extra=said)

    def _record(self, section: str, _request: Request) -> Act:
        return partial(self.desk.record, section)

    def _confirm(self, section: str, request: Request) -> Act:
        return partial(self.desk.confirm, section, request.path_params["fact_id"])

    def _close(self, section: str, request: Request) -> Act:
        return partial(self.desk.close, section, request.path_params["fact_id"])

    def _switch(self, request: Request) -> Act:
        return partial(self.desk.switch, request.path_params["fact_id"])


_REFUSALS: Final = keyed(
    {
        WorldError: Wrong(named_fields),
        ContradictionError: Wrong(lambda error: (FieldError(error.field, error.what),), code="contradiction"),
    }
)
