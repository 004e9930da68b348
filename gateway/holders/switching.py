"""What a holder's own people turn for all of him: one closes it at once, two open it.

It is a fact of the registry, whose version every commit of an exchange checks: so it also counts for a request that was
already decided on. Source: facts contract, F3 and F5.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Kind
from consent.keys import KeyUnavailableError
from consent.store.holding import alone_with_the_registry
from consent.world.shape import WorldError
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.idempotency import Idempotency, Kept
from gateway.committing.let_in import transaction_of
from gateway.committing.once import promised, unless_broken
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from gateway.log.reading import acted_event

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turned:
    """How it stands now, as the answer `shows` it, and the `detail` of its event."""

    shows: Json
    detail: Json


Turn = Callable[[AsyncConnection, str], Awaitable[Turned]]
"""Turns the switch of a holder, in a transaction that may write and has the registry for itself."""
Stands = Callable[[AsyncConnection, str], Awaitable[bool]]
"""Says whether the switch of a holder is closed, and nobody proposed to open it since."""
HolderOf = Callable[[Caller], str | None]
"""Says whose switch somebody may turn; None where he may turn nobody's."""


def of_officer(caller: Caller) -> str | None:
    """Return the holder whose privacy officer `caller` is."""
    return None if caller.officer_of == GATEWAY else caller.officer_of


def of_administrator(caller: Caller) -> str | None:
    """Return the holder whom `caller` administers."""
    return caller.organisation if caller.form == "administrator" else None


@dataclass(frozen=True)
class Switch:
    """Lets who is of a holder, as `holder_of` says, turn his switch."""

    committer: Committer
    holder_of: HolderOf

    async def turned(
        self, caller: Caller, call: Call, turn: Turn, *, tried: Json, stands: Stands | None = None
    ) -> tuple[bytes, Turned | None]:
        """Return the answer to who may `turn`, with what was turned: None where that was done before under this key.

        `tried` is the detail of the event of who may not. Who closes gives `stands`: the answer of before, that it is
        closed, is given only while it is.

        Raises:
            NotAllowedError: who may turn no holder's, or whose login is too weak to open; in the log.
            IdempotencyConflictError: the key was used for something else; nothing changed.
            AuditUnavailableError: it cannot be recorded now; nothing changed.
        """
        committer = self.committer
        if self.holder_of(caller) is None or (stands is None and not caller.trusted):
            await committer.keep(_event(caller, call, EventOutcome.DENY, tried))
            raise NotAllowedError
        committer.health.require_whole()
        with unless_broken("this cannot be recorded now", WorldError):
            kept, turned = await self._kept(caller, call, turn, stands)
            await committer.remember([kept.event_id])
        return promised(committer.log, kept), turned

    async def _kept(self, caller: Caller, call: Call, turn: Turn, stands: Stands | None) -> tuple[Kept, Turned | None]:
        try:
            return await self._once(caller, call, turn, stands)
        except KeyUnavailableError:
            if stands is None or call.key is None:
                raise
        # F3: who closes waits for no key service; that it may stand twice in the log does no harm.
        return await self._once(caller, replace(call, key=None), turn, stands)

    async def _once(self, caller: Caller, call: Call, turn: Turn, stands: Stands | None) -> tuple[Kept, Turned | None]:
        committer, done, holder = self.committer, list[Turned](), str(self.holder_of(caller))
        idempotency = Idempotency(committer.facts.keys, committer.sealer)
        async with transaction_of(committer, caller, call) as connection:

            async def acted() -> Kept:
                await alone_with_the_registry(connection)
                turned = await turn(connection, holder)
                done.append(turned)
                prepared = committer.log.build(_event(caller, call, EventOutcome.OK, turned.detail))
                await committer.log.insert(connection, prepared)
                return Kept.of(json.dumps({**turned.shows, "request_id": call.request_id}), prepared)

            kept = await idempotency.done(connection, caller, call, acted)
            if not done and stands is not None and not await stands(connection, holder):
                # F3: it was opened since, and who closes is not told that it is closed when it is not.
                kept = await acted()
        return kept, next(iter(done), None)


def _event(caller: Caller, call: Call, outcome: EventOutcome, detail: Json) -> Event:
    return acted_event(caller, call.request_id, Kind.CONFIG_CHANGED, detail, outcome=outcome)
