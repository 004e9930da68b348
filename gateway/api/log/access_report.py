"""`POST /api/v1/log/access-report`: who looked at somebody's data, in words for him, as JSON or as a PDF."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.answering import shown
from gateway.api.body import read_object
from gateway.api.keyed import call_of, keyed, keyed_door
from gateway.api.log.search import SAID_OF_A_QUESTION, named
from gateway.api.log.search_described import PERSON, SAID, body, success
from gateway.api.log.tickets import Named
from gateway.api.who import Who
from gateway.api.wire import read_body
from gateway.identity.caller import Caller
from gateway.log.question import PATH, Question, QuestionError, read_question
from gateway.log.reports.access_report import AccessReports, Asked, Written
from gateway.log.reports.access_report import Report as MadeReport
from gateway.shapes import Wire

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="access-report.pdf"',
}
_ASKING: Final = keyed(SAID_OF_A_QUESTION)
_PDF: Final = "application/pdf"
_TEXT: Final = {"type": "string"}
_HERE: Final = {"from": "since", "to": "until"}
"""What members of a question are called in this body."""
_SAID: Final = (
    "`letter` in both languages, and by event why a line is `withheld` from it; as a PDF only the letter. "
    "`may_receive` is false where the law does not let the reader have it."
)


class Report(Wire):
    """Whose log, for whom, and which period."""

    person: str | Named
    reader: str | Named | None = None
    reason: Literal["complaint", "access-request"] = "access-request"
    since: str | None = None
    until: str | None = None
    language: Literal["nl", "en"] = "nl"
    form: Literal["json", "pdf"] = "json"


@dataclass(frozen=True)
class LogAccessReportDoor:
    """The route, with what it needs."""

    reports: AccessReports
    who: Who

    def add_to(self, app: FastAPI) -> None:
        """Add the route to `app`."""
        words = {
            "reason": _TEXT,
            "since": {**_TEXT, "description": SAID["from"]},
            "until": {**_TEXT, "description": SAID["to"]},
            "language": {**_TEXT, "enum": ["nl", "en"]},
            "form": {**_TEXT, "enum": ["json", "pdf"]},
        }
        asked = body({"person": PERSON, "reader": PERSON, **words}, "person")
        said = keyed_door(_ASKING.codes, asked, success=success(_SAID, _PDF))
        app.add_api_route(f"{PATH}/access-report", self.make, methods=["POST"], openapi_extra=said)

    async def make(self, request: Request) -> Response:
        """Return the report for who asked, himself where no `reader` is named; for officers, each of his own part."""

        async def work(caller: Caller, request_id: str) -> Any:
            searching = self.reports.searching
            await searching.require_officer(caller, request_id, what="access-report")
            asked = read_body(Report, await read_object(request))
            async with searching.look(caller, named=asked.person) as look:
                person = await named(searching, _plain(asked.person))
                reader = person if asked.reader is None else await named(searching, _plain(asked.reader))
                wanted = Asked(person=person, reader=reader, question=_question(asked, person))
                write = partial(_written, asked, request_id)
                report = await self.reports.make(caller, call_of(request, request_id, asked), wanted, write)
                look.tells = True
            if report.media_type == _PDF:
                return Response(report.content, media_type=_PDF, headers=_HEADERS)
            return report.content

        return await shown(request, self.who, work, _ASKING)


def _written(asked: Report, request_id: str, report: MadeReport) -> Written:
    if asked.form == "json" or report.letter is None:
        return Written("application/json", orjson.dumps(report.as_json() | {"request_id": request_id}))
    # What sets a page is large, and a gateway that starts does not need it.
    from gateway.log.reports.access_pdf import pdf_of  # noqa: PLC0415

    return Written(_PDF, pdf_of(report.letter, asked.language))


def _question(asked: Report, person: str) -> Question:
    members = {"person": person, "reason": asked.reason, "from": asked.since, "to": asked.until}
    try:
        return read_question({name: value for name, value in members.items() if value is not None})
    except QuestionError as error:
        raise QuestionError(_HERE.get(error.member, error.member), error.what) from None


def _plain(person: str | Named) -> Any:
    return person.model_dump() if isinstance(person, Named) else person
