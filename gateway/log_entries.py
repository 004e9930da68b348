"""Who reads the log's entries, and that it is on record that he did.

An entry holds commitments and nothing personal, and still tells which organisation asked which, and when. So entries,
unlike the hashes over them, are for those who take part.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event, EventOutcome, Field, Kind
from audit.grow import BrokenTreeError
from audit.published import published
from audit.store import AuditUnavailableError
from audit.tiles import Tile
from gateway.commit import Committer
from gateway.facts.calls import NotAllowedError
from gateway.identity.caller import Caller
from gateway.officers import GATEWAY
from gateway.recording import actor
from gateway.registry.snapshot import RESERVED


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


@dataclass(frozen=True)
class LogEntries:
    """Gives out bundles of entries."""

    committer: Committer

    async def read(self, caller: Caller, request_id: str, tile: Tile) -> bytes:
        """Return the bundle that `tile` names, to an organisation's own client or the gateway's own officer.

        That it is read is on record before it is, and that somebody tried who may not.

        Raises:
            NotAllowedError: anybody else.
            NotPublishedError: no signed head has so many entries; nothing was read.
            AuditUnavailableError: the log cannot be read or written now.
        """
        if not _takes_part(caller):
            await self.committer.keep(_event(caller, request_id, tile, EventOutcome.DENY))
            raise NotAllowedError
        async with reading(self.committer.engine) as connection:
            found = await published(connection, tile)
        await self.committer.keep(_event(caller, request_id, tile, EventOutcome.OK))
        return found


def _takes_part(caller: Caller) -> bool:
    is_of_an_organisation = caller.form == "client" and caller.organisation not in RESERVED
    return is_of_an_organisation or caller.officer_of == GATEWAY


def _event(caller: Caller, request_id: str, tile: Tile, outcome: EventOutcome) -> Event:
    return Event(
        kind=Kind.LOG_READ,
        outcome=outcome,
        organisation=caller.organisation,
        request_id=request_id,
        fields={
            Field.ACTOR: actor(caller),
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: {"read": "entries", "tile": tile.name},
        },
    )
