"""What would be decided, and why, on a world that an officer makes up: never on live facts.

Source: decision contract, section 1 (`POST /api/v1/decisions/simulate`); audit log contract (`simulation`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from audit.events import Event, EventOutcome, Field, Kind
from consent.world.file import World
from gateway.committing.commit import Committer
from gateway.committing.recording import actor
from gateway.identity.caller import Caller
from gateway.simulator.deciding import Json, explained, told


class NotAnOfficerError(Exception):
    """Who asks is no privacy officer: answer as to everything that is not available."""


@dataclass(frozen=True)
class Simulator:
    """Decides on made-up worlds. Of the database it knows the log alone, so no live fact can play a part."""

    committer: Committer
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def require_officer(self, caller: Caller) -> None:
        """Let officers on.

        Raises:
            NotAnOfficerError: the caller may not; that he tried is on record.
            AuditUnavailableError: the event is not kept; do not answer.
        """
        if caller.officer_of is None:
            await self.keep(caller, EventOutcome.DENY)
            raise NotAnOfficerError

    async def decided(self, read: Callable[[], World], caller: Caller) -> list[Json] | Json:
        """Return the decision on the request of the world that `read` gives, or a list of them for `requests`.

        A rule set that nobody confirmed is flagged and not refused, as in `schakel decide`. That the officer asked is
        on record before he is answered; the event holds who asked and nothing of the world, which may be a real
        family's, written down to try something.

        Raises:
            NotAnOfficerError: as `require_officer`.
            WorldError, or what else `read` raises: with all that is wrong; that he tried is on record.
            AuditUnavailableError: the event is not kept; do not answer.
        """
        await self.require_officer(caller)
        try:
            # A large world takes seconds, in which everybody else must be answered too: one at a time, beside the loop.
            async with self._one:
                answer = await asyncio.to_thread(lambda: told(read(), explained))
        except Exception:
            await self.keep(caller, EventOutcome.ERROR)
            raise
        await self.keep(caller, EventOutcome.OK)
        return answer

    async def keep(self, caller: Caller, outcome: EventOutcome) -> None:
        """Keep the event of one call.

        Raises:
            AuditUnavailableError: it is not kept; do not answer.
        """
        event = Event(
            kind=Kind.SIMULATION,
            outcome=outcome,
            organisation=caller.organisation,
            fields={Field.ACTOR: actor(caller)},
        )
        await self.committer.keep(event)
