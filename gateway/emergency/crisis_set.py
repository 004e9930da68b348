"""A holder opens his crisis set to emergency pulls: two of his officers open it, one closes it at once.

Nobody at the holder can decide at night, so the holder decides beforehand. Source: facts contract, *Who* (*emergency
opt-in*) and F3 to F5; `law.md`, BTG-R and U-21.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.recording import register
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.emergency.tables import crisis_set
from gateway.holders.switching import Switch, Turned
from gateway.identity.caller import Caller

_PROPOSED, _OPENED, _CLOSED = "proposed", "opened", "closed"


@dataclass(frozen=True)
class CrisisSet:
    """Opens and closes a holder's crisis set. Both may be repeated without harm, and return the answer's bytes.

    Both raise:
    NotAllowedError: who is no officer of a holder, or whose login is too weak to open; that he tried is in the log.
    IdempotencyConflictError: the key was used for something else; nothing changed.
    AuditUnavailableError: it cannot be recorded now; nothing changed.
    """

    committer: Committer

    async def open(self, caller: Caller, call: Call) -> bytes:
        """Propose to open it, or open it where another officer proposed that since it was last closed."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            known = (await self.committer.facts.registry(connection)).source("organisations", holder) or {}
            act = await _next(connection, holder, caller.id, is_open=bool(known.get("emergency_opt_in")))
            return await self._kept(connection, holder, caller.id, act)

        tried = {"crisis_set": {"tried": "open"}}
        answer, _ = await Switch(self.committer).turned(caller, call, turn, tried=tried)
        return answer

    async def close(self, caller: Caller, call: Call) -> bytes:
        """Close it, from this answer on. What was proposed counts no more."""

        async def turn(connection: AsyncConnection, holder: str) -> Turned:
            return await self._kept(connection, holder, caller.id, _CLOSED)

        async def stands(connection: AsyncConnection, holder: str) -> bool:
            newest = await _newest(connection, holder)
            return newest is not None and newest.act == _CLOSED

        tried = {"crisis_set": {"tried": "close"}}
        answer, _ = await Switch(self.committer).turned(caller, call, turn, tried=tried, stands=stands)
        return answer

    async def _kept(self, connection: AsyncConnection, holder: str, officer: str, act: str) -> Turned:
        await connection.execute(insert(crisis_set).values(holder=holder, officer=officer, act=act))
        known = (await self.committer.facts.registry(connection)).source("organisations", holder) or {}
        # A change of the registry has every exchange of everybody begin anew, so only what changes something is one.
        if act != _PROPOSED and known.get("emergency_opt_in", False) is not (act == _OPENED):
            told = {"id": holder, "emergency_opt_in": act == _OPENED}
            await register(connection, self.committer.facts, [("organisations", told)])
        shows = {"open": act == _OPENED, "proposed": act == _PROPOSED}
        return Turned(shows, {"crisis_set": {"holder": holder, "act": act}})


async def _next(connection: AsyncConnection, holder: str, officer: str, *, is_open: bool) -> str:
    if is_open:
        return _OPENED
    row = await _newest(connection, holder)
    by_another = row is not None and row.act == _PROPOSED and row.officer != officer
    return _OPENED if by_another else _PROPOSED


async def _newest(connection: AsyncConnection, holder: str) -> Row[Any, Any] | None:
    columns = crisis_set.c
    newest = select(columns.act, columns.officer).where(columns.holder == holder).order_by(columns.seq.desc()).limit(1)
    return (await connection.execute(newest)).first()
