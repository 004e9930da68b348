"""Whether something waits for another transaction, as PostgreSQL says it."""

import asyncio
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_WAITS: Final = text(
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
)


async def somebody_waits(engine: AsyncEngine) -> None:
    """Return once a transaction waits for another."""
    async with engine.connect() as connection:
        while not (await connection.execute(_WAITS)).scalar_one():
            await connection.rollback()  # within a transaction the activity stays as it was seen first
            await asyncio.sleep(0.01)


async def waits(task: asyncio.Task[Any], engine: AsyncEngine) -> bool:
    """Return once `task` is done, or waits for another transaction; whether it waits."""
    waiting = asyncio.create_task(somebody_waits(engine))
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await asyncio.wait({waiting})
    return not task.done()
