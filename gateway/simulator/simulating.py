"""What would be decided, and why, on a world that an officer makes up: never on live facts.

Source: decision contract, section 1 (`POST /api/v1/decisions/simulate`); audit log contract (`simulation`).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.events import Event, EventOutcome, Field, Kind
from consent.world.file import world_of
from consent.world.shape import WorldError
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

    async def decided(self, world: Mapping[str, Any], caller: Caller) -> list[Json] | Json:
        """Return the decision on a world file's request with its explanation, or a list of them for `requests`.

        A rule set that nobody confirmed is flagged and not refused, as in `schakel decide`. That the officer asked is
        on record before he is answered; the event holds who asked and nothing of the world, which may be a real
        family's, written down to try something.

        Raises:
            NotAnOfficerError: the caller may not; that he tried is on record.
            WorldError: with all that is wrong in `world`; that he tried is on record.
            AuditUnavailableError: the event is not kept; do not answer.
        """
        if caller.officer_of is None:
            await self.keep(caller, EventOutcome.DENY)
            raise NotAnOfficerError
        try:
            read = world_of(world)
        except WorldError:
            await self.keep(caller, EventOutcome.ERROR)
            raise
        # A body full of requests takes seconds, in which everybody else must be answered too.
        answer = await asyncio.to_thread(told, read, explained)
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
