"""A holder's stop switch: nothing of him leaves, from the moment the stop is acknowledged; two persons lift it.

Source: facts contract, F3 and F5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.stops import SECTION
from consent.store.recording import register
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.holders.lifting import propose, proposer
from gateway.holders.switching import Switch, Turned, of_officer
from gateway.identity.caller import Caller
from gateway.logs import logger


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a holder stopped, and whose proposal to lift that waits for a second officer."""

    stopped: bool
    proposed_by: str | None = None


_STOPPED: Final = Standing(stopped=True)


@dataclass(frozen=True)
class StopSwitch:
    """Stops a holder, and lifts that. Both may be repeated without harm, and return the answer's bytes.

    Both raise:
    NotAllowedError: who is no officer of a holder, or whose login is too weak to lift; that he tried is in the log.
    IdempotencyConflictError: the key was used for something else; nothing changed.
    AuditUnavailableError: it cannot be recorded now; nothing changed.
    """

    committer: Committer

    async def stop(self, caller: Caller, call: Call) -> bytes:
        """Stop the holder whose officer `caller` is. A lift that was proposed counts no more."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            return await self._kept(connection, holder, _STOPPED)

        async def stands(connection: AsyncConnection, holder: str) -> bool:
            return await self._before(connection, holder) == _STOPPED

        switch = Switch(self.committer, of_officer)
        answer, turned = await switch.turned(caller, call, turn, tried={"tried": "stop"}, stands=stands)
        if turned is not None:
            logger().warning("holder.stopped", organisation=caller.officer_of)
        return answer

    async def lift(self, caller: Caller, call: Call) -> bytes:
        """Propose to lift the stop, or lift it where another officer proposed that since."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            before = await self._before(connection, holder)
            return await self._kept(connection, holder, _lifted(before, caller.id))

        switch = Switch(self.committer, of_officer)
        answer, turned = await switch.turned(caller, call, turn, tried={"tried": "lift"})
        if turned is not None and not turned.shows["stopped"]:
            logger().info("holder.goes_on", organisation=caller.officer_of)
        return answer

    async def _before(self, connection: AsyncConnection, holder: str) -> Standing:
        return Standing((await self._row(connection, holder))["stopped"], await proposer(connection, holder))

    async def _row(self, connection: AsyncConnection, holder: str) -> Mapping[str, Any]:
        known = (await self.committer.facts.registry(connection)).source(SECTION, holder) or {}
        return {"stopped": known.get("stopped", False), "lift_proposed_by": known.get("lift_proposed_by")}

    async def _kept(self, connection: AsyncConnection, holder: str, after: Standing) -> Turned:
        # A proposal that the version before step 0014 wrote into it ends here, so that none of its processes lifts.
        row = {"stopped": after.stopped, "lift_proposed_by": None}
        again = {"again": True} if after == await self._before(connection, holder) else {}
        # A change of the registry has others begin anew, a stop every exchange, so only what changes something is one.
        if row != await self._row(connection, holder):
            await register(connection, self.committer.facts, [(SECTION, {"id": holder, **row})])
        await propose(connection, holder, after.proposed_by)
        shows = {"stopped": after.stopped, "lift_proposed": after.proposed_by is not None}
        detail = {"holder": holder, "stopped": after.stopped, "lift_proposed_by": after.proposed_by}
        return Turned(shows, {"stop": detail | again})


def _lifted(before: Standing, officer: str) -> Standing:
    if before.stopped and before.proposed_by in {None, officer}:
        return Standing(stopped=True, proposed_by=officer)
    return Standing(stopped=False)
