"""What was taken back stays taken back: a restored backup does not know of it, and the tombstone journal does.

Behind each act that closes (`_REMEMBERED`, and a holder's stop) a line is added to the journal, within seconds. It
says about whom, under a pseudonym, and which of these; no more. So where a database does not know of it, all of that
kind about the person is closed, and for a lost no one stands that covers everything: he may open it again himself.

Source: `design.md` I12; facts contract, F3 (closing is cheap).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import events_about
from audit.told import Told
from consent.known.contradictions import STARTS
from consent.known.family import Family, Known
from consent.naming import OWNER
from consent.store.recording import Recorded, amend, record
from gateway.committing.commit import Committer
from gateway.erasing.journal import Journal
from gateway.erasing.pseudonym import pseudonym_of, pseudonym_of_holder
from gateway.erasing.stopping_again import is_stop
from gateway.erasing.tables import tombstone_done
from gateway.erasing.tombstone import Line, Tombstone, TombstoneKind
from gateway.log.telling import written_at
from gateway.logs import logger
from gateway.notices.due import keep_due
from gateway.registry.snapshot import OPERATOR
from schemas.calendar import local_milliseconds, parse_moment, utc_milliseconds
from schemas.words import InvolvementKind

Clock = Callable[[datetime], datetime]
"""Turns the database's clock into that of decisions."""

NAME: Final = "tombstones"
_BY: Final = {"operator": OPERATOR, "because": "tombstone"}
_JOINT: Final = str(InvolvementKind.JOINT_HELP)
_OBJECTION: Final = "objection_on"


@dataclass(frozen=True, slots=True)
class Closes:
    """Which events of `kinds` close: all, or those that say one of `fields` (as `value`, where that is given).

    With `anew`, recording a fact that has the field from its beginning does so too.
    """

    kinds: frozenset[Kind]
    fields: frozenset[str] | None = None
    value: bool | None = None
    anew: bool = False

    def meets(self, event: Told) -> bool:
        """Say whether `event` closed, or may have: it cannot be read any more."""
        if event.kind not in self.kinds:
            return False
        detail = event.fields.get(Field.DETAIL)
        if self.fields is None or detail is None or "said" not in detail:
            return True
        said = detail["said"]
        if not self.anew and OWNER.get(detail.get("section"), "id") in said:
            return False
        return any(self.value is None or said[name] is self.value for name in self.fields & said.keys())


_REMEMBERED: Final = {
    TombstoneKind.WITHDRAW: Closes(frozenset({Kind.CONSENT_WITHDRAWN})),
    TombstoneKind.REFUSE: Closes(frozenset({Kind.CONSENT_REFUSED})),
    TombstoneKind.MANDATE: Closes(frozenset({Kind.MANDATE_CHANGED})),
    TombstoneKind.OBJECT: Closes(frozenset({Kind.FACT_CLOSED}), frozenset({_OBJECTION})),
    TombstoneKind.DENY: Closes(
        frozenset({Kind.FACT_RECORDED, Kind.FACT_CLOSED}), frozenset({"contact_denied"}), value=True, anew=True
    ),
    TombstoneKind.AUTHORITY: Closes(
        frozenset({Kind.AUTHORITY_CHANGED}), frozenset({"disputed", "suspended_on", "until"})
    ),
    TombstoneKind.ORDER: Closes(frozenset({Kind.ORDER_CHANGED}), frozenset({"ended_on"})),
    TombstoneKind.HOLDER: Closes(frozenset({Kind.HOLDER_DECIDED}), frozenset({"approved"}), value=False, anew=True),
}
"""Of which events a line is added. What else ends a fact may be recorded anew: `docs/how-to/forget.md`."""


@dataclass(frozen=True, slots=True)
class Ends:
    """How facts of a section are ended: by which field, with which `value` (or an instant), as which kind of event."""

    section: str
    field: str
    kind: Kind
    value: bool | None = None

    def stands(self, known: Known, person: str) -> bool:
        """Say whether `known` is such a fact of `person`, and was not ended yet."""
        if known.section != self.section or known.person != person:
            return False
        if self.value is not None:
            return known.source.get(self.field, not self.value) is not self.value
        # Help itself rests on no silence, so nobody objects to it: it is ended.
        return self.field not in known.source and (self.section != "involvements" or known.source["kind"] == _JOINT)


_CONSENTS: Final = (Ends("consents", "withdrawn_on", Kind.CONSENT_WITHDRAWN),)
_ENDED: Final = {
    TombstoneKind.WITHDRAW: _CONSENTS,
    TombstoneKind.REFUSE: _CONSENTS,
    TombstoneKind.MANDATE: (Ends("mandates", "suspended_on", Kind.MANDATE_CHANGED),),
    TombstoneKind.OBJECT: (
        Ends("involvements", _OBJECTION, Kind.FACT_CLOSED),
        Ends("referrals", _OBJECTION, Kind.FACT_CLOSED),
    ),
    TombstoneKind.DENY: (Ends("family", "contact_denied", Kind.FACT_CLOSED, value=True),),
    # Not ended: the end of one of two would make the yes of the other enough, while who is disputed keeps his no.
    TombstoneKind.AUTHORITY: (Ends("authority", "disputed", Kind.AUTHORITY_CHANGED, value=True),),
    TombstoneKind.ORDER: (Ends("orders", "ended_on", Kind.ORDER_CHANGED),),
    TombstoneKind.HOLDER: (Ends("holder_decisions", "approved", Kind.HOLDER_DECIDED, value=False),),
}
TAKEN_BACK: Final = frozenset(_ENDED)
"""The kinds of line that close what stands, and erase nobody."""


