"""Erasing a person: in one transaction all that is his goes and the event comes, with the tombstone on disk before it.

Whether he may go is looked at in that transaction too, once nobody can change anything about his family any more; so no
tombstone is made of who must be kept. It is made last: whoever is killed behind it leaves one that nobody carried out,
and the next start, or the next command, does. Nothing of it can be taken back.

Source: `reference/security.md` 2.2 (order of erase); audit log contract, promise 4; `design.md` I12.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event, EventOutcome, Field, Kind
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.erasing.barred_since import bar_again, person_in
from gateway.erasing.belongings import count_sealed, destroy, hold_still
from gateway.erasing.closings import BY_FACT, TAKEN_BACK
from gateway.erasing.journal import Journal, require_held
from gateway.erasing.pseudonym import pseudonym_of, pseudonym_of_holder
from gateway.erasing.reading import (
    Whom,
    carried_out,
    facts_named,
    hold,
    is_done,
    is_known,
    persons_named,
)
from gateway.erasing.switched_off import SWITCHES, is_lost, switch_off
from gateway.erasing.tombstone import JournalError, Line, Tombstone, TombstoneKind
from gateway.erasing.unregistered import end_again
from gateway.erasing.withdrawing import Clock, keep_done, take_back
from gateway.registry.snapshot import OPERATOR
from schemas.calendar import local_milliseconds, utc_milliseconds

_TRIES: Final = 5
_AGAIN: Final = {"40P01", "23505"}
"""A deadlock, and that another process carried it out meanwhile: the next try finds that."""
NOT_ALLOWED: Final = "42501"
_CLOSING: Final = TAKEN_BACK | SWITCHES.keys() | {TombstoneKind.EMERGENCY, TombstoneKind.UNREGISTER}
"""The kinds of line that close what stands, and erase nobody."""
UNKNOWN: Final = "nobody is known here by this id, or not any more; nothing was done"


class ErasingStep(StrEnum):
    """The places between the steps, where a test may kill the process."""

    TOMBSTONE_KEPT = "tombstone-kept"
    DESTROYED = "destroyed"
    """Not yet committed."""
    COMMITTED = "erasure-committed"


class UnknownPersonError(Exception):
    """Nobody is known here by this id: never was, or not any more."""


class MayNotEraseError(Exception):
    """This login may not delete; the message says which may."""


Acts = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Returns who acts, for the event whose `detail` it is given: an officer signs that."""


Free = Callable[[AsyncConnection], Awaitable[None]]
"""Raises where somebody must be kept, by what it reads on a connection of the gateway's own login."""

T = TypeVar("T")


async def nothing(_step: ErasingStep) -> None:
    """Go on: what every place does unless a test says otherwise."""


async def anybody(_connection: AsyncConnection) -> None:
    """Let go of anybody: for whom it was decided already."""


