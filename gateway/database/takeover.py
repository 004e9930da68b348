"""Noticing that another database took the place of the one that a process began with: a replica, or a backup.

It may lack what was committed last, a withdrawal for example. The tombstone journal brings that back at a start, before
anybody is answered, and only there do the witnesses say whether the log is whole. So a process that finds itself before
another database ends, and whatever keeps it running starts it anew.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.logs import logger

# The servers that came from one `initdb` have one identifier, a database that was made anew has another number, and a
# promotion raises the timeline, the first eight digits of a WAL file's name; a server's own restart changes none of the
# three. A replica that was not promoted can name no file that it writes to: it is nothing to work with, and says so.
# A copy of all files has the same three, but less in its WAL than was on disk already; a restart takes nothing of that.
_WHICH: Final = """\
SELECT (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()),
  substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8),
  CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS bigint)"""
_FILE: Final = "SELECT file FROM pragma_database_list WHERE name = 'main'"

_EVERY_SECONDS: Final = 1
_ANSWER_SECONDS: Final = 10


class TakenOverError(OSError):
    """Another database took over. Nothing is asked of it until a start has looked at it."""

    def __init__(self) -> None:
        """Take nothing: what there is to say is always the same."""
        super().__init__("another database took over; start again (runbook: `database.taken_over`)")


class Takeover:
    """Watches the connections of a process, and lends none to another database than its first went to.

    On SQLite that is another file than the first: whoever had that one open works on in it, unseen by the others.
    """

    def __init__(self) -> None:
        """Watch nothing yet."""
        self.happened = asyncio.Event()
        self.reached = 0
        """How far the database was seen to have got, in bytes of its WAL; 0 on SQLite."""
        self._first: tuple[Any, ...] | None = None

    def watch(self, engine: AsyncEngine) -> AsyncEngine:
        """Return `engine`, of which every connection that it makes from now on is watched, once."""
        look = self._look_at_server if engine.dialect.name == "postgresql" else self._look_at_file
        if not event.contains(engine.sync_engine, "connect", look):
            event.listen(engine.sync_engine, "connect", look)
        return engine

    @asynccontextmanager
    async def looking(self, engine: AsyncEngine) -> AsyncIterator[None]:
        """Look again and again meanwhile how far the database of `engine` has got: most connections are old."""
        if engine.dialect.name != "postgresql":
            yield
            return
        stop = asyncio.Event()
        task = asyncio.create_task(self._look_on(engine, stop))
        try:
            yield
        finally:
            # The server may go in this very moment: then the driver's word for that takes the place of our cancelling.
            stop.set()
            task.cancel()
            await asyncio.wait({task})

    async def look(self, engine: AsyncEngine) -> None:
        """Look how far the database of `engine`, on PostgreSQL, has got: one that has not got there is another.

        Raises:
            TakenOverError: it is.
            SQLAlchemyError, OSError, or the driver's own: it does not answer.
        """
        before = self.reached
        async with engine.connect() as connection:
            *which, reached = (await connection.execute(text(_WHICH))).one()
        self._require_first(tuple(which), reached, before)

    def require_none(self) -> None:
        """Say so where another database took over.

        Raises:
            TakenOverError: it did.
        """
        if self.happened.is_set():
            raise TakenOverError

    async def _look_on(self, engine: AsyncEngine, stop: asyncio.Event) -> None:
        while not self.happened.is_set() and not stop.is_set():
            with suppress(Exception):  # where it does not answer somebody else says so
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self.look(engine)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)

    def _look_at_server(self, connection: Any, _record: object) -> None:
        before = self.reached
        with _closed_if_not_the_first(connection):
            *which, reached = _asked(connection, _WHICH)
            connection.rollback()
            self._require_first(tuple(which), reached, before)

    def _look_at_file(self, connection: Any, _record: object) -> None:
        with _closed_if_not_the_first(connection):
            [name] = _asked(connection, _FILE)
            # It has no name where it is in memory, or goes with its connection.
            file = os.stat(name) if name else None  # noqa: PTH116 - the name that the library gives
            self._require_first((file and file.st_dev, file and file.st_ino), 0, 0)

    def _require_first(self, found: tuple[Any, ...], reached: int, before: int) -> None:
        # `before` is from before it was asked: of two who ask at one time the one that is behind may be heard last.
        if self._first is None:
            self._first = found
        if found == self._first and reached >= before:
            self.reached = max(self.reached, reached)
            return
        if not self.happened.is_set():
            logger().error("database.taken_over")
        self.happened.set()
        raise TakenOverError


@contextmanager
def _closed_if_not_the_first(connection: Any) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(Exception):  # where it broke, why it did is what counts
            connection.terminate()  # the pool does not, of one that it never had
        raise


def _asked(connection: Any, question: str) -> tuple[Any, ...]:
    cursor = connection.cursor()
    cursor.execute(question)
    [found] = cursor.fetchall()
    cursor.close()
    return tuple(found)