@dataclass(frozen=True)
class Remembering:
    """The follower of the log that adds to the journal what was taken back."""

    journal: Journal
    epoch: Callable[[], int]
    name: str = NAME

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Add a line for each of `events` that took something back; who was erased needs none any more.

        What was closed by a line of the journal needs no other: whatever database lacks it has that one to carry out.
        """
        keys = committer.facts.keys
        for each in events:
            if each.organisation == OPERATOR and each.fields.get(Field.ACTOR) == _BY:
                continue
            lines = [] if each.person is None else [(kind, each.person) for kind in _kinds_of(each)]
            named = [(kind, await pseudonym_of(keys, person)) for kind, person in lines]
            if is_stop(each):
                named.append((TombstoneKind.STOP, await pseudonym_of_holder(keys, each.organisation)))
            for kind, pseudonym in named:
                line = await asyncio.to_thread(self._added, utc_milliseconds(each.at), kind, pseudonym)
                await keep_done(connection, line)

    def _added(self, at: str, kind: TombstoneKind, pseudonym: str) -> Line:
        return self.journal.append(at=at, kind=kind, pseudonym=pseudonym, epoch=self.epoch())


def _kinds_of(event: Told) -> list[TombstoneKind]:
    """Return as what `event` is remembered; of what cannot be read any more all that it may have been."""
    return [kind for kind, closes in _REMEMBERED.items() if closes.meets(event)]


async def keep_done(connection: AsyncConnection, line: Line) -> None:
    """Keep, in the open transaction, that this database carried out `line`."""
    await connection.execute(insert(tombstone_done).values(seq=line.tombstone.seq, digest=line.digest))


async def take_back(
    connection: AsyncConnection, committer: Committer, person: str, tombstone: Tombstone, decided_at: Clock
) -> int:
    """Close what `tombstone` closes of `person`, unless the database has its event; return how many facts that were.

    An event that somebody changed says nothing, and so keeps nothing open.
    """
    if await _knows(connection, person, tombstone):
        return 0
    closed = 0
    for ends in _ENDED[tombstone.kind]:
        while (standing := _standing(family := await _held(connection, committer, person), person, ends)) is not None:
            at = local_milliseconds(decided_at(await committer.facts.clock(connection)))
            said = {ends.field: _end_of(standing, at) if ends.value is None else ends.value}
            recorded = await amend(connection, committer.facts, family, standing, said, recorded_by=_BY)
            await _keep(connection, committer, recorded, ends.kind, said)
            closed += 1
    if tombstone.kind is TombstoneKind.REFUSE:
        closed += await _refuse(connection, committer, person, decided_at)
    return closed


async def _knows(connection: AsyncConnection, person: str, tombstone: Tombstone) -> bool:
    """Say whether the log has the event about `person` of which `tombstone` is the line, as it was kept."""
    events = [(written_at(each), each) for each in await events_about(connection, person)]
    if any(at is None for at, _ in events):
        # The start goes on: closing needs none of them, and nobody is to wait for who changed one.
        logger().error("log.event_broken")
    kinds = [each.leaf_json["kind"] for at, each in events if at == tombstone.at]
    known = {str(each) for each in _REMEMBERED[tombstone.kind].kinds}
    return any(isinstance(each, str) and (each in known or _was_one(each, tombstone.kind)) for each in kinds)


def _was_one(event: str, kind: TombstoneKind) -> bool:
    # Journals of before had one kind of line for both.
    return kind is TombstoneKind.WITHDRAW and event == Kind.CONSENT_REFUSED


async def _held(connection: AsyncConnection, committer: Committer, person: str) -> Family:
    family = await committer.facts.held(connection, person)
    committer.sealer.know(family.members, family.keys)
    return family


def _standing(family: Family, person: str, ends: Ends) -> Known | None:
    return next((each for each in family.known.values() if ends.stands(each, person)), None)


def _end_of(known: Known, at: str) -> str:
    return str(max([at, *(known.source[name] for name in STARTS if name in known.source)], key=parse_moment))


async def _refuse(connection: AsyncConnection, committer: Committer, person: str, decided_at: Clock) -> int:
    """Record that `person` himself refuses everything, where no such no of his stands; return how many were.

    A no closes more than the yeses that it answered: between 12 and 15 it guards what rests on other bases too.
    """
    family = await _held(connection, committer, person)
    told = {"about": person, "given_by": person}
    if any(_is_general(each, told) for each in family.known.values()):
        return 0
    said = told | {"on": local_milliseconds(decided_at(await committer.facts.clock(connection)))}
    recorded = await record(connection, committer.facts, family, "refusals", said, recorded_by=_BY)
    await _keep(connection, committer, recorded, Kind.CONSENT_REFUSED, said)
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
    detail = {"section": recorded.section, "fact": recorded.id, "version": recorded.version, "said": dict(said)}
    event = Event(
        kind=kind,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        person=recorded.person,
        also_about=tuple(sorted(recorded.concerns - {recorded.person})),
        fields={Field.ACTOR: dict(_BY), Field.SUBJECT: recorded.person, Field.DETAIL: detail},
    )
    await committer.log.append(connection, event)
    await keep_due(connection, recorded, said)
