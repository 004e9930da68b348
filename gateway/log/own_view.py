"""The person's own view of the log: who looked, as plain sentences by day; and that he looked is an event as well.

Whoever may not read gets the one refusal, and that is on record too. What is read rests on who the law lets read at
that moment: where a fact of the family moves, or ends, before the event of the reading is kept, all is read again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome
from audit.finding.search import id_at, instant_of
from audit.own_log.days import Day, Line, in_days, line_of
from audit.own_log.sight import Sight
from audit.read import events_about_below
from audit.sentences.catalogue import texts_in
from audit.store import AuditUnavailableError
from consent.keys import KeyUnavailableError, place
from consent.known.family import Gathered
from consent.naming import PERSON_SYSTEM
from consent.whose_log import ReadsAs, reads_as
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.lasting import Lasting
from gateway.identity.caller import Caller
from gateway.log.own_sight import sight_of
from gateway.log.persons import pseudonym
from gateway.log.reading import looked
from gateway.log.telling import bring_keys, tell_or_skip
from schemas.calendar import midnight, written
from schemas.texts import LANGUAGES

ATTEMPTS: Final = 3
LINES: Final = 50
"""So many lines, and the rest of the day of the last, are one page."""
_AT_ONCE: Final = 200
_NEVER: Final = midnight(date(1970, 1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a log is asked for: that of `person`, on days before `before`, of one organisation, emergencies alone."""

    person: str
    before: date | None = None
    organisation: str | None = None
    emergency: bool = False

    def fits(self, line: Line) -> bool:
        """Return whether `line` is asked for."""
        fits = self.organisation is None or line.organisation == self.organisation
        return fits and (line.is_emergency or not self.emergency)


@dataclass(frozen=True, slots=True)
class _Page:
    """`lost` are the ids of events that somebody changed: what they were nobody can tell."""

    days: list[Day]
    next: date | None
    lost: list[str]


@dataclass(frozen=True)
class OwnView:
    """Shows their logs to persons. `decided_at` turns the database's clock into that of decisions."""

    committer: Committer
    decided_at: Callable[[datetime], datetime]

    async def read(self, wanted: Wanted, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return a page of the log that is `wanted`, days and lines newest first; that it was read is on record.

        Raises:
            NotAllowedError: it is not for him, or there is nobody of this id; that he tried is on record.
            AuditUnavailableError: log or facts cannot be read or written now, or the facts keep moving.
        """
        for _ in range(ATTEMPTS):
            gathered = await self.committer.gather(PERSON_SYSTEM, wanted.person, also=frozenset())
            at = self.decided_at(gathered.at)
            reading = _reading(caller, gathered, at)
            if reading is None:
                await self.committer.keep(_event(caller, gathered, request_id, EventOutcome.DENY))
                raise NotAllowedError
            try:
                page = await self._page(wanted, caller, gathered, reading, at)
            except (SQLAlchemyError, OSError, KeyUnavailableError) as error:
                raise AuditUnavailableError("the log cannot be read now") from error
            # INVARIANT: nobody sees what the law let him read a moment ago only.
            event = _event(caller, gathered, request_id, EventOutcome.OK)
            lasts = Lasting(self.committer.facts, self.decided_at).beside(gathered.facts, at)
            if await self.committer.commit(self.committer.prepare(event), gathered.versions, beside=lasts) is not None:
                return _shown(page, gathered, reading, request_id)
        raise AuditUnavailableError("the facts keep moving")

    async def _page(self, wanted: Wanted, caller: Caller, gathered: Gathered, reading: ReadsAs, at: datetime) -> _Page:
        async with self.committer.engine.connect() as connection:
            registry = await self.committer.facts.registry(connection)
            sight = sight_of(
                reader=caller.id,
                person=wanted.person,
                reading=reading,
                facts=gathered.facts,
                organisations=registry.organisations,
                at=at,
            )
            secret = await self.committer.facts.keys.hmac(place("colleagues_in_the_log_of", wanted.person))
            colleague = partial(pseudonym, secret, wanted.person)
            lines: list[Line] = []
            lost: list[str] = []
            async for line in self._lines(connection, wanted, sight, colleague, lost):
                if len(lines) >= LINES and line.day != lines[-1].day:
                    return _Page(in_days(lines), lines[-1].day, lost)
                lines.append(line)
        return _Page(in_days(lines), None, lost)

    async def _lines(
        self,
        connection: AsyncConnection,
        wanted: Wanted,
        sight: Sight,
        colleague: Callable[[str], str],
        lost: list[str],
    ) -> AsyncIterator[Line]:
        below = None if wanted.before is None else id_at(midnight(wanted.before))
        while found := await events_about_below(connection, wanted.person, below=below, most=_AT_ONCE):
            unfit = await bring_keys(self.committer, connection, found)
            below = found[-1].event_id
            for entry in found:
                await asyncio.sleep(0)  # a long log takes a while, in which everybody else must be answered too
                told = tell_or_skip(self.committer, entry, unfit)
                if told is None or not told.fields:
                    lost.append(entry.event_id)
                    continue
                line = line_of(told, sight, colleague)
                if line is not None and wanted.fits(line):
                    yield line


def _reading(caller: Caller, gathered: Gathered, at: datetime) -> ReadsAs | None:
    if gathered.person is None or caller.form != "person" or not caller.trusted:
        return None
    # INVARIANT: who acts for himself acts within his own family.
    if caller.id not in {member for member, _ in gathered.versions.persons}:
        return None
    return reads_as(caller.id, gathered.person, gathered.facts, at)


def _shown(page: _Page, gathered: Gathered, reading: ReadsAs, request_id: str) -> dict[str, Any]:
    """Return the page. The instant up to which it is complete is that of reading: a size would count other lines.

    Where an event was changed, it is complete no further than up to that one, and says so.
    """
    complete = min([gathered.at, *(_instant(each) for each in page.lost)])
    empty, lost = [] if page.days else ["list.empty"], ["list.lost"] if page.lost else []
    said = [*empty, *lost, "list.more", "list.ask"]
    return {
        "person": gathered.person,
        "reads_as": reading,
        "days": [each.as_json() for each in page.days],
        "next": None if page.next is None else page.next.isoformat(),
        "complete_to": {
            "at": written(complete),
            "text": {
                each: texts_in(each)("list.complete", moment=texts_in(each).moment(complete)) for each in LANGUAGES
            },
        },
        "message": {each: " ".join(texts_in(each)(key) for key in said) for each in LANGUAGES},
        "request_id": request_id,
    }


def _instant(event_id: str) -> datetime:
    try:
        return instant_of(event_id)
    except (ValueError, OverflowError):
        return _NEVER


def _event(caller: Caller, gathered: Gathered, request_id: str, outcome: EventOutcome) -> Event:
    return looked(caller, request_id, {"read": "access-log"}, outcome=outcome, person=gathered.person)
