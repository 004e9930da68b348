"""The check at start that this database really keeps what it says it keeps.

Source: audit log contract, *Storage*.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.tables import metadata

WAIT_FOR_DISK: Final = """\
set_config(
    'synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END,
    true)"""
"""PostgreSQL: lets the commit of the transaction that selects it wait for the disk, whatever the session says."""

_SQLITE_FULL: Final = 2

# A table that is UNLOGGED is empty after a crash, however long its commits waited.
_FORGOTTEN: Final = text("""\
SELECT relname FROM pg_class WHERE relname = ANY (:tables) AND pg_table_is_visible(oid) AND relpersistence <> 'p'
ORDER BY relname""")


class UnsafeDatabaseError(Exception):
    """The database may lose an acknowledged event in a power cut: refuse to start."""


async def check_durability(connection: AsyncConnection) -> None:
    """Check that a commit on a connection configured like this one is on disk when it returns.

    Raises:
        UnsafeDatabaseError: it is not; the message says which setting to change.
    """
    check = {"postgresql": _check_postgresql, "sqlite": _check_sqlite}.get(connection.dialect.name)
    if check is None:
        raise UnsafeDatabaseError(f"the log is kept in PostgreSQL or SQLite, not in `{connection.dialect.name}`")
    await check(connection)


async def _check_postgresql(connection: AsyncConnection) -> None:
    # `synchronous_commit` is not asked: what keeps or signs forces it, whatever the session says.
    for setting in ("fsync", "full_page_writes"):
        if await _setting(connection, f"SHOW {setting}") != "on":
            raise UnsafeDatabaseError(f"PostgreSQL runs with {setting}=off; set it to on and restart the server")
    tables = [table.name for table in metadata.sorted_tables]
    forgotten = (await connection.execute(_FORGOTTEN, {"tables": tables})).scalars().all()
    if forgotten:
        raise UnsafeDatabaseError(
            f"a crash would empty {', '.join(forgotten)}; the owner must run ALTER TABLE … SET LOGGED on each"
        )


async def _check_sqlite(connection: AsyncConnection) -> None:
    if await _setting(connection, "PRAGMA journal_mode") != "wal":
        raise UnsafeDatabaseError("SQLite does not journal in WAL mode; set PRAGMA journal_mode=WAL on each connection")
    if int(await _setting(connection, "PRAGMA synchronous")) < _SQLITE_FULL:
        raise UnsafeDatabaseError("SQLite does not wait for the disk; set PRAGMA synchronous=FULL on each connection")


async def _setting(connection: AsyncConnection, statement: str) -> str:
    return str((await connection.execute(text(statement))).scalar_one())
