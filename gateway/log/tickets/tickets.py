"""Tickets: content of the log is opened by one officer only with the yes of another officer of the same body.

Whoever asks does not approve; a ticket is for him who asked, for one event or one person, until an instant, and for so
many times. Everything about it is on record, also what was refused.

Source: `reference/security.md` 5, threat 34; `reference/law.md` R7.5.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.once import Deed, done_once, unless_broken
from gateway.identity.caller import Caller
from gateway.log.question import QuestionError, Why
from gateway.log.reading import looked, reading
from gateway.log.searching import Searching
from gateway.log.tickets.rows import (
    APPROVED,
    WITHDRAWN,
    Ticket,
    hold,
    keep_step,
    keep_ticket,
    ticket_named,
    tickets_of,
)
from schemas.canonical_json import canonical

LONGEST: Final = timedelta(hours=8)
USUAL: Final = timedelta(minutes=30)
MOST_TIMES: Final = 50
_A_PERSON: Final = "person"
"""What a ticket for a person says it is about, whoever he is: so it tells nobody whether Schakel knows him."""

Act = Callable[[AsyncConnection, Ticket, datetime], Awaitable[None]]
"""Does something to a ticket that is held, or raises `NotAllowedError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a ticket is for: one event, or the events about one person (as a URL names him)."""

    event: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class TicketDesk:
    """Gives out tickets.

    Every method raises:
        NotAllowedError: not for this caller; that he tried is in the log.
        AuditUnavailableError: it cannot be recorded now; nothing was done.

    Those that change something return the answer's bytes, of the first time where the key was used before, and raise:
        IdempotencyConflictError: the key was used for something else.
    """

    searching: Searching

    @property
    def _committer(self) -> Committer:
        return self.searching.committer

    async def ask(  # noqa: PLR0913 - what a ticket says, by name
        self,
        caller: Caller,
        call: Call,
        *,
        scope: Scope,
        why: Why,
        until: datetime | None,
        times: int,
    ) -> bytes:
        """Return a new ticket, which another officer has to approve; whom it is for finds that in his own log.

        Raises:
            QuestionError: `until` is past or too far.
        """
        viewer = await self.searching.require_officer(caller, call.request_id, what="ticket")
        now = self._committer.log.now()
        ends = now + USUAL if until is None else until
        key = await self.searching.key()
        person = None if scope.person is None else self.searching.persons.named(scope.person)
        name = str(uuid4())
        ticket = Ticket(
            id=name,
            body=viewer,
            asked_by=caller.id,
            asked_at=now,
            reason=str(why),
            scope=scope_hash(key, name, viewer, event=scope.event, person=person),
            about=_A_PERSON if scope.event is None else scope.event,
            until=ends,
            times=times,
            steps={},
            used=0,
        )
        about = None if person is None else await self.searching.persons.with_key(person)
        detail = {"read": "ticket", "ticket": name, "act": "asked"}
        asked = looked(caller, call.request_id, detail, person=about)

        async def act(connection: AsyncConnection) -> Ticket:
            # Here, so that who repeats it late gets the first answer.
            if not now < ends <= now + LONGEST:
                raise QuestionError("until", f"is an instant in the next {LONGEST.seconds // 3600} hours")
            await keep_ticket(connection, ticket)
            return ticket

        return await self._once(caller, call, asked, act)

    async def approve(self, caller: Caller, call: Call, ticket: str) -> bytes:
        """Return the ticket, approved by another officer of the same body than who asked for it."""

        async def act(connection: AsyncConnection, found: Ticket, now: datetime) -> None:
            # INVARIANT: nobody opens content alone, and a login too weak to be sure of is nobody's.
            is_another = found.asked_by != caller.id and caller.trusted
            if not is_another or APPROVED in found.steps or not found.is_open(now):
                raise NotAllowedError
            await keep_step(connection, found.id, APPROVED, caller.id, now)

        return await self._changed(caller, call, ticket, APPROVED, act)

    async def withdraw(self, caller: Caller, call: Call, ticket: str) -> bytes:
        """Return the ticket, withdrawn by any officer of the same body: nothing is opened with it from now on."""

        async def act(connection: AsyncConnection, found: Ticket, now: datetime) -> None:
            if WITHDRAWN in found.steps:
                raise NotAllowedError
            await keep_step(connection, found.id, WITHDRAWN, caller.id, now)

        return await self._changed(caller, call, ticket, WITHDRAWN, act)

    async def listed(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return the newest tickets of the officer's body."""
        viewer = await self.searching.require_officer(caller, request_id, what="tickets")
        async with reading(self._committer.engine) as connection:
            found = await tickets_of(connection, viewer)
        await self._committer.keep(looked(caller, request_id, {"read": "tickets"}))
        now = self._committer.log.now()
        return {"tickets": [each.as_json(now) for each in found]}

    async def _changed(self, caller: Caller, call: Call, ticket: str, step: str, act: Act) -> bytes:
        viewer = await self.searching.require_officer(caller, call.request_id, what="ticket")

        async def change(connection: AsyncConnection) -> Ticket:
            await act(connection, await held(connection, ticket, viewer), self._committer.log.now())
            found = await ticket_named(connection, plain_id(ticket))
            assert found is not None  # noqa: S101 - for the type checker: it was changed a moment ago
            return found

        detail = {"read": "ticket", "ticket": ticket, "act": step}
        try:
            return await self._once(caller, call, looked(caller, call.request_id, detail), change)
        except NotAllowedError:
            await self.refuse(caller, call.request_id, ticket, step)
            raise

    async def refuse(self, caller: Caller, request_id: str, ticket: str, step: str) -> None:
        """Put on record that an act on a ticket was refused."""
        detail = {"read": "ticket", "ticket": plain_id(ticket), "act": step}
        await self._committer.keep(looked(caller, request_id, detail, outcome=EventOutcome.DENY))

    async def _once(
        self, caller: Caller, call: Call, event: Event, change: Callable[[AsyncConnection], Awaitable[Ticket]]
    ) -> bytes:
        """Do `change` and keep its event, or neither; tell how the ticket stands."""
        self._committer.health.require_whole()

        async def act(connection: AsyncConnection) -> Deed:
            ticket = await change(connection)
            return Deed(self._committer.log.build(event), ticket.as_json(self._committer.log.now()))

        with unless_broken("the ticket cannot be recorded now"):
            return await done_once(self._committer, caller, call, act)


async def held(connection: AsyncConnection, ticket: str, viewer: str) -> Ticket:
    """Return the ticket of an officer of `viewer`, held until the transaction ends.

    Raises:
        NotAllowedError: there is none with this id, or it is another body's.
    """
    name = plain_id(ticket)
    await hold(connection, name)
    found = await ticket_named(connection, name)
    if found is None or found.body != viewer:
        raise NotAllowedError
    return found


def scope_hash(key: bytes, ticket: str, viewer: str, *, event: str | None = None, person: str | None = None) -> bytes:
    """Return what a ticket of `viewer` says it is for, keyed: it names no person, and no two tickets say the same."""
    return hmac.digest(key, canonical(["schakel-ticket-v1", ticket, viewer, event, person]), hashlib.sha256)


def plain_id(given: str) -> str:
    """Return an id in its one form; of what is none, nothing: it may be anything, and is logged."""
    try:
        return str(UUID(given))
    except ValueError:
        return ""
