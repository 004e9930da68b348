"""The access report: who looked at somebody's data, what, when and why, for who may hear it, and what is withheld.

The officer sees each line that is withheld and why; the letter says only that there may be more. What is told rests on
the facts of the family: where one moves, or ends, before the event is kept, everything is read again.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.checkpoint import read_note
from audit.events import Event, EventOutcome, Kind
from audit.finding.search import find_every
from audit.heads import newest_size, note_of
from audit.own_log.days import Line, in_days, line_of
from audit.own_log.sight import Sight
from audit.own_log.withheld import Why, withheld
from audit.part import WHOLE, Part
from audit.store import AuditUnavailableError
from consent.known.family import Gathered
from consent.naming import PERSON_SYSTEM
from consent.store.holding import lock
from consent.whose_log import reads_as
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.idempotency import Idempotency, Kept
from gateway.committing.lasting import Lasting
from gateway.committing.once import unless_broken
from gateway.database.engine import write_transaction
from gateway.identity.caller import Caller
from gateway.log.following import place_of
from gateway.log.indexing import NAME
from gateway.log.own_sight import sight_of
from gateway.log.persons import pseudonym
from gateway.log.question import Question
from gateway.log.reading import looked
from gateway.log.reports.access_letter import Letter, texts_in
from gateway.log.searching import Complete, Searching, told_question
from schemas.calendar import parse_moment
from schemas.canonical_json import canonical
from schemas.texts import LANGUAGES

ATTEMPTS: Final = 3
OTHERS_PART: Final = "other-organisation"
"""Why an institution's officer leaves out an event: his part tells nothing of it; the gateway's own officer does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For whom a report is: about `person`, for `reader` (both as a URL names them), and in which period."""

    person: str
    reader: str
    question: Question


@dataclass(frozen=True, slots=True)
class Report:
    """What the officer gets: the letter, and by event id why a line is not in it. No letter: it is not for `reader`."""

    letter: Letter | None
    withheld: Mapping[str, str]
    told: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it as an answer tells it."""
        if self.letter is None:
            message = {language: texts_in(language)("report.may-not") for language in LANGUAGES}
            return {"may_receive": False, "message": message}
        held = [{"id": name, "why": why} for name, why in self.withheld.items()]
        return {"may_receive": True, "letter": self.letter.as_json(), "withheld": held, **self.told}


