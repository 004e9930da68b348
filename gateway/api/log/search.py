"""`GET /api/v1/log` and `POST /api/v1/log/search`: the officer's search, by a URL and by what no URL may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.body import read_object
from gateway.api.described import door
from gateway.api.log.search_described import FORM, PARAMETERS, SUCCESS
from gateway.api.problems import FieldError, invalid
from gateway.api.refusals import Refusals, Said, Wrong
from gateway.api.who import Who
from gateway.identity.caller import Caller
from gateway.log.question import PATH, QuestionError
from gateway.log.searching import Searching

SAID_OF_A_QUESTION: Final[Mapping[type[Exception], Said]] = {
    QuestionError: Wrong(lambda error: (FieldError(error.member, error.what),))
}
ASKING: Final = Refusals(SAID_OF_A_QUESTION)
"""How a door refuses to which a question to the log is put."""


@dataclass(frozen=True)
class LogSearchDoor:
    """The routes, with what they need."""

    searching: Searching
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to `app`."""
        asked = door(ASKING.codes, parameters=PARAMETERS, success=SUCCESS)
        app.add_api_route(PATH, self.search, methods=["GET"], openapi_extra=asked)
        form = door(ASKING.codes, body=FORM, success=SUCCESS)
        app.add_api_route(f"{PATH}/search", self.form, methods=["POST"], openapi_extra=form)

    async def search(self, request: Request) -> Response:
        """Return the events that the query asks for, newest first; for officers, each in his own part of the log."""

        async def work(caller: Caller, request_id: str) -> Any:
            members = query(request)
            return await self._found(caller, request_id, members, members.pop("person", None))

        return await shown(request, self.who, work, ASKING)

    async def form(self, request: Request) -> Response:
        """Do as the search, for what no URL may hold: `person` may be a number in a system.

        `url` of the answer asks the same again, and says nothing of whom.
        """

        async def work(caller: Caller, request_id: str) -> Any:
            await self.searching.require_officer(caller, request_id, what="search")
            body = await read_object(request)
            person = body.pop("person", None)
            return await self._found(caller, request_id, texts(body), person)

        return await shown(request, self.who, work, ASKING)

    async def _found(self, caller: Caller, request_id: str, members: dict[str, str], person: Any) -> Mapping[str, Any]:
        async with self.searching.look(caller, named=person) as look:
            if person is not None:
                members["person"] = await named(self.searching, person)
            found = await self.searching.search(caller, request_id, members)
            look.tells = bool(found["events"])
        return found


async def named(searching: Searching, person: Any) -> str:
    """Return how a URL names the person that a body names: `{"system": …, "value": …}`, or as a URL does.

    Raises:
        Problem: it names nobody in either way.
    """
    if isinstance(person, str):
        return person
    shape = isinstance(person, dict) and person.keys() == {"system", "value"}
    if not shape or not all(isinstance(value, str) for value in person.values()):
        raise invalid("person", "is an id inside Schakel, or an object with `system` and `value`")
    return searching.persons.sealed(await searching.persons.found(person["system"], person["value"]))


def query(request: Request) -> dict[str, str]:
    """Return the members of the query.

    Raises:
        Problem: one stands there twice.
    """
    given = request.query_params.multi_items()
    members = dict(given)
    if len(members) != len(given):
        raise invalid("(query)", "each member stands there once")
    return members


def texts(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the members of a body that are to be texts, as in a query.

    Raises:
        Problem: one is something else.
    """
    for name, value in body.items():
        if not isinstance(value, str):
            raise invalid(name if name.isidentifier() else "(body)", "is a text, as in the query")
    return dict(body)
