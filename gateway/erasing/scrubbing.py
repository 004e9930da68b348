"""Taking out of the files what was deleted from the tables, as far as a database lets its user do that.

SQLite overwrites what it deletes (`secure_delete`), but for its write-ahead log, which is emptied here. PostgreSQL
keeps deleted rows until its files are written anew, and what somebody might still see who began to read before: so he
is waited for. What a disk keeps of overwritten blocks, and what older backups hold, only the end of a key epoch reaches
(`docs/how-to/forget.md`).
"""

import asyncio
import sqlite3
from time import monotonic
from typing import Any, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.erasing.belongings import BELONGINGS

PATIENCE: Final = 30.0
"""For how many seconds whoever reads, or holds a table, is waited for."""
_WAIT: Final = 0.1
_LOCK_TIMEOUT: Final = "SET lock_timeout = '3s'"
_LOCKED: Final = "55P03"
"""`lock_not_available`: somebody works with the table. Nobody is held up for this, so it is tried again."""
_UNTOLD: Final = "the connection broke"
REWRITTEN: Final = ("person_key", "person_identifier", "idempotent_request", "holder_question")
"""The small tables, of which the file is written anew. The large ones hold of him what nobody can open any more."""

_NOW: Final = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS xid) AS text)"
_SEEING: Final = """\
SELECT count(*) FROM (
  SELECT greatest(age(backend_xmin), age(backend_xid)) AS age FROM pg_stat_activity
  WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
  UNION ALL SELECT age(transaction) FROM pg_prepared_xacts WHERE database = current_database()
  UNION ALL SELECT age(xmin) FROM pg_replication_slots
) AS held WHERE age > age(CAST('{}' AS xid))"""
"""How many there are for whom PostgreSQL keeps rows that were deleted before a transaction id was given out.

A replica that tells what it reads, and a transaction that was prepared, are such too. A replica's sender works in no
database. That it is one, a login without `pg_read_all_stats` is not told: so whatever works in none is waited for.
"""
_LOOK: Final = "look at the disk of the database, then run `schakel tombstones replay`"
_SEEN: Final = (
    "somebody reads the database since before the erasure, so what was deleted is kept in its files for him: end that"
    " (a session or a replica: `SELECT pid, backend_xmin FROM pg_stat_activity`; a prepared transaction:"
    " `pg_prepared_xacts`; a slot: `pg_replication_slots`), then run `schakel tombstones replay`"
)


async def scrub(engine: AsyncEngine) -> str | None:
    """Empty SQLite's write-ahead log, or have PostgreSQL write the files anew; return what could not be done.

    Whoever is in the way is waited for, `PATIENCE` seconds at most. Call it behind the commit of what deleted.
    """
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            return await _vacuumed(await connection.execution_options(isolation_level="AUTOCOMMIT"))
        driver: Any = (await connection.get_raw_connection()).driver_connection
        until = monotonic() + PATIENCE
        while True:
            try:
                [(busy, _, _)] = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:  # the disk does not take it, for example; who was erased is so already
                return f"the -wal file cannot be emptied ({error.sqlite_errorname}); {_LOOK}"
            if not busy:
                return None
            if monotonic() > until:
                break
            await asyncio.sleep(_WAIT)
    return (
        "somebody reads the database all the time, so its -wal file still holds what was deleted; run `schakel"
        " tombstones replay` later"
    )


async def _vacuumed(connection: AsyncConnection) -> str | None:
    if not await _owns(connection):
        return "this login may not vacuum; as the owner: VACUUM FULL " + ", ".join(REWRITTEN)
    until = monotonic() + PATIENCE
    if not await is_unseen(connection, until):
        return _SEEN
    await connection.exec_driver_sql(_LOCK_TIMEOUT)
    held = [str(each.table.name) for each in BELONGINGS]
    while True:
        refused = {name: state for name in held if (state := await _refused(connection, name))}
        if not refused:
            return None
        held = list(refused)
        if states := sorted({*refused.values()} - {_LOCKED}):
            return (
                f"PostgreSQL did not vacuum {', '.join(held)} ({', '.join(states)}): its log says why; then run"
                " `schakel tombstones replay`"
            )
        if monotonic() > until:
            return f"in use: {', '.join(held)}; run `schakel tombstones replay` later"
        await asyncio.sleep(_WAIT)


async def is_unseen(connection: AsyncConnection, until: float) -> bool:
    """Wait, no longer than `until`, for whoever might still see what was deleted before now; say whether nobody may."""
    now = int((await connection.exec_driver_sql(_NOW)).scalar_one())
    while (await connection.exec_driver_sql(_SEEING.format(now))).scalar_one():
        if monotonic() > until:
            return False
        await asyncio.sleep(_WAIT)
    return True


async def _refused(connection: AsyncConnection, name: str) -> str | None:
    """Vacuum a table; return with which SQLSTATE PostgreSQL refused, None where it did not."""
    try:
        await connection.exec_driver_sql(f"VACUUM {'FULL ' if name in REWRITTEN else ''}{name}")
    except DBAPIError as error:
        return getattr(error.orig, "sqlstate", None) or _UNTOLD
    return None


async def _owns(connection: AsyncConnection) -> bool:
    told = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'person_key'::regclass"
    return bool((await connection.exec_driver_sql(told)).scalar_one())
