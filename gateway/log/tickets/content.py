"""What of an event is content: opened with a ticket only, and the person finds in his own log that it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import EventOutcome, Field, Kind
from audit.part import WHOLE, Part
from audit.store import AuditUnavailableError
from consent.store.holding import there
from gateway.committing.calls import EndedError, NotAllowedError
from gateway.committing.let_in import require_let_in
from gateway.committing.once import unless_broken
from gateway.database.engine import write_transaction
from gateway.identity.caller import Caller
from gateway.log.detail import Details
from gateway.log.reading import looked
from gateway.log.telling import EventLostError
from gateway.log.tickets.rows import keep_use
from gateway.log.tickets.tickets import TicketDesk, held, plain_id, scope_hash
from gateway.registry.barred import barred

_OF_EVERYTHING: Final = (
    Field.ACTOR,
    Field.SUBJECT,
    Field.JUSTIFICATION,
    Field.NETWORK,
    Field.DECISION,
    Field.FACTS,
    Field.DETAIL,
)
_OF_HIS_OWN: Final = (Field.ACTOR, Field.JUSTIFICATION, Field.NETWORK)
"""What only the side that asked wrote itself."""


@dataclass(frozen=True)
class Contents:
    """Opens content of events."""

    details: Details
    tickets: TicketDesk

    async def open(self, caller: Caller, request_id: str, event_id: str, ticket: str) -> dict[str, Any]:
        """Return the content of an event for the officer who has an approved ticket for it or for its person.

        Raises:
            NotAllowedError: no officer, no part in the event, or no such ticket: not his, not approved, for something
                else, withdrawn, ended, used up, or approved by who was ended since. That he tried is in the log.
            EndedError: he was ended meanwhile; so is that.
            AuditUnavailableError: it cannot be read or recorded now, or was changed; nothing was opened.
        """
        searching = self.tickets.searching
        committer = searching.committer
        viewer = await searching.require_officer(caller, request_id, what="content")
        key = await searching.key()
        try:
            seen = await self.details.part_of(event_id, viewer)
        except EventLostError:
            await self._refuse(caller, request_id, plain_id(ticket))
            raise
        shown = {} if seen is None else _content(seen)
        person = None if seen is None else seen.person
        ticket = plain_id(ticket)
        scopes = {scope_hash(key, ticket, viewer, event=plain_id(event_id))}
        if person is not None:
            scopes.add(scope_hash(key, ticket, viewer, person=person))
        about = None if person is None else await searching.persons.with_key(person)
        detail = {
            "read": "content",
            "event": "" if seen is None else seen.told.id,
            "fields": sorted(shown),
            "ticket": ticket,
        }

        async def use(connection: AsyncConnection) -> None:
            found = await held(connection, ticket, viewer)
            own = found.asked_by == caller.id and caller.trusted and found.scope in scopes
            if seen is None or not own or not found.opens(committer.log.now()):
                raise NotAllowedError
            # INVARIANT: who is forgotten by now, or of whom it tells, has no content any more. Nobody of the family can
            # be forgotten between this look and the commit.
            await there(connection, [] if seen.told.person is None else [seen.told.person])
            now = await self.details.part_in(connection, event_id, viewer)
            if now is None or _content(now) != shown:
                raise AuditUnavailableError("what is asked for is being erased")
            # INVARIANT: nobody opens content alone, nor later than he was let; for all of this others are waited for.
            if not found.opens(committer.log.now()) or found.approved_by in await barred(connection):
                raise NotAllowedError
            await keep_use(connection, found)

        event = committer.prepare(looked(caller, request_id, detail, kind=Kind.LOG_UNMASKED, person=about))
        committer.health.require_anchored()
        try:
            with unless_broken("the content cannot be opened now"):
                async with write_transaction(committer.engine) as connection:
                    await use(connection)
                    await committer.log.insert(connection, event)
                    await require_let_in(connection, caller)
        except (NotAllowedError, EndedError):
            await self._refuse(caller, request_id, ticket)
            raise
        # Only here, behind the commit, may anybody see.
        gone = sorted(seen.told.gone) if seen is not None and seen.viewer == WHOLE else []
        return {"id": event_id, "content": shown, "gone": gone, "request_id": request_id}

    async def _refuse(self, caller: Caller, request_id: str, ticket: str) -> None:
        detail = {"read": "content", "ticket": ticket}
        refused = looked(caller, request_id, detail, kind=Kind.LOG_UNMASKED, outcome=EventOutcome.DENY)
        await self.tickets.searching.committer.keep(refused)


def _content(seen: Part) -> Mapping[str, Any]:
    told = seen.told
    if told.kind is Kind.REVIEW_DECIDED:
        return {}  # a second reviewer, who is an officer too, must not know the first verdict before he gives his own
    fields = _OF_EVERYTHING if seen.viewer == WHOLE else _of_an_institution(seen)
    return {str(each): told.fields[each] for each in fields if each in told.fields}


def _of_an_institution(seen: Part) -> tuple[Field, ...]:
    """Return what an institution's officer may open: what his own side wrote, and whom it is about if he may know."""
    own = _OF_HIS_OWN if seen.told.organisation == seen.viewer else (Field.ACTOR,)
    return own if seen.person is None else (*own, Field.SUBJECT)
