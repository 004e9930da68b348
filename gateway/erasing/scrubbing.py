"""Taking out of the files what was deleted from the tables, as far as a database lets its user do that.

SQLite overwrites what it deletes (`secure_delete`), but for its write-ahead log, which is emptied here. PostgreSQL
keeps deleted rows until its files are written anew. What a disk keeps of overwritten blocks, and what older backups
hold, only the end of a key epoch reaches (`docs/how-to/forget.md`).
"""

import asyncio
from typing import Any, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.erasing.belongings import BELONGINGS

_TRIES: Final = 50
_WAIT: Final = 0.1
_LOCK_TIMEOUT: Final = "SET lock_timeout = '3s'"
REWRITTEN: Final = ("person_key", "person_identifier", "idempotent_request", "holder_question")
"""The small tables, of which the file is written anew. The large ones hold of him what nobody can open any more."""


async def scrub(engine: AsyncEngine) -> str | None:
    """Empty SQLite's write-ahead log, or have PostgreSQL write the files anew; return what could not be done."""
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return await _vacuumed(await connection.execution_options(isolation_level="AUTOCOMMIT"))
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for _ in range(_TRIES):
            [(busy, _, _)] = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            if not busy:
                return None
            await asyncio.sleep(_WAIT)
    return "somebody reads the database all the time, so its -wal file still holds what was deleted; try again later"


async def _vacuumed(connection: AsyncConnection) -> str | None:
    if not await _owns(connection):
        return "this login may not vacuum; as the owner: VACUUM FULL " + ", ".join(REWRITTEN)
    await connection.exec_driver_sql(_LOCK_TIMEOUT)
    held = []
    for name in (each.table.name for each in BELONGINGS):
        try:
            await connection.exec_driver_sql(f"VACUUM {'FULL ' if name in REWRITTEN else ''}{name}")
        except DBAPIError:
            # Somebody works with it: nobody is held up for this.
            held.append(name)
    return f"in use, vacuum later: {', '.join(held)}" if held else None


async def _owns(connection: AsyncConnection) -> bool:
    told = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'person_key'::regclass"
    return bool((await connection.exec_driver_sql(told)).scalar_one())
