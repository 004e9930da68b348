"""Who closed an emergency bars the next one, though a restored backup does not know of it: the tombstone journal does.

A line names a person, who asked whom and which side closed, and which emergency that was. Where the database has that
emergency it is closed again. Where the backup was made before it was opened, one that is closed takes its place, for as
long as it may have lasted: so who asked then may not ask again, as if nothing had been lost, and nobody else is barred.
What the asker's own side closed bars nobody, so it has no line.

Source: `design.md` I12; `gateway.emergency.standing`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.told import Told
from consent.keys import KeyService
from consent.store.appending import new_id, raise_versions
from gateway.committing.commit import Committer
from gateway.emergency.closing import closing_detail
from gateway.emergency.parts import Part, keep_closed, keep_part, uses_about
from gateway.emergency.standing import LASTS, LOOKED_BACK, Side, Use
from gateway.erasing.looking_up import is_known_of
from gateway.erasing.pseudonym import pseudonym_of, pseudonym_of_asking, pseudonym_of_emergency
from gateway.erasing.tombstone import BY, Tombstone, TombstoneKind
from gateway.registry.snapshot import OPERATOR
from schemas.calendar import parse_moment
from schemas.words import OrganisationKind

_BETWEEN: Final = "."
_NOBODY: Final = "unknown"
"""Who opened what nothing is known of any more."""
_BARRING: Final = (Side.HOLDER, Side.GATEWAY)


@dataclass(frozen=True, slots=True)
class Closing:
    """From which side it was closed what `asker` asked of `holder`; `emergency` None where nothing says which."""

    asker: str
    holder: str
    side: Side
    emergency: str | None = None


def closings_in(event: Told) -> Iterator[Closing]:
    """Give what `event` closed that bars; of what cannot be read any more all that it may have been."""
    if (event.kind, event.outcome) != (Kind.EMERGENCY_CLOSED, EventOutcome.OK) or event.person is None:
        return
    detail, parties = event.fields.get(Field.DETAIL), {event.organisation, *event.counterparties} - {OPERATOR}
    if detail is None:
        side = Side.GATEWAY if event.organisation == OPERATOR else Side.HOLDER
        for holder in sorted(parties):
            yield Closing(min(parties - {holder}, default=holder), holder, side)
        return
    holder, side = detail["holder"], Side(detail["closed_by"])
    if side in _BARRING:
        # A crisis service that asked itself stands there once.
        yield Closing(min(parties - {holder}, default=holder), holder, side, detail["emergency"])


async def pseudonym_of_closing(keys: KeyService, person: str, closing: Closing) -> str:
    """Return three pseudonyms: of `person`, of who asked whom and which side closed, and of the emergency.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    asking = await pseudonym_of_asking(keys, closing.asker, closing.holder, str(closing.side))
    emergency = await pseudonym_of_emergency(keys, closing.emergency or "", closing.holder)
    return _BETWEEN.join((await pseudonym_of(keys, person), asking, emergency))


def person_in(tombstone: Tombstone) -> str:
    """Return the pseudonym of whom, or what, a line names first."""
    if tombstone.kind is not TombstoneKind.EMERGENCY:
        return tombstone.pseudonym
    return tombstone.pseudonym.partition(_BETWEEN)[0]


async def bar_again(
    connection: AsyncConnection,
    committer: Committer,
    person: str,
    tombstone: Tombstone,
    decided_at: Callable[[datetime], datetime],
) -> bool:
    """Have what `tombstone` says that was closed about `person` bar again; return whether that was needed.

    It was not where the log has that it was closed, or where it would have ended by itself since.
    """
    now = committer.log.now()
    left = parse_moment(tombstone.at) + LASTS - now
    if left <= timedelta() or await is_known_of(connection, person, tombstone.at, {str(Kind.EMERGENCY_CLOSED)}):
        return False
    asked = await _asked(connection, committer, tombstone)
    if asked is None:
        return False
    family = await committer.held(connection, person)
    at = decided_at(now)
    part = await _part(connection, committer, person, tombstone, asked, at=at, left=left)
    if not part.may_close(asked.side, at):
        return False
    await keep_closed(connection, part, asked.side, at)
    await committer.log.append(connection, _event(part, asked.side))
    await raise_versions(connection, {member: version + 1 for member, version in family.members})
    return True


async def _asked(connection: AsyncConnection, committer: Committer, tombstone: Tombstone) -> Closing | None:
    """Return who asked whom and which side closed; None where one of them is not registered here."""
    named = tombstone.pseudonym.split(_BETWEEN)[1]
    organisations = (await committer.facts.registry(connection)).organisations
    for asker in (each for each in organisations if each.kind is OrganisationKind.CRISIS_SERVICE):
        for holder in organisations:
            for side in _BARRING:
                if await pseudonym_of_asking(committer.facts.keys, asker.id, holder.id, str(side)) == named:
                    return Closing(asker.id, holder.id, side)
    return None


async def _part(  # noqa: PLR0913 - what is known of it, each by name
    connection: AsyncConnection,
    committer: Committer,
    person: str,
    tombstone: Tombstone,
    asked: Closing,
    *,
    at: datetime,
    left: timedelta,
) -> Part:
    """Return the part that was closed, or one that takes its place: one that bars as long already, or a new one."""
    # Who opened one stays sealed: nobody is to wait here for who changed a row.
    uses = await uses_about(connection, person, asked.asker, since=at - LOOKED_BACK)
    known = [Part(each, asked.asker, person, _NOBODY) for each in uses if each.holder == asked.holder]
    for each in known:
        found = await pseudonym_of_closing(committer.facts.keys, person, replace(asked, emergency=each.use.id))
        if found == tombstone.pseudonym:
            return each
    for each in known:
        if asked.side in each.use.closed_by and each.use.expires_at >= at + left:
            return each
    part = Part(Use(new_id(), asked.holder, at, at + left), asked.asker, person, _NOBODY)
    await keep_part(connection, committer.sealer, part)
    return part


def _event(part: Part, side: Side) -> Event:
    return Event(
        kind=Kind.EMERGENCY_CLOSED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        counterparties=frozenset({part.organisation, part.use.holder}),
        person=part.person,
        request_id=part.use.id,
        fields={Field.ACTOR: dict(BY), Field.SUBJECT: part.person, Field.DETAIL: closing_detail(part, side)},
    )
