"""The officer's search: everybody in his own part of the log, and on record before he sees what he found."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import EventOutcome
from audit.finding.search import FIRST, Wanted, entries_of, find, id_at
from audit.part import WHOLE, Part, part
from audit.read import SealBrokenError as EventBrokenError
from audit.read import entries, opened
from audit.store import AuditUnavailableError
from audit.told import Told
from consent.keys import KeyUnavailableError, SealBrokenError
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.evenly import Evenly, Look
from gateway.identity.caller import Caller
from gateway.log.following import place_of
from gateway.log.indexing import NAME, search_key
from gateway.log.officers import viewer_of
from gateway.log.persons import Persons, pseudonym
from gateway.log.question import Cursor, Question, read_question
from gateway.log.reading import looked, reading
from gateway.log.shown import Showing
from gateway.log.telling import bring_keys, is_as_kept, tell_or_skip, written_at
from schemas.calendar import utc_milliseconds

_ROUNDED: Final = timedelta(milliseconds=1)
"""What an event's id may have lost of its instant."""
_LOOKED_BACK: Final = 100
"""So many events are asked of when they are, where the newest cannot tell."""


@dataclass(frozen=True, slots=True)
class Complete:
    """How far an answer is complete: it tells of the first `events` of the log, the last of them of `at`."""

    events: int
    at: str | None

    def as_json(self) -> dict[str, Any]:
        """Return it as an answer tells it."""
        return {"events": self.events, "at": self.at}


