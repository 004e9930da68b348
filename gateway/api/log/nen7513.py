"""`GET /api/v1/log/nen7513`: the officer's own part of the log as a NEN 7513 file, and the code book that goes with it.

Source: `reference/law.md` R7.4; RFC 4180.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from audit.renderings.csv_safe import BOM, MEDIA_TYPE
from audit.renderings.nen7513 import code_book
from gateway.api.answering import shown
from gateway.api.described import door, opened
from gateway.api.log.search import ASKING, query
from gateway.api.log.search_described import parameters, success
from gateway.api.who import Who, require_still
from gateway.identity.caller import Caller
from gateway.log.code_book import texts
from gateway.log.question import KNOWN, PATH, QuestionError, read_question
from gateway.log.rendering import Nen7513Files

FILE: Final = f"{PATH}/nen7513"
_HEADERS: Final = {"Cache-Control": "no-store"}
_OF_A_PAGE: Final = ("after", "limit")
_LOOKED_AGAIN: Final = 500
"""After so many lines it is looked whether the officer is let in still."""


@dataclass(frozen=True)
class Nen7513Door:
    """The routes, with what they need."""

    files: Nen7513Files
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Add the routes to `app`."""
        members = parameters(*sorted(KNOWN - {*_OF_A_PAGE}))
        lines = door(ASKING.codes, parameters=members, success=success("The lines, the newest first.", "text/csv"))
        app.add_api_route(FILE, self.file, methods=["GET"], response_class=Response, openapi_extra=lines)
        codes = opened(success=success("The code book.", "text/csv"))
        app.add_api_route(f"{FILE}/codes", self.codes, methods=["GET"], response_class=Response, openapi_extra=codes)

    async def file(self, request: Request) -> Response:
        """Return the events that the query asks for as NEN 7513 (UTF-8 with BOM, `;`), all of them in one file.

        An answer that ends before its end was broken off: ask for it again.
        """

        async def work(caller: Caller, request_id: str) -> Any:
            viewer = await self.files.searching.require_officer(caller, request_id, what="nen7513")
            members = query(request)
            for name in _OF_A_PAGE:
                if name in members:
                    raise QuestionError(name, "is of pages; this answers with all in one file")
            lines = await self.files.lines(read_question(members), viewer, caller, request_id)
            letting_in = self._while_let_in(lines, caller)
            return StreamingResponse(letting_in, media_type=MEDIA_TYPE, headers=_attached("log-nen7513.csv"))

        return await shown(request, self.who, work, ASKING)

    async def _while_let_in(self, lines: AsyncIterator[str], caller: Caller) -> AsyncIterator[str]:
        """Yield `lines` as long as `caller` would be let in: a long log takes minutes, in which he may be ended."""
        number = 0
        async for line in lines:
            number += 1
            if number % _LOOKED_AGAIN == 0:
                await require_still(self.who, caller)
            yield line

    async def codes(self, _request: Request) -> Response:
        """Return the code book: what every column and every code means; it says nothing of anybody."""
        book = BOM + "".join(code_book(texts()))
        return Response(book, media_type=MEDIA_TYPE, headers=_attached("log-nen7513-codeboek.csv"))


def _attached(name: str) -> dict[str, str]:
    return {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
