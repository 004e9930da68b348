"""What is backed up: the whole database as it is at one instant, while others go on reading and writing it."""

import asyncio
import errno
import os
import sqlite3
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.grow import frontier_of, tree_size
from gateway.backup.postgres import dump
from gateway.backup.sealed import Header
from schemas.calendar import utc_milliseconds

_BLOCK: Final = 1 << 16


class NoRoomError(Exception):
    """The disk would be too full for the log with what a backup needs; make room, or choose another folder."""


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection that sees one instant until the end of the block, and holds up nobody who writes."""
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        async with connection.begin():
            if connection.dialect.name == "postgresql":
                # It says nothing for as long as `pg_dump` takes. As a reader it holds up neither writers nor the log.
                await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection


async def header_of(connection: AsyncConnection, *, origin: str, at: datetime) -> Header:
    """Return the header of a backup of what `connection` sees.

    Raises:
        BrokenTreeError: the stored tree has gaps; verify the log.
    """
    size = await tree_size(connection)
    return Header(
        at=utc_milliseconds(at),
        database=connection.dialect.name,
        origin=origin,
        revision=(await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one(),
        size=size,
        root=(await frontier_of(connection, size)).root(),
    )


async def content(connection: AsyncConnection, url: str, *, spare: int) -> AsyncGenerator[bytes]:
    """Give what `connection`, which `snapshot` gave, sees of the database at `url`.

    Of a file a copy is made beside it, if at least `spare` bytes stay free there.

    Raises:
        NoRoomError: they would not.
        DatabaseProgramError: `pg_dump` did not do it.
    """
    if connection.dialect.name == "postgresql":
        async with aclosing(dump(connection, url)) as dumped:
            async for block in dumped:
                yield block
        return
    with await _copied(connection, Path(make_url(url).database or ""), spare) as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block


async def _copied(connection: AsyncConnection, path: Path, spare: int) -> BinaryIO:
    """Return a copy of the file at `path`, which has no name, so that it is gone with this process.

    Raises:
        NoRoomError: there is too little for it.
        OSError: it cannot be written, or the file cannot be read.
    """
    pages = await connection.execute(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    require_room(path.parent, pages.scalar_one() + spare)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    file = os.fdopen(descriptor, "rb")
    try:
        target = sqlite3.connect(name, check_same_thread=False)
    finally:
        os.unlink(name)  # noqa: PTH108 - a thread's while is longer than this takes
    try:
        target.execute("PRAGMA journal_mode = OFF")
        driver: Any = (await connection.get_raw_connection()).driver_connection
        # All pages in one step, in the transaction that is open: as of the instant that the header tells of.
        await driver.backup(target)
    except sqlite3.Error as error:
        file.close()
        why = f"the database cannot be copied beside itself ({error.sqlite_errorname}); look at its disk"
        raise OSError(errno.EIO, why) from error
    except BaseException:
        file.close()
        raise
    finally:
        target.close()
    return file


def require_room(folder: Path, size: int) -> None:
    """Let `size` bytes go on the disk of `folder`.

    Raises:
        NoRoomError: they do not fit.
    """
    stats = os.statvfs(folder)
    if stats.f_bavail * stats.f_frsize < size:
        raise NoRoomError(f"a backup would leave too little room on the disk of {folder}; make room, or take another")
