"""What was taken back stays taken back: a restored backup does not know of it, and the tombstone journal does.

Behind each act that closes (`gateway.erasing.closings`, a holder's switches, an emergency) a line is added to the
journal: before anybody is told that it is closed, and for what is left, a register's answer for example, within
seconds. It says about whom, under a pseudonym, and which of these; no more. So where a database does
not know of it, all of that kind about the person is closed, and for a lost no one stands that covers everything: he may
open it again himself. Only of what was ended the line says which fact it was, and of an emergency which.

Source: `design.md` I12; facts contract, F3 (closing is cheap).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Field, Kind
from audit.read import events_named
from audit.told import Told
from consent.keys import KeyService, KeyUnavailableError
from consent.known.rows import Known
from consent.store.recording import Recorded, amend, record
from gateway.committing.commit import Committer
from gateway.committing.fact_event import fact_event
from gateway.erasing.barred_since import closings_in, pseudonym_of_closing
from gateway.erasing.closings import ENDED, REMEMBERED, Ends, ended_by, is_unclear, kinds_of, unclear
from gateway.erasing.journal import Journal
from gateway.erasing.looking_up import is_known_of
from gateway.erasing.pseudonym import (
    pseudonym_of,
    pseudonym_of_fact,
    pseudonym_of_holder,
    pseudonym_of_registration,
)
from gateway.erasing.reading import Whom, is_done
from gateway.erasing.switched_off import switches_of
from gateway.erasing.tables import tombstone_done
from gateway.erasing.tombstone import BY, JournalError, Line, Tombstone, TombstoneKind
from gateway.erasing.unregistered import unregistered_by
from gateway.log.telling import tell_half_of
from gateway.logs import logger, where
from gateway.notices.due import keep_due
from gateway.registry.snapshot import OPERATOR
from schemas.calendar import local_milliseconds, utc_milliseconds

Clock = Callable[[datetime], datetime]
"""Turns the database's clock into that of decisions."""

NAME: Final = "tombstones"


