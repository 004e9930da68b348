"""Who proposed to lift a holder's stop: it waits for a second officer, and changes nothing meanwhile."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.holders.tables import stop_lift
from gateway.registry.barred import barred


async def proposer(connection: AsyncConnection, holder: str) -> str | None:
    """Return the officer whose proposal waits, or None where none does: that of who was ended since opens nothing."""
    officer = await _newest(connection, holder)
    return None if officer in await barred(connection) else officer


async def _newest(connection: AsyncConnection, holder: str) -> str | None:
    newest = select(stop_lift.c.officer).where(stop_lift.c.holder == holder).order_by(stop_lift.c.seq.desc()).limit(1)
    officer: str | None = (await connection.execute(newest)).scalar()
    return officer


async def propose(connection: AsyncConnection, holder: str, officer: str | None) -> None:
    """Have the proposal of `officer` wait from now on, or none; nothing is written where that is so already."""
    if officer != await _newest(connection, holder):
        await connection.execute(insert(stop_lift).values(holder=holder, officer=officer))


async def forget(connection: AsyncConnection, holder: str, officer: str) -> None:
    """Have the proposal of `officer`, where it is his that waits, wait no more."""
    if officer == await _newest(connection, holder):
        await propose(connection, holder, None)