@dataclass(frozen=True, slots=True)
class Written:
    """A report as it leaves: bytes of `media_type`."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class AccessReports:
    """Makes access reports. `decided_at` turns the database's clock into that of decisions."""

    searching: Searching
    decided_at: Callable[[datetime], datetime]

    async def make(self, caller: Caller, call: Call, asked: Asked, write: Callable[[Report], Written]) -> Written:
        """Return the report as `write` writes it; that it was made is on record, and the person finds it in his log.

        Where the key was used before it is the report of then, as long as its reader may have it and no fact moved;
        else one of now, with an event of its own.

        Raises:
            NotAllowedError: no officer, or nobody whom he may know; that he tried is in the log.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: log or facts cannot be read or written now, or the facts keep moving.
        """
        viewer = await self.searching.require_officer(caller, call.request_id, what="access-report")
        person = self.searching.persons.named(asked.person)
        for _ in range(ATTEMPTS):
            gathered = await self.searching.committer.gather(PERSON_SYSTEM, person, also=frozenset())
            key = await self.searching.key()
            async with self.searching.opened() as connection:
                look = await self._looked(connection, viewer, gathered, person, asked.question, key)
                if gathered.person is None or (viewer != WHOLE and not look.seen):
                    break
                report = await self._report(connection, look, asked)
            told = dict(report.told)
            event = looked(caller, call.request_id, told, kind=Kind.LOG_EXPORTED, person=gathered.person)
            versions = gathered.versions
            rests_on = canonical([versions.persons, versions.registry, told["reads_as"], viewer]).hex()
            kept = await self._once(caller, call, event, gathered, _Answer(rests_on, write(report)))
            if kept is not None:
                return kept.written
        else:
            raise AuditUnavailableError("the facts keep moving")
        denied = looked(caller, call.request_id, {"read": "access-report"}, outcome=EventOutcome.DENY)
        await self.searching.committer.keep(denied)
        raise NotAllowedError

    async def _once(
        self, caller: Caller, call: Call, event: Event, gathered: Gathered, answer: "_Answer"
    ) -> "_Answer | None":
        """Keep `event`; return `answer` or that of before where the same holds; None where a fact moved or ended."""
        committer = self.searching.committer
        committer.health.require_anchored()
        idempotency = Idempotency(committer.facts.keys, committer.sealer)
        lasting = Lasting(committer.facts, self.decided_at)
        with unless_broken("the report cannot be recorded now"):
            prepared = committer.log.build(event)
            async with write_transaction(committer.engine) as connection:

                async def acted() -> Kept:
                    await committer.log.insert(connection, prepared)
                    return Kept.of(answer.as_text(), prepared)

                if not await lock(connection, gathered.versions):
                    return None
                if not await lasting.stands(connection, gathered.facts, self.decided_at(gathered.at)):
                    return None
                found = _Answer.of((await idempotency.done(connection, caller, call, acted)).answer)
                if found.rests_on != answer.rests_on:
                    # INVARIANT: who may hear less by now does not hear what was written before.
                    found = _Answer.of((await acted()).answer)
        return found  # only here, behind the commit, may anybody see

    async def _looked(  # noqa: PLR0913, PLR0917 - who looks at what, in the order in which it is known
        self,
        connection: AsyncConnection,
        viewer: str,
        gathered: Gathered,
        person: str,
        question: Question,
        key: bytes,
    ) -> "_Look":
        size = await place_of(connection, NAME)
        wanted = self.searching.wanted(question, viewer, person, key, size)
        ids = [each async for each in find_every(connection, wanted)]
        parts = [each async for each in self.searching.parts(connection, viewer, ids)]
        seen = [each for each in parts if question.holds(each.told.at)]
        # What somebody changed has no part that could be seen: it is withheld, and why.
        lost = {*ids} - {each.told.id for each in parts}
        return _Look(viewer, gathered, key, seen, lost, await self.searching.complete(connection, size))

    async def _report(self, connection: AsyncConnection, look: "_Look", asked: Asked) -> Report:
        gathered, question = look.gathered, asked.question
        person, reader = str(gathered.person), self.searching.persons.named(asked.reader)
        at = self.decided_at(gathered.at)
        reading = reads_as(reader, person, gathered.facts, at)
        told = {"read": "access-report", "reads_as": reading, "question": told_question(question)}
        if reading is None:
            return Report(None, {}, told)
        registry = await self.searching.committer.facts.registry(connection)
        organisations = registry.organisations
        sight = sight_of(
            reader=reader, person=person, reading=reading, facts=gathered.facts, organisations=organisations, at=at
        )
        colleague = partial(pseudonym, look.key, f"{look.viewer}/{person}")
        to_be_told = filter(None, (each.to_be_told for each in look.seen))
        lines = [line for each in to_be_told if (line := line_of(each, sight, colleague))]
        letter = Letter(
            reading=reading,
            number=pseudonym(look.key, look.viewer, person),
            of=None if look.viewer == WHOLE else sight.hearer.names.get(look.viewer, look.viewer),
            since=question.since,
            until=look.until(question),
            days=in_days(lines),
            root=await _root(connection),
        )
        held = {**dict(_withheld(look.seen, sight, lines)), **dict.fromkeys(sorted(look.lost), str(Why.UNREADABLE))}
        counts = {"lines": len(lines), "withheld_lines": len(held), "complete_up_to": look.complete.as_json()}
        return Report(letter, held, {**told, **counts, "sha256": _digest(letter)})


@dataclass(frozen=True, slots=True)
class _Answer:
    """A report as it is kept for a repeated request, with what it may be shown by."""

    rests_on: str
    written: Written

    def as_text(self) -> str:
        content = b64encode(self.written.content).decode()
        return json.dumps([self.rests_on, self.written.media_type, content])

    @classmethod
    def of(cls, text: str) -> "_Answer":
        rests_on, media_type, content = json.loads(text)
        return cls(rests_on, Written(media_type, b64decode(content)))


@dataclass(frozen=True, slots=True)
class _Look:
    """What was read for a report: the parts of the events about the person that `viewer` sees, the newest first."""

    viewer: str
    gathered: Gathered
    key: bytes
    seen: list[Part]
    lost: AbstractSet[str]
    complete: Complete

    def until(self, question: Question) -> datetime:
        """Return up to when the report is whole: no later than the last event that can be found."""
        last = self.gathered.at if self.complete.at is None else parse_moment(self.complete.at)
        return last if question.until is None else min(last, question.until)


def _withheld(seen: list[Part], sight: Sight, lines: list[Line]) -> Iterator[tuple[str, str]]:
    told = {each.id for line in lines for each in line.events}
    for each in seen:
        if each.told.id in told:
            continue
        why = OTHERS_PART if (own := each.to_be_told) is None else withheld(own, sight)
        yield each.told.id, str(why or Why.UNCLASSIFIED)


def _digest(letter: Letter) -> str:
    return hashlib.sha256(repr(letter.as_json()).encode()).hexdigest()


async def _root(connection: AsyncConnection) -> str | None:
    size = await newest_size(connection)
    if size is None:
        return None
    return b64encode(read_note((await note_of(connection, size)).encode())[0].root).decode()