@dataclass(frozen=True)
class Erasing:
    """Erases in one database. `engine` may delete (the eraser's login), and is the committer's where there is one."""

    committer: Committer
    engine: AsyncEngine
    journal: Journal
    epoch: Callable[[], int]
    """The newest epoch of the keys that wrap persons' keys."""
    reached: Callable[[ErasingStep], Awaitable[None]] = field(default=nothing)
    marked: Callable[[], Sequence[tuple[int, bytes]]] = field(default=tuple)
    """What is known elsewhere than in the database of lines that the journal must have: number and digest."""
    mark: Callable[[Line], None] = field(default=lambda _: None)
    """Makes it known there that the journal has a line."""
    decided_at: Clock = field(default=lambda instant: instant)

    async def erase(self, person: str, *, acts: Acts, why: Mapping[str, Any], free: Free = anybody) -> dict[str, int]:
        """Erase `person`, if `free` lets him go; return how many rows went, by table.

        The event says who `acts`, and `why`. Call `resume` first, once. `free` is asked while nobody can change what it
        reads, and what it raises is raised.

        Raises:
            UnknownPersonError: nobody has this id; nothing is written.
            JournalError: the tombstone is not on disk; nothing is erased.
            MayNotEraseError: this login may not; nothing is written.
            AuditUnavailableError, SQLAlchemyError, OSError: where the tombstone stands, the next `resume` erases him.
        """
        kept: list[Line] = []
        if not await is_known(self.committer.engine, person):
            raise UnknownPersonError(UNKNOWN)
        pseudonym = await pseudonym_of(self.committer.facts.keys, person)

        async def once() -> dict[str, int]:
            async with write_transaction(self.engine) as connection:
                if kept and await is_done(connection, kept[0].tombstone.seq):
                    return {}  # another process was first
                if not await hold(connection, person):
                    raise UnknownPersonError(UNKNOWN)
                await hold_still(connection)
                if not kept:
                    async with self.committer.engine.connect() as reading:
                        await free(reading)
                sealed = await count_sealed(connection, person)
                gone = await destroy(connection, person)
                if not kept:
                    kept.append(await asyncio.to_thread(self._kept, pseudonym))
                    self.mark(kept[0])
                await self.reached(ErasingStep.TOMBSTONE_KEPT)
                await self._settle(connection, kept[0], gone, acts, {"sealed": sealed, **why})
            return gone

        gone = await _again(once)
        await self.reached(ErasingStep.COMMITTED)
        return gone

    def _kept(self, pseudonym: str) -> Line:
        at = utc_milliseconds(self.committer.log.now())
        return self.journal.append(at=at, kind=TombstoneKind.ERASE, pseudonym=pseudonym, epoch=self.epoch())

    async def resume(self) -> int:
        """Carry out every tombstone of the journal that this database did not; return how many that were.

        A backup that was restored holds persons who were erased since, and a yes that was taken back: they are erased
        again, and it is closed.

        Raises:
            JournalError: the journal is missing, cut off or changed, or another database's.
            MayNotEraseError, AuditUnavailableError, SQLAlchemyError, OSError: not all were carried out.
        """
        lines, waiting = await self._waiting()
        found = await self._found([each.tombstone for each in waiting])
        for line in waiting:
            whom = found.get(person_in(line.tombstone))
            if line.tombstone.kind in _CLOSING:
                await self._close(line, whom)
            else:
                await self._carry_out(line, None if whom is None else whom.person)
        if lines[-1].tombstone.seq > max((seq for seq, _ in self.marked()), default=0):
            self.mark(lines[-1])
        return len(waiting)

    async def require_forgotten(self) -> None:
        """Look that nobody stands in the database whom the journal names as erased: one that was restored, perhaps.

        Raises:
            JournalError: somebody does, or the journal is missing, cut off or changed, or another database's.
            SQLAlchemyError, OSError, KeyUnavailableError: it cannot be seen.
        """
        _, waiting = await self._waiting()
        erased = [each.tombstone for each in waiting if each.tombstone.kind is TombstoneKind.ERASE]
        if await self._found(erased):
            raise JournalError(
                "somebody who was erased stands in this database: it is a restored backup, or an erasure was broken"
                " off; run `schakel tombstones replay`, and try again"
            )

    async def _waiting(self) -> tuple[tuple[Line, ...], list[Line]]:
        """Return all lines of the journal, and those that this database did not carry out."""
        done = await carried_out(self.committer.engine)
        must = [*done, *self.marked()]
        # Read last: whoever erases meanwhile adds his line before anything else.
        lines = self.journal.read()
        require_held(must, lines)
        known = {seq for seq, _ in done}
        return lines, [each for each in lines if each.tombstone.seq not in known]

    async def _close(self, line: Line, whom: Whom | None) -> None:
        async def once() -> None:
            # Under the gateway's own login: closing is what it does every day.
            async with write_transaction(self.committer.engine) as connection:
                if not await is_done(connection, line.tombstone.seq):
                    await self._closed(connection, line.tombstone, whom)
                    await keep_done(connection, line)

        await _again(once)

    async def _closed(self, connection: AsyncConnection, told: Tombstone, whom: Whom | None) -> None:
        committer = self.committer
        if told.kind in SWITCHES:
            await self._switched_off(connection, told)
        elif told.kind is TombstoneKind.UNREGISTER:
            now = local_milliseconds(self.decided_at(await committer.facts.clock(connection)))
            await end_again(connection, committer, told.pseudonym, told.at, now)
        elif whom is None:
            return  # whom it is about nobody knows here
        elif told.kind is TombstoneKind.EMERGENCY:
            await bar_again(connection, committer, whom.person, told, self.decided_at)
        else:
            await take_back(connection, committer, whom, told, self.decided_at)

    async def _switched_off(self, connection: AsyncConnection, told: Tombstone) -> None:
        committer = self.committer
        for each in (await committer.facts.registry(connection)).organisations:
            is_his = await pseudonym_of_holder(committer.facts.keys, each.id) == told.pseudonym
            if is_his and await is_lost(connection, committer, told.kind, each.id, told.at):
                await switch_off(connection, committer, told.kind, each.id)

    async def _found(self, told: Sequence[Tombstone]) -> dict[str, Whom]:
        keys = self.committer.facts.keys
        persons = {person_in(each) for each in told}
        ends = {each.pseudonym for each in told if each.kind is TombstoneKind.END}
        async with self.committer.engine.connect() as connection:
            found = await persons_named(connection, keys, persons)
            return found | await facts_named(connection, keys, ends - found.keys(), BY_FACT)

    async def _carry_out(self, line: Line, person: str | None) -> None:
        async def once() -> None:
            async with write_transaction(self.engine) as connection:
                if await is_done(connection, line.tombstone.seq):
                    return  # another process was first
                gone, sealed = {}, 0
                if person is not None and await hold(connection, person):
                    await hold_still(connection)
                    sealed = await count_sealed(connection, person)
                    gone = await destroy(connection, person)
                await self._settle(connection, line, gone, _resumed, {"sealed": sealed, "because": "tombstone"})

        await _again(once)
        await self.reached(ErasingStep.COMMITTED)

    async def _settle(
        self, connection: AsyncConnection, line: Line, gone: Mapping[str, int], acts: Acts, why: Mapping[str, Any]
    ) -> None:
        """Keep, in the open transaction, that `line` is carried out, and the event where anything is `gone`."""
        await keep_done(connection, line)
        if gone:
            await self.committer.log.append(connection, _erased(line, gone, acts, why))
        await self.reached(ErasingStep.DESTROYED)


