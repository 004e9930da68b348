"""A holder's stop switch: nothing of him leaves, from the moment the stop is acknowledged; two persons lift it.

The stop is a row of the registry, whose version every commit of an exchange checks: so it also stops a request that
was already decided on. Source: facts contract, F3 and F5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from audit.events import Event, EventOutcome, Field, Kind
from audit.receipt import Receipt
from audit.store import AuditUnavailableError, Pending
from consent.stops import SECTION
from gateway.commit import Committer
from gateway.database import write_transaction
from gateway.facts.calls import NotAllowedError
from gateway.facts.keeping import BROKEN
from gateway.identity.caller import Caller
from gateway.logs import logger
from gateway.officers import GATEWAY
from gateway.recording import actor

# An exchange reads the registry's version in the transaction of its event. Whoever read it before has committed when
# this lock is granted, and whoever comes later sees the stop: nothing leaves after it was acknowledged.
_ALONE: Final = text("LOCK TABLE registry_fact IN ACCESS EXCLUSIVE MODE")


@dataclass(frozen=True)
class StopSwitch:
    """Stops a holder, and lifts that. Both may be repeated without harm.

    Both raise:
    NotAllowedError: who is no officer of a holder, or whose login is too weak to lift; that he tried is in the log.
    AuditUnavailableError: it cannot be recorded now; nothing changed.
    """

    committer: Committer

    async def stop(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Stop the holder whose officer `caller` is. A lift that was proposed counts no more."""
        return await self._change(caller, request_id, lift=False)

    async def lift(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Propose to lift the stop, or lift it where another officer proposed that since."""
        return await self._change(caller, request_id, lift=True)

    async def _change(self, caller: Caller, request_id: str, *, lift: bool) -> dict[str, Any]:
        committer = self.committer
        if caller.officer_of in {None, GATEWAY} or (lift and not caller.trusted):
            await committer.keep(_event(caller, request_id, EventOutcome.DENY, {"tried": "lift" if lift else "stop"}))
            raise NotAllowedError
        committer.health.require_whole()
        try:
            state, pending = await self._changed(caller, request_id, lift=lift)
        except BROKEN as error:
            raise AuditUnavailableError("this cannot be recorded now") from error
        receipt: Receipt = committer.log.receipt(pending)
        if state["stopped"] and not lift:
            logger().warning("holder.stopped", organisation=caller.officer_of)
        if not state["stopped"]:
            logger().info("holder.goes_on", organisation=caller.officer_of)
        proposed = state.get("lift_proposed_by") is not None
        shown = {"stopped": state["stopped"], "lift_proposed": proposed}
        return {**shown, "request_id": request_id, "receipt": receipt.document()}

    async def _changed(self, caller: Caller, request_id: str, *, lift: bool) -> tuple[Mapping[str, Any], Pending]:
        facts, holder = self.committer.facts, str(caller.officer_of)
        async with write_transaction(self.committer.engine) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(_ALONE)
            before = (await facts.registry(connection)).source(SECTION, holder) or {"stopped": False}
            after = _lifted(before, caller.id) if lift else {"stopped": True, "lift_proposed_by": None}
            await facts.register(connection, [(SECTION, {"id": holder, **after})])
            event = _event(caller, request_id, EventOutcome.OK, {"stop": {"holder": holder, **after}})
            pending = await self.committer.log.append(connection, event)
        return after, pending


def _lifted(before: Mapping[str, Any], officer: str) -> dict[str, Any]:
    if not before["stopped"]:
        return {"stopped": False, "lift_proposed_by": None}
    proposed = before.get("lift_proposed_by")
    if proposed is None or proposed == officer:
        return {"stopped": True, "lift_proposed_by": officer}
    return {"stopped": False, "lift_proposed_by": None}


def _event(caller: Caller, request_id: str, outcome: EventOutcome, detail: Mapping[str, Any]) -> Event:
    return Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=outcome,
        organisation=caller.organisation,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}, Field.DETAIL: dict(detail)},
    )
