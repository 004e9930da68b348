"""A connection to read the log with, and the events that say that somebody looked, or did something about nobody."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event, EventOutcome, Field, Kind
from audit.grow import BrokenTreeError
from audit.store import AuditUnavailableError
from gateway.committing.recording import actor, event_about
from gateway.identity.caller import Caller


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection to read the log with.

    Raises:
        AuditUnavailableError: it cannot be read now, or its tree lacks what it must have.
    """
    try:
        async with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, OSError, BrokenTreeError) as error:
        raise AuditUnavailableError("the log cannot be read now") from error


def looked(  # noqa: PLR0913 - the members of the event that differ, by name
    caller: Caller,
    request_id: str,
    detail: dict[str, Any],
    *,
    kind: Kind = Kind.LOG_READ,
    outcome: EventOutcome = EventOutcome.OK,
    person: str | None = None,
) -> Event:
    """Return the event that says that somebody looked, about `person` if his key is at hand (`event_about`)."""
    return event_about(caller, request_id, kind, detail, person=person, outcome=outcome)


def acted_event(  # noqa: PLR0913, PLR0917 - the parts of an event
    caller: Caller,
    request_id: str,
    kind: Kind,
    detail: Mapping[str, Any],
    because: str | None = None,
    outcome: EventOutcome = EventOutcome.OK,
) -> Event:
    """Return the event of what somebody did, or tried, that is about no person."""
    fields: dict[Field, object] = {
        Field.ACTOR: actor(caller),
        Field.REQUEST: {"id": request_id},
        Field.DETAIL: dict(detail),
    }
    if because is not None:
        fields[Field.JUSTIFICATION] = because
    return Event(kind=kind, outcome=outcome, organisation=caller.organisation, request_id=request_id, fields=fields)


def looked_event(caller: Caller, request_id: str, detail: Mapping[str, Any], *, seen: bool) -> Event:
    """Return the event that somebody looked, or tried to, at what is about no person."""
    outcome = EventOutcome.OK if seen else EventOutcome.DENY
    return acted_event(caller, request_id, Kind.LOG_READ, detail, outcome=outcome)


def tried_event(caller: Caller, request_id: str, kind: Kind, detail: Mapping[str, Any]) -> Event:
    """Return the event of what somebody may not do, and tried."""
    return acted_event(caller, request_id, kind, detail, outcome=EventOutcome.DENY)