@dataclass(frozen=True)
class Searching:
    """Answers questions of officers to the log."""

    committer: Committer
    evenly: Evenly = field(default_factory=Evenly)

    @property
    def persons(self) -> Persons:
        """How persons are named."""
        return Persons(self.committer)

    @asynccontextmanager
    async def look(self, caller: Caller, *, named: object) -> AsyncIterator[Look]:
        """Give `caller` a look, evenly where it is at one person, who is `named` (None: nobody is).

        To find him, and to keep in his own log that he was looked for, takes time that would tell an officer who finds
        nothing whether he is known here.
        """
        if named is None:
            yield Look()
            return
        async with self.evenly.look(caller) as look:
            yield look

    async def search(self, caller: Caller, request_id: str, members: Mapping[str, str]) -> dict[str, Any]:
        """Return a page of what the officer `caller` may see of the events that a question with `members` asks for.

        Raises:
            QuestionError: a member is wrong; nothing was looked for.
            NotAllowedError: he is no officer; that he tried is in the log.
            AuditUnavailableError: the log cannot be read or written now.
        """
        viewer = await self.require_officer(caller, request_id, what="search")
        question = read_question(members)
        person = None if question.person is None else self.persons.named(question.person)
        key = await self.key()
        async with self.opened() as connection:
            size = await place_of(connection, NAME)
            asked = size if question.after is None else min(size, question.after.size)
            wanted = self.wanted(question, viewer, person, key, asked)
            ids = await find(connection, wanted, most=question.limit)
            looked_at = [each async for each in self._looked_at(connection, viewer, ids)]
            complete = await self.complete(connection, asked)
        seen = [each for each, _ in looked_at if each is not None and question.holds(each.told.at)]
        rows = [self.showing(viewer, key).row(each) for each in seen]
        await self._keep(caller, request_id, question, person, len(rows))
        more = len(ids) == question.limit
        return {
            "complete_up_to": complete.as_json(),
            "events": rows,
            "unreadable": len(ids) - sum(is_whole for _, is_whole in looked_at),
            "next": Cursor(asked, ids[-1]).encoded() if more else None,
            "url": question.url(None if person is None else self.persons.sealed(person)),
            "request_id": request_id,
        }

    async def require_officer(self, caller: Caller, request_id: str, *, what: str) -> str:
        """Return of which organisation `caller` is the officer, or the word for the gateway's own.

        Raises:
            NotAllowedError: of none, or his login was too weak; that he tried is in the log.
            AuditUnavailableError: that cannot be kept.
        """
        viewer = viewer_of(caller)
        if viewer is not None:
            return viewer
        await self.committer.keep(looked(caller, request_id, {"read": what}, outcome=EventOutcome.DENY))
        raise NotAllowedError

    async def key(self) -> bytes:
        """Return the key of the search.

        Raises:
            AuditUnavailableError: the key service does not answer.
        """
        try:
            return await search_key(self.committer.facts.keys)
        except (KeyUnavailableError, OSError) as error:
            raise AuditUnavailableError("the log cannot be searched now") from error

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection to read the log with, and what is sealed in it.

        Raises:
            AuditUnavailableError: it cannot be read now.
        """
        try:
            async with reading(self.committer.engine) as connection:
                yield connection
        except (KeyUnavailableError, SealBrokenError) as error:
            raise AuditUnavailableError("the log cannot be opened now") from error

    def wanted(self, question: Question, viewer: str, person: str | None, key: bytes, size: int) -> Wanted:
        """Return what `question` of `viewer` looks for among the first `size` events."""
        return Wanted(
            terms=tuple(term.keyed(key) for term in question.terms(viewer)),
            person=person,
            size=size,
            since=FIRST if question.since is None else id_at(question.since - _ROUNDED),
            before=question.before if question.until is None else min(question.before, id_at(question.until)),
            # An institution knows whom its event tells of, and not whom else of the family.
            also_about=viewer == WHOLE,
        )

    async def parts(self, connection: AsyncConnection, viewer: str, ids: Sequence[str]) -> AsyncIterator[Part]:
        """Yield what `viewer` may see of the events with these ids, in their order; keys are brought many at once."""
        async for seen, _ in self._looked_at(connection, viewer, ids):
            # Who was erased between index and look may have taken the viewer's part with him.
            if seen is not None:
                yield seen

    async def _looked_at(
        self, connection: AsyncConnection, viewer: str, ids: Sequence[str]
    ) -> AsyncIterator[tuple[Part | None, bool]]:
        """Yield for each event that is there what `viewer` may see of it, and whether it could be read."""
        async for some in entries_of(connection, ids):
            unfit = await bring_keys(self.committer, connection, some)
            for each in some:
                told = tell_or_skip(self.committer, each, unfit)
                yield None if told is None else part(told, viewer), self._is_whole(each, told)

    def _is_whole(self, entry: Entry, told: Told | None) -> bool:
        """Say whether nobody changed `entry`; what went with an erased person is not missed.

        Nor is who it was about, where only that row was removed: it looks the same, and verifying tells them apart.
        """
        if told is None or not is_as_kept(entry):
            return False
        if told.fields:
            return entry.person is None or entry.sealed_person is not None
        try:
            opened(self.committer.sealer, entry)
        except EventBrokenError:
            return False
        return entry.person is None and entry.sealed_person is not None

    def showing(self, viewer: str, key: bytes) -> Showing:
        """Return how events are shown to `viewer`."""
        return Showing(lambda person: pseudonym(key, viewer, person), self.persons.sealed)

    async def complete(self, connection: AsyncConnection, size: int) -> Complete:
        """Return how far an answer over the first `size` events is complete.

        Where the last was changed, up to the instant of the last before it that was not.

        Raises:
            AuditUnavailableError: so many were changed that none tells.
        """
        for some in (1, _LOOKED_BACK):
            newest = [each async for each in entries(connection, since=max(0, size - some), size=size)]
            at = next((said for each in reversed(newest) if (said := written_at(each)) is not None), None)
            if at is not None or not size:
                return Complete(size, at)
        raise AuditUnavailableError("the newest events of the log were changed; verify it")

    async def _keep(self, caller: Caller, request_id: str, question: Question, person: str | None, count: int) -> None:
        """Put on record that he searched; whom he searched for finds it in his own log."""
        about = None if person is None else await self.persons.with_key(person)
        detail = {"read": "search", "question": told_question(question), "events": count}
        await self.committer.keep(looked(caller, request_id, detail, person=about))


def told_question(question: Question) -> dict[str, Any]:
    """Return a question as its event keeps it: whether it named a person, never whom."""
    told: dict[str, Any] = {str(what): value for what, value in question.asked.items()}
    if question.person is not None:
        told["person"] = True
    if question.why is not None:
        told["reason"] = str(question.why)
    period = {"from": question.since, "to": question.until}
    told |= {name: utc_milliseconds(moment) for name, moment in period.items() if moment is not None}
    if question.after is not None:
        told["after"] = question.after.size
    return told
