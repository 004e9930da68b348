"""A holder opens his crisis set to emergency pulls: two of his administrators open it, one closes it at once.

Nobody at the holder can decide at night, so the holder decides beforehand. His privacy officer closes it too, who may
stop all of the holder (`gateway.holders.stopping`) and so the less, and so does any operator. Source: facts contract,
*Who* (*emergency opt-in*) and F3 to F5; `law.md`, BTG-R and U-21.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from consent.store.holding import alone_with_the_registry
from consent.store.recording import register
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.emergency.tables import crisis_set
from gateway.holders.switching import (
    Json,
    Switch,
    Turned,
    of_administrator,
    of_officer,
)
from gateway.identity.caller import Caller
from gateway.registry.barred import barred
from gateway.registry.snapshot import OPERATOR
from gateway.registry.words import Operator

NAME: Final = "crisis_set"
"""What an event calls it."""
CLOSED: Final = "closed"
_PROPOSED, _OPENED = "proposed", "opened"
_AS_KEPT: Final = {_PROPOSED: "admin-proposed"}
"""What the table calls it: there `proposed` is by a privacy officer, to whom the version before let it, and a holder's
administrator alone does not open by that."""


@dataclass(frozen=True)
class CrisisSet:
    """Opens and closes a holder's crisis set. Both may be repeated without harm, and return the answer's bytes.

    Both raise:
    NotAllowedError: who administers no holder, or whose login is too weak to open; that he tried is in the log.
    IdempotencyConflictError: the key was used for something else; nothing changed.
    AuditUnavailableError: it cannot be recorded now; nothing changed.
    """

    committer: Committer

    async def open(self, caller: Caller, call: Call) -> bytes:
        """Propose to open it, or open it where another administrator proposed that since it was last closed."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            is_open = await _is_open(connection, self.committer, holder)
            act = await _next(connection, holder, caller.id, is_open=is_open)
            return await self._kept(connection, holder, caller.id, act)

        tried = {NAME: {"tried": "open"}}
        answer, _ = await Switch(self.committer, of_administrator).turned(caller, call, turn, tried=tried)
        return answer

    async def close(self, caller: Caller, call: Call) -> bytes:
        """Close it, from this answer on. What was proposed counts no more."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            return await self._kept(connection, holder, caller.id, CLOSED)

        async def stands(connection: AsyncConnection, holder: str) -> bool:
            newest = await _newest(connection, holder)
            return newest is not None and newest.act == CLOSED

        tried = {NAME: {"tried": "close"}}
        switch = Switch(self.committer, _closer_of)
        answer, _ = await switch.turned(caller, call, turn, tried=tried, stands=stands)
        return answer

    async def _kept(self, connection: AsyncConnection, holder: str, by: str, act: str) -> Turned:
        told = await _turn(connection, self.committer, holder, by, act)
        return Turned({"open": act == _OPENED, "proposed": act == _PROPOSED}, {NAME: told})


def _closer_of(caller: Caller) -> str | None:
    return of_administrator(caller) or of_officer(caller)


async def close_by_operator(
    connection: AsyncConnection, committer: Committer, holder: str, by: Operator, *, because: str
) -> str | None:
    """Close the crisis set of `holder` in the open transaction; return its event's id, None where it was shut already.

    Raises:
        AuditUnavailableError: the log did not take the event; nothing is closed.
    """
    await alone_with_the_registry(connection)
    told = await close_again(connection, committer, holder)
    if told is None:
        return None
    event = Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        counterparties=frozenset({holder}),
        fields={Field.ACTOR: by.as_json(), Field.DETAIL: {NAME: dict(told)}, Field.JUSTIFICATION: because},
    )
    return (await committer.log.append(connection, event)).prepared.event_id


async def close_again(connection: AsyncConnection, committer: Committer, holder: str) -> Json | None:
    """Close the crisis set of `holder` for the operator in the open transaction.

    Return what its event tells, None where it was shut.
    """
    newest = await _newest(connection, holder)
    is_proposed = newest is not None and newest.act in {_PROPOSED, _AS_KEPT[_PROPOSED]}
    if not is_proposed and not await _is_open(connection, committer, holder):
        return None
    return await _turn(connection, committer, holder, OPERATOR, CLOSED)


async def forget(connection: AsyncConnection, holder: str, administrator: str, *, by: str) -> None:
    """Close the crisis set of `holder` where it was not open, but proposed by `administrator`."""
    newest = await _newest(connection, holder)
    if newest is not None and (newest.act, newest.officer) == (_AS_KEPT[_PROPOSED], administrator):
        await connection.execute(insert(crisis_set).values(holder=holder, officer=by, act=CLOSED))


async def _is_open(connection: AsyncConnection, committer: Committer, holder: str) -> bool:
    known = (await committer.facts.registry(connection)).source("organisations", holder) or {}
    return bool(known.get("emergency_opt_in"))


async def _turn(connection: AsyncConnection, committer: Committer, holder: str, by: str, act: str) -> Json:
    await connection.execute(insert(crisis_set).values(holder=holder, officer=by, act=_AS_KEPT.get(act, act)))
    # A change of the registry has others begin anew, so only what changes something is one.
    if act != _PROPOSED and await _is_open(connection, committer, holder) is not (act == _OPENED):
        told = {"id": holder, "emergency_opt_in": act == _OPENED}
        await register(connection, committer.facts, [("organisations", told)])
    return {"holder": holder, "act": act}


async def _next(connection: AsyncConnection, holder: str, by: str, *, is_open: bool) -> str:
    if is_open:
        return _OPENED
    row = await _newest(connection, holder)
    if row is None or row.act != _AS_KEPT[_PROPOSED]:
        return _PROPOSED
    # Who was ended since is none of two who open it.
    return _PROPOSED if row.officer in {by, *await barred(connection)} else _OPENED


async def _newest(connection: AsyncConnection, holder: str) -> Row[Any, Any] | None:
    columns = crisis_set.c
    newest = select(columns.act, columns.officer).where(columns.holder == holder).order_by(columns.seq.desc()).limit(1)
    return (await connection.execute(newest)).first()
