"""A holder opens his crisis set to emergency pulls: two of his officers open it, one closes it at once.

Nobody at the holder can decide at night, so the holder decides beforehand. The opt-in is a fact of the registry, whose
version every commit of an exchange checks, as a stop is. Source: facts contract, *Who* (*emergency opt-in*) and F3 to
F5; `law.md`, BTG-R and U-21.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditUnavailableError, Pending
from consent.shape import WorldError
from gateway.commit import Committer
from gateway.database import write_transaction
from gateway.emergency.tables import crisis_set
from gateway.facts.calls import NotAllowedError
from gateway.facts.keeping import BROKEN
from gateway.identity.caller import Caller
from gateway.officers import GATEWAY
from gateway.recording import actor

# As for a stop: whoever read the registry before has committed when this lock is granted.
_ALONE: Final = text("LOCK TABLE registry_fact IN ACCESS EXCLUSIVE MODE")
_PROPOSED, _OPENED, _CLOSED = "proposed", "opened", "closed"


@dataclass(frozen=True)
class CrisisSet:
    """Opens and closes a holder's crisis set. Both may be repeated without harm.

    Both raise:
    NotAllowedError: who is no officer of a holder, or whose login is too weak to open; that he tried is in the log.
    AuditUnavailableError: it cannot be recorded now; nothing changed.
    """

    committer: Committer

    async def open(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Propose to open it, or open it where another officer proposed that since it was last closed."""
        return await self._change(caller, request_id, opens=True)

    async def close(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Close it, from this answer on. What was proposed counts no more."""
        return await self._change(caller, request_id, opens=False)

    async def _change(self, caller: Caller, request_id: str, *, opens: bool) -> dict[str, Any]:
        committer = self.committer
        if caller.officer_of in {None, GATEWAY} or (opens and not caller.trusted):
            tried = {"crisis_set": {"tried": "open" if opens else "close"}}
            await committer.keep(_event(caller, request_id, EventOutcome.DENY, tried))
            raise NotAllowedError
        committer.health.require_whole()
        try:
            act, pending = await self._changed(caller, request_id, opens=opens)
        except (*BROKEN, WorldError) as error:
            raise AuditUnavailableError("this cannot be recorded now") from error
        receipt = committer.log.receipt(pending)
        shown = {"open": act == _OPENED, "proposed": act == _PROPOSED}
        return {**shown, "request_id": request_id, "receipt": receipt.document()}

    async def _changed(self, caller: Caller, request_id: str, *, opens: bool) -> tuple[str, Pending]:
        facts, holder = self.committer.facts, str(caller.officer_of)
        async with write_transaction(self.committer.engine) as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(_ALONE)
            known = (await facts.registry(connection)).source("organisations", holder) or {}
            is_open = bool(known.get("emergency_opt_in"))
            act = await _next(connection, holder, caller.id, is_open=is_open) if opens else _CLOSED
            await connection.execute(insert(crisis_set).values(holder=holder, officer=caller.id, act=act))
            if act != _PROPOSED:
                told = {"id": holder, "emergency_opt_in": act == _OPENED}
                await facts.register(connection, [("organisations", told)])
            detail = {"crisis_set": {"holder": holder, "act": act}}
            event = _event(caller, request_id, EventOutcome.OK, detail)
            return act, await self.committer.log.append(connection, event)


async def _next(connection: AsyncConnection, holder: str, officer: str, *, is_open: bool) -> str:
    if is_open:
        return _OPENED
    columns = crisis_set.c
    newest = select(columns.act, columns.officer).where(columns.holder == holder).order_by(columns.seq.desc()).limit(1)
    row = (await connection.execute(newest)).first()
    by_another = row is not None and row.act == _PROPOSED and row.officer != officer
    return _OPENED if by_another else _PROPOSED


def _event(caller: Caller, request_id: str, outcome: EventOutcome, detail: dict[str, Any]) -> Event:
    return Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=outcome,
        organisation=caller.organisation,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}, Field.DETAIL: detail},
    )
