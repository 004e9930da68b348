"""The one database: an engine for SQLite or PostgreSQL, and transactions that may write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from asyncpg import InternalClientError  # type: ignore[import-untyped] # the driver has no types
from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

if TYPE_CHECKING:
    import aiosqlite

SQLITE_BUSY_MILLISECONDS: Final = 5_000
_IDLE_IN_TRANSACTION: Final = "60s"
_WRITES: Final = "schakel_writes"


def is_there(url: str) -> bool:
    """Return whether there is a database to connect to: to connect to a file that is not there would make it."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def folder_of(url: str) -> Path | None:
    """Return the folder in which the file of a database lies, or would; None of one that is no file."""
    parsed = make_url(url)
    return Path(parsed.database or "").absolute().parent if parsed.get_backend_name() == "sqlite" else None


def create_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """Return an engine for `url` (`sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`). Connects to nothing yet.

    SQLite is opened with WAL and `synchronous=FULL`: a commit is on disk when it returns. On PostgreSQL a transaction
    of which nothing is asked for a minute is rolled back: while it stands open nothing that was written later gets its
    place in the log's tree. `pool_size` connections stay open to be lent, and no more: who comes later waits. Beside
    them each `gateway.database.line.Line` keeps one.
    """
    parsed = make_url(url)
    of_postgresql = {"server_settings": {"idle_in_transaction_session_timeout": _IDLE_IN_TRANSACTION}}
    of_sqlite = {"async_creator_fn": _connected}
    connect_args: dict[str, Any] = of_postgresql if parsed.get_backend_name() == "postgresql" else of_sqlite
    engine = create_async_engine(parsed, pool_size=pool_size, max_overflow=0, connect_args=connect_args)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _open_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


@asynccontextmanager
async def write_transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Begin a transaction that may write, and commit it at the end of the block; an exception rolls it back.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so what is read in it stays true until its commit; a
    transaction that reads first and writes later would fail there as soon as somebody else wrote between.
    """
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**{_WRITES: True})
            async with connection.begin():
                yield connection
    except InternalClientError as error:
        # What the driver may raise when the server goes away in the middle; the library does not know it.
        raise OSError("the connection to the database broke") from error


async def _connected(*given: Any, **named: Any) -> "aiosqlite.Connection":
    """Connect as the library's own way does, and leave no thread behind where that fails.

    It would tell a loop that it ends, and where a command has ended before it print that this loop is closed.
    """
    import aiosqlite  # noqa: PLC0415 - who works on PostgreSQL needs none of it

    connection = aiosqlite.connect(*given, **named)
    thread = connection._thread  # noqa: SLF001 - as SQLAlchemy does: there is no other way to it
    thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(thread.join)
        raise


def _open_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes late and never before a SELECT; `_begin_sqlite` says it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "secure_delete = ON",
        f"busy_timeout = {SQLITE_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
