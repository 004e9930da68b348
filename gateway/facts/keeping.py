"""One act at the desk: the fact, its event and the answer to a repeated request are one transaction."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, Kind
from consent.store.recording import Recorded
from consent.whose.allowed import MayNotError
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.fact_event import fact_event
from gateway.committing.once import Act as Once
from gateway.committing.once import Deed, done_once, unless_broken
from gateway.committing.recording import actor, refused_event
from gateway.identity.caller import Caller
from gateway.notices.due import keep_due
from schemas.calendar import local_milliseconds, parse_moment


class RefusedError(Exception):
    """Who may not; `person` is whom it would have been about, as far as anybody."""

    def __init__(self, person: str | None) -> None:
        super().__init__("may not do this")
        self.person = person


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the row, the kind of its event, what the event and the answer say.

    `doubted` says that the fact was disputed already: then it opened nothing that its end could close. `also` is what
    went with it, each with an event of its own.
    """

    recorded: Recorded
    kind: Kind
    said: Mapping[str, Any]
    shown: Mapping[str, Any]
    evidence: Mapping[str, Any] = field(default_factory=dict)
    doubted: bool = False
    also: tuple["Done", ...] = ()


Act = Callable[[AsyncConnection, str], Awaitable[Done]]
"""Does it inside the transaction, at an instant (ISO with offset); raises MayNotError inside `RefusedError` only."""
Lost = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[Act | None]]
"""Returns what closes again what was opened since it was closed, as was answered; None where it is closed still."""


async def nothing_lost(_connection: AsyncConnection, _answered: Mapping[str, Any]) -> Act | None:
    """Close nothing again: what is asked of every act that opens, and of an end, which nobody takes back."""
    return None


@dataclass(frozen=True)
class Keeping:
    """Does an act once, with its event. `decided_at` turns the database's clock into that of decisions."""

    committer: Committer
    decided_at: Callable[[datetime], datetime]

    async def keep(self, caller: Caller, call: Call, act: Act, *, lost: Lost = nothing_lost) -> bytes:
        """Do `act` and return the answer's bytes, or those of the first time where nothing of it is `lost`.

        Raises:
            NotAllowedError: he may not; that it was tried is in the log, and nothing else is.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: it cannot be recorded now.
        """

        async def acted(connection: AsyncConnection, act: Act = act) -> Deed:
            at = local_milliseconds(self.decided_at(await self.committer.facts.clock(connection)))
            done = await act(connection, at)
            for each in done.also:
                await keep_due(connection, each.recorded, each.said)
                await self.committer.log.append(connection, _event(caller, call, each))
            await keep_due(connection, done.recorded, done.said)
            return Deed(self.committer.log.build(_event(caller, call, done)), {"id": done.recorded.id, **done.shown})

        async def again(connection: AsyncConnection, answered: Mapping[str, Any]) -> Once | None:
            anew = await lost(connection, answered)
            return None if anew is None else partial(acted, act=anew)

        self.committer.health.require_whole()
        try:
            with unless_broken("this cannot be recorded now"):
                return await done_once(self.committer, caller, call, acted, again=again)
        except (RefusedError, MayNotError) as refused:
            person = refused.person if isinstance(refused, RefusedError) else None
            await self.committer.keep(refused_event(caller, call, person))
            raise NotAllowedError from None


def never_before(at: str, known: datetime) -> str:
    """Return `at`, or the instant `known` of decisions where that is later.

    INVARIANT: what is said now comes after what was known, also where the database's clock was set back since; else a
    no would stand before the yes that it takes away, and the later of two counts.
    """
    return max(at, local_milliseconds(known), key=parse_moment)


def _event(caller: Caller, call: Call, done: Done) -> Event:
    evidence = {"evidence": dict(done.evidence)} if done.evidence else {}
    doubted = {"doubted": True} if done.doubted else {}
    return fact_event(
        done.recorded,
        done.kind,
        done.said,
        by=actor(caller),
        organisation=caller.organisation,
        request_id=call.request_id,
        beside={**evidence, **doubted},
    )
