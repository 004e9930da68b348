"""`GET` and `POST /api/v1/log/breach`: everything that an account saw, in one file."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.body import read_object
from gateway.api.described import door
from gateway.api.log.search import ASKING, query, texts
from gateway.api.log.search_described import SAID, body, success
from gateway.api.who import Who
from gateway.identity.caller import Caller
from gateway.log.question import PATH
from gateway.log.reports.breach import Breaches

_NDJSON: Final = "application/x-ndjson"
_HEADERS: Final = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="saw.ndjson"'}
_SAID: Final = {
    "account": "The id of the professional, person, mentor or officer.",
    **{name: SAID[name] for name in ("client", "from", "to")},
}
_FILE: Final = (
    "One JSON object a line: what was asked, then each person with the elements by organisation and category and the "
    "events with their instants, then the totals (`end`). A file without its last line is not whole."
)


@dataclass(frozen=True)
class LogBreachDoor:
    """The route, with what it needs."""

    breaches: Breaches
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Add the route to `app`, in both its forms."""
        path, file = f"{PATH}/breach", success(_FILE, _NDJSON)
        members = [
            {"name": name, "in": "query", "schema": {"type": "string"}, "description": said}
            for name, said in _SAID.items()
        ]
        form = body({name: {"type": "string", "description": said} for name, said in _SAID.items()})
        asked, posted = (
            door(ASKING.codes, parameters=members, success=file),
            door(ASKING.codes, body=form, success=file),
        )
        app.add_api_route(path, self.saw, methods=["GET"], response_class=Response, openapi_extra=asked)
        app.add_api_route(
            path, self.saw, methods=["POST"], response_class=Response, openapi_extra=posted, operation_id="saw_by_form"
        )

    async def saw(self, request: Request) -> Response:
        """Return what the account saw, for officers, each in his own part of the log."""

        async def work(caller: Caller, request_id: str) -> Any:
            await self.breaches.searching.require_officer(caller, request_id, what="breach")
            members = query(request) if request.method == "GET" else texts(await read_object(request))
            return Response(await self.breaches.saw(caller, request_id, members), media_type=_NDJSON, headers=_HEADERS)

        return await shown(request, self.who, work, ASKING)
