"""`/api/v1/facts/replacements`, `professionals` and `organisations`: what an organisation's administrator keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import FastAPI
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from consent.world.shape import WorldError
from gateway.administering.acting import Acting
from gateway.administering.barring import Barring
from gateway.administering.ending import Ending
from gateway.administering.replacing import Replacing
from gateway.api.facts.bodies import Id, Moment
from gateway.api.facts.named import named_fields
from gateway.api.keyed import Act, kept, keyed, keyed_door
from gateway.api.refusals import Wrong
from gateway.api.who import Who
from gateway.shapes import Wire
from schemas.words import Role

PATH: Final = "/api/v1/facts"
_REFUSALS: Final = keyed({WorldError: Wrong(named_fields)})


class ReplacementIn(Wire):
    """`professional` stands in for `replaces`, at most six weeks; since now where nothing else is said."""

    professional: Id
    replaces: Id
    since: Moment | None = None
    until: Moment


class ReplacementClosingIn(Wire):
    """A replacement ends; at once, or later where `on` says so."""

    field: Literal["until"] = "until"
    on: Moment | None = None


class ProfessionalIn(Wire):
    """A professional who was ended works here again, in this role."""

    id: Id
    role: Role


class ProfessionalClosingIn(Wire):
    """A professional works here no more; at once."""

    field: Literal["until"] = "until"


class OrganisationClosingIn(Wire):
    """What is registered so of the caller's own organisation ends; at once. Of `organisation`, all that is its."""

    kind: Literal["organisation", "client", "identity-provider", "source", "webhook"]
    name: Annotated[str, Field(min_length=1, max_length=300)]
    because: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


@dataclass(frozen=True)
class AdministratorsDoor:
    """The routes, with what they need."""

    acting: Acting
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Hang the doors into `app`."""
        replacing, barring, ending = Replacing(self.acting), Barring(self.acting), Ending(self.acting)
        self._hang(app, "/replacements", ReplacementIn, lambda _: replacing.record)
        self._hang(app, "/replacements/{fact_id}/close", ReplacementClosingIn, _of(replacing.close))
        self._hang(app, "/professionals", ProfessionalIn, lambda _: barring.record)
        self._hang(app, "/professionals/{fact_id}/close", ProfessionalClosingIn, _of(barring.close))
        self._hang(app, "/organisations/close", OrganisationClosingIn, lambda _: ending.close)

    def _hang(self, app: FastAPI, path: str, model: type[Wire], tell: Callable[[Request], Act]) -> None:
        async def endpoint(request: Request) -> Response:
            return await kept(request, self.who, model, tell(request), _REFUSALS)

        name = path.strip("/").replace("/{fact_id}/", "_").replace("/", "_")
        said = keyed_door(_REFUSALS.codes, model)
        app.add_api_route(PATH + path, endpoint, methods=["POST"], status_code=201, name=name, openapi_extra=said)


def _of(close: Callable[..., object]) -> Callable[[Request], Act]:
    return lambda request: partial(close, request.path_params["fact_id"])  # type: ignore[return-value]