async def _again(once: Callable[[], Awaitable[T]]) -> T:
    """Do `once`, a transaction, and again where others were in its way."""
    for tried in range(1, _TRIES + 1):
        try:
            return await once()
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == NOT_ALLOWED:
                raise MayNotEraseError(
                    "this login of the database may not delete; name the eraser's in SCHAKEL_ERASER_DATABASE_URL and"
                    " try again (what the journal has already: `schakel tombstones replay`)"
                ) from None
            if state not in _AGAIN or tried == _TRIES:
                raise
            await asyncio.sleep(0.05 * tried)
    raise AssertionError("the last try returns or raises")


async def require_no_journal_needed(engine: AsyncEngine, marked: Sequence[tuple[int, bytes]]) -> None:
    """Look that nobody was ever erased here, so that it may be served without a journal, or one may begin.

    Raises:
        JournalError: somebody was, as the database says or what is `marked` elsewhere.
    """
    if marked or await carried_out(engine):
        raise JournalError(
            "people were erased from this database: name the folder of its journal in SCHAKEL_TOMBSTONES, and put back"
            " the journal in use; a new one would not know of them"
        )


def _resumed(_detail: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"operator": OPERATOR}


def _erased(line: Line, gone: Mapping[str, int], acts: Acts, why: Mapping[str, Any]) -> Event:
    tombstone = line.tombstone
    told = {
        "tombstone": tombstone.seq,
        "pseudonym": tombstone.pseudonym,
        "epoch": tombstone.epoch,
        "rows": dict(gone),
        **why,
    }
    return Event(
        kind=Kind.SUBJECT_ERASED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={Field.ACTOR: dict(acts(told)), Field.DETAIL: told},
    )
