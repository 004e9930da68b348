"""What a holder's officers turn for all of him: one closes it at once, two open it.

It is a fact of the registry, whose version every commit of an exchange checks: so it also counts for a request that was
already decided on. Source: facts contract, F3 and F5.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditUnavailableError, Pending
from consent.world.shape import WorldError
from gateway.commit import Committer
from gateway.database.engine import write_transaction
from gateway.facts.calls import NotAllowedError
from gateway.facts.keeping import BROKEN
from gateway.identity.caller import Caller
from gateway.officers import GATEWAY
from gateway.recording import actor

# An exchange reads the registry's version in the transaction of its event. Whoever read it before has committed when
# this lock is granted, and whoever comes later sees the change: nothing leaves after it was acknowledged.
_ALONE: Final = text("LOCK TABLE registry_fact IN ACCESS EXCLUSIVE MODE")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turned:
    """How it stands now, as the answer `shows` it, and the `detail` of its event."""

    shows: Json
    detail: Json


Turn = Callable[[AsyncConnection, str], Awaitable[Turned]]
"""Turns the switch of a holder, in a transaction that may write and has the registry for itself."""


@dataclass(frozen=True)
class Switch:
    """Lets a holder's officers turn."""

    committer: Committer

    async def turned(self, caller: Caller, request_id: str, turn: Turn, *, tried: Json, opens: bool) -> dict[str, Any]:
        """Return the answer to who may `turn`; `tried` is the detail of the event of who may not.

        Raises:
            NotAllowedError: who is no officer of a holder, or whose login is too weak to open; in the log.
            AuditUnavailableError: it cannot be recorded now; nothing changed.
        """
        committer = self.committer
        if caller.officer_of in {None, GATEWAY} or (opens and not caller.trusted):
            await committer.keep(_event(caller, request_id, EventOutcome.DENY, tried))
            raise NotAllowedError
        committer.health.require_whole()
        try:
            done, pending = await self._kept(caller, request_id, turn)
        except (*BROKEN, WorldError) as error:
            raise AuditUnavailableError("this cannot be recorded now") from error
        return {**done.shows, "request_id": request_id, "receipt": committer.log.receipt(pending).document()}

    async def _kept(self, caller: Caller, request_id: str, turn: Turn) -> tuple[Turned, Pending]:
        async with write_transaction(self.committer.engine) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(_ALONE)
            done = await turn(connection, str(caller.officer_of))
            event = _event(caller, request_id, EventOutcome.OK, done.detail)
            return done, await self.committer.log.append(connection, event)


def _event(caller: Caller, request_id: str, outcome: EventOutcome, detail: Json) -> Event:
    return Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=outcome,
        organisation=caller.organisation,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}, Field.DETAIL: dict(detail)},
    )
