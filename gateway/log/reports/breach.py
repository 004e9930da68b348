"""Everything that an account saw, in one call and one file: the first thing that is asked after a breach."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from audit.finding.search import find_every
from audit.finding.terms import What
from audit.part import Part
from audit.saw import Saw
from gateway.identity.caller import Caller
from gateway.log.following import place_of
from gateway.log.indexing import NAME
from gateway.log.question import Question, QuestionError, read_question
from gateway.log.reading import looked
from gateway.log.searching import Searching, told_question

FORMAT: Final = "schakel-saw/1"
MEMBERS: Final = ("account", "client", "from", "to")
_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class Report:
    """The file, and what its event tells of it."""

    content: bytes
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Breaches:
    """Reports what accounts saw."""

    searching: Searching

    async def saw(self, caller: Caller, request_id: str, members: Mapping[str, str]) -> bytes:
        """Return the report on an account for the officer `caller`, in his own part of the log, as NDJSON.

        Raises:
            QuestionError: a member is wrong; nothing was looked for.
            NotAllowedError: he is no officer; that he tried is in the log.
            AuditUnavailableError: the log cannot be read or written now.
        """
        viewer = await self.searching.require_officer(caller, request_id, what="breach")
        report = await self.report(viewer, read_breach(members))
        event = looked(caller, request_id, dict(report.told), kind=Kind.LOG_EXPORTED)
        await self.searching.committer.keep(event)
        return report.content

    async def report(self, viewer: str, question: Question) -> Report:
        """Return the report for the officers of `viewer`. It puts nothing on record, so do that before it is shown.

        Raises:
            AuditUnavailableError: the log cannot be read now.
        """
        key = await self.searching.key()
        showing, saw = self.searching.showing(viewer, key), Saw()
        async with self.searching.opened() as connection:
            size = await place_of(connection, NAME)
            async for each in self._parts(connection, viewer, question, key, size):
                if question.holds(each.told.at):
                    saw.add(each)
            complete = await self.searching.complete(connection, size)
        asked = told_question(question)
        head = {"format": FORMAT, "viewer": viewer, "question": asked, "complete_up_to": complete.as_json()}
        content = _written([head, *saw.lines(showing.named)])
        digest = hashlib.sha256(content).hexdigest()
        return Report(content, {"read": "breach", "question": asked, **saw.totals(), "sha256": digest})

    async def _parts(
        self, connection: AsyncConnection, viewer: str, question: Question, key: bytes, size: int
    ) -> AsyncIterator[Part]:
        """Yield the parts of all events of the account, some at once: never all of them are held in memory."""
        some: list[str] = []
        async for event_id in find_every(connection, self.searching.wanted(question, viewer, None, key, size)):
            some.append(event_id)
            if len(some) == _AT_ONCE:
                async for each in self.searching.parts(connection, viewer, some):
                    yield each
                some = []
        async for each in self.searching.parts(connection, viewer, some):
            yield each


def read_breach(members: Mapping[str, str]) -> Question:
    """Return the question of a report: an `account`, a `client` or both, and perhaps a period.

    Raises:
        QuestionError: a member that is not one of these, or neither of the first two.
    """
    unknown = sorted(members.keys() - set(MEMBERS))
    if unknown:
        raise QuestionError("(question)", f"only {', '.join(MEMBERS)} are known here")
    named = {"actor" if name == "account" else name: value for name, value in members.items()}
    if not named.keys() & {What.ACTOR, What.CLIENT}:
        raise QuestionError("account", "name the account, or the client, whose view is asked for")
    return read_question(named)


def _written(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
