"""A holder's stop switch: nothing of him leaves, from the moment the stop is acknowledged; two persons lift it.

Source: facts contract, F3 and F5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.stops import SECTION
from gateway.committing.commit import Committer
from gateway.facts.calls import Call
from gateway.holders.switching import Switch, Turned
from gateway.identity.caller import Caller
from gateway.logs import logger


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
            before = await self._before(connection, holder)
            return await self._kept(connection, holder, before, {"stopped": True, "lift_proposed_by": None})

        async def stands(connection: AsyncConnection, holder: str) -> bool:
            return await self._before(connection, holder) == {"stopped": True, "lift_proposed_by": None}

        switch = Switch(self.committer)
        answer, turned = await switch.turned(caller, call, turn, tried={"tried": "stop"}, stands=stands)
        if turned is not None:
            logger().warning("holder.stopped", organisation=caller.officer_of)
        return answer

    async def lift(self, caller: Caller, call: Call) -> bytes:
        """Propose to lift the stop, or lift it where another officer proposed that since."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            before = await self._before(connection, holder)
            return await self._kept(connection, holder, before, _lifted(before, caller.id))

        switch = Switch(self.committer)
        answer, turned = await switch.turned(caller, call, turn, tried={"tried": "lift"})
        if turned is not None and not turned.shows["stopped"]:
            logger().info("holder.goes_on", organisation=caller.officer_of)
        return answer

    async def _before(self, connection: AsyncConnection, holder: str) -> Mapping[str, Any]:
        known = (await self.committer.facts.registry(connection)).source(SECTION, holder) or {}
        return {"stopped": known.get("stopped", False), "lift_proposed_by": known.get("lift_proposed_by")}

    async def _kept(
        self, connection: AsyncConnection, holder: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Turned:
        # A change of the registry has every exchange of everybody begin anew, so only what changes something is one.
        if after != before:
            await self.committer.facts.register(connection, [(SECTION, {"id": holder, **after})])
        shows = {"stopped": after["stopped"], "lift_proposed": after["lift_proposed_by"] is not None}
        return Turned(shows, {"stop": {"holder": holder, **after}})


def _lifted(before: Mapping[str, Any], officer: str) -> dict[str, Any]:
    if not before["stopped"]:
        return {"stopped": False, "lift_proposed_by": None}
    proposed = before["lift_proposed_by"]
    if proposed is None or proposed == officer:
        return {"stopped": True, "lift_proposed_by": officer}
    return {"stopped": False, "lift_proposed_by": None}
