"""Answers that were kept for a request that may be repeated, for longer than anybody repeats one."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from gateway.committing.idempotency import idempotent_request
from gateway.database.engine import write_transaction
from gateway.erasing.terms import ANSWERED


async def stale_answers(connection: AsyncConnection, now: datetime) -> int:
    """Return how many answers are older than their term."""
    found = select(func.count()).select_from(idempotent_request).where(_stale(now))
    return int((await connection.execute(found)).scalar_one())


async def forget_answers(engine: AsyncEngine, now: datetime) -> int:
    """Delete the answers that are older than their term; return how many."""
    async with write_transaction(engine) as connection:
        return (await connection.execute(delete(idempotent_request).where(_stale(now)))).rowcount


def _stale(now: datetime) -> ColumnElement[bool]:
    return idempotent_request.c.recorded_at < now - ANSWERED