@dataclass(frozen=True)
class Remembering:
    """The follower of the log that adds to the journal what was taken back."""

    journal: Journal
    epoch: Callable[[], int]
    name: str = NAME

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Add a line for each of `events` that took something back; who was erased needs none any more."""
        for each in events:
            for line in await self._lines(committer.facts.keys, each):
                # It was there already where the act itself added it, and is done where a start looked at it since.
                if not await is_done(connection, line.tombstone.seq):
                    await keep_done(connection, line)

    async def at_once(self, committer: Committer, event_ids: Sequence[str]) -> None:
        """Add a line for each of the events, just kept, that took something back.

        INVARIANT: who is told that it is closed has it outside of the database too, which may be lost the next moment.
        Only where journal or key service fail the line comes later: closing is cheap, and it is closed.

        Raises:
            SQLAlchemyError, OSError: the database is gone, or another answers in its place, and perhaps with it what it
                kept a moment ago.
        """
        try:
            async with committer.engine.connect() as connection:
                found = await events_named(connection, event_ids)
                if len(found) < len(event_ids):
                    raise OSError("the database that answers now has not what was kept a moment ago")
                events = await tell_half_of(committer, connection, found)
            for each in events:
                if each is not None:
                    await self._lines(committer.facts.keys, each)
        except (KeyUnavailableError, JournalError) as error:
            logger().error("log.following_waits", **where(error))

    async def _lines(self, keys: KeyService, event: Told) -> list[Line]:
        """Return the lines of what `event` took back, which are in the journal now.

        What was closed by a line of the journal needs no other: whatever database lacks it has that one to carry out.
        """
        if event.organisation == OPERATOR and event.fields.get(Field.ACTOR) == BY:
            return []
        kinds = [] if event.person is None else kinds_of(event)
        named = [(kind, await _pseudonym(keys, kind, event)) for kind in kinds]
        named += [(kind, await pseudonym_of_holder(keys, holder)) for kind, holder in switches_of(event)]
        for ended in unregistered_by(event):
            named.append((TombstoneKind.UNREGISTER, await pseudonym_of_registration(keys, *ended)))
        for closing in closings_in(event):
            named.append((TombstoneKind.EMERGENCY, await pseudonym_of_closing(keys, str(event.person), closing)))
        at = utc_milliseconds(event.at)
        return [await asyncio.to_thread(self._added, at, *each) for each in named]

    def _added(self, at: str, kind: TombstoneKind, pseudonym: str) -> Line:
        return self.journal.append(at=at, kind=kind, pseudonym=pseudonym, epoch=self.epoch())


async def _pseudonym(keys: KeyService, kind: TombstoneKind, event: Told) -> str:
    ended = ended_by(event) if kind is TombstoneKind.END else None
    return await pseudonym_of(keys, str(event.person)) if ended is None else await pseudonym_of_fact(keys, *ended)


async def keep_done(connection: AsyncConnection, line: Line) -> None:
    """Keep, in the open transaction, that this database carried out `line`."""
    await connection.execute(insert(tombstone_done).values(seq=line.tombstone.seq, digest=line.digest))


async def take_back(
    connection: AsyncConnection, committer: Committer, whom: Whom, tombstone: Tombstone, decided_at: Clock
) -> int:
    """Close what `tombstone` closes of `whom`, unless the database has its event; return how many facts that were.

    An event that somebody changed says nothing, and so keeps nothing open.
    """
    if await _knows(connection, whom.person, tombstone):
        return 0
    at, closed = local_milliseconds(decided_at(await committer.facts.clock(connection))), 0
    for ends in ENDED[tombstone.kind]:
        while await _end_one(connection, committer, whom, ends, at):
            closed += 1
    if tombstone.kind is TombstoneKind.REFUSE:
        closed += await _refuse(connection, committer, whom.person, at)
    if tombstone.kind is TombstoneKind.FINDING:
        closed += await _doubt(connection, committer, whom.person, at)
    return closed


async def _end_one(connection: AsyncConnection, committer: Committer, whom: Whom, ends: Ends, at: str) -> bool:
    """End one of the facts that stand; say whether there was one."""
    family = await committer.held(connection, whom.person)
    standing = next((each for each in family.known.values() if whom.has(each) and ends.stands(each, at)), None)
    if standing is None or (ends.only_named and whom.fact is None):
        return False
    fields, word = ends.ending(standing, at)
    recorded = await amend(connection, committer.facts, family, standing, fields, recorded_by=BY, word=word)
    await _keep(connection, committer, recorded, ends.kind, ends.said(standing, at))
    return True


async def _knows(connection: AsyncConnection, person: str, tombstone: Tombstone) -> bool:
    """Say whether the log has the event about `person` of which `tombstone` is the line, as it was kept."""
    kinds = {str(each) for each in REMEMBERED[tombstone.kind].kinds}
    if tombstone.kind is TombstoneKind.WITHDRAW:
        kinds.add(str(Kind.CONSENT_REFUSED))  # Journals of before had one kind of line for both.
    return await is_known_of(connection, person, tombstone.at, kinds)


async def _refuse(connection: AsyncConnection, committer: Committer, person: str, at: str) -> int:
    """Record that `person` himself refuses everything, where no such no of his stands; return how many were.

    A no closes more than the yeses that it answered: between 12 and 15 it guards what rests on other bases too.
    """
    family = await committer.held(connection, person)
    told = {"about": person, "given_by": person}
    if any(_is_general(each, told) for each in family.known.values()):
        return 0
    said = told | {"on": at}
    recorded = await record(connection, committer.facts, family, "refusals", said, recorded_by=BY)
    await _keep(connection, committer, recorded, Kind.CONSENT_REFUSED, said)
    return 1


async def _doubt(connection: AsyncConnection, committer: Committer, person: str, at: str) -> int:
    """Record that it is unclear whether `person` can decide, where it is not; return how many such findings were.

    So his yes and that of who would speak for him wait for a holder, until somebody finds anew.
    """
    family = await committer.held(connection, person)
    findings = [each for each in family.known.values() if each.section == "capacity" and each.person == person]
    if is_unclear(findings):
        return 0
    said = unclear(person, findings, at)
    recorded = await record(connection, committer.facts, family, "capacity", said, recorded_by=BY)
    await _keep(connection, committer, recorded, Kind.CAPACITY_RECORDED, said)
    return 1


def _is_general(known: Known, told: Mapping[str, str]) -> bool:
    return (
        known.section == "refusals"
        and known.source.keys() == {"id", "on", *told}
        and told.items() <= known.source.items()
    )


async def _keep(
    connection: AsyncConnection, committer: Committer, recorded: Recorded, kind: Kind, said: Mapping[str, Any]
) -> None:
    await committer.log.append(connection, fact_event(recorded, kind, said, by=BY, organisation=OPERATOR))
    await keep_due(connection, recorded, said)
