"""Noticing that another database took the place of the one that a process began with: a replica, or a backup.

It may lack what was committed last, a withdrawal for example. The tombstone journal brings that back at a start, before
anybody is answered, and only there do the witnesses say whether the log is whole. So a process that finds itself before
another database ends, and whatever keeps it running starts it anew.
"""

import asyncio
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.logs import logger

# The servers that came from one `initdb` have one identifier, a database that was made anew has another number, and a
# promotion raises the timeline, the first eight digits of a WAL file's name; a server's own restart changes none of the
# three. A replica that was not promoted can name no file that it writes to: it is nothing to work with, and says so.
_WHICH: Final = """\
SELECT (SELECT system_identifier FROM pg_control_system()),
  (SELECT oid FROM pg_database WHERE datname = current_database()),
  substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)"""


class TakenOverError(OSError):
    """Another database took over. Nothing is asked of it until a start has looked at it."""

    def __init__(self) -> None:
        """Take nothing: what there is to say is always the same."""
        super().__init__("another database took over; start again (runbook: `database.taken_over`)")


class Takeover:
    """Watches the connections of a process, and lends none to another database than its first went to.

    On SQLite a process has its file open for as long as it runs.
    """

    def __init__(self) -> None:
        """Watch nothing yet."""
        self.happened = asyncio.Event()
        self._first: tuple[Any, ...] | None = None

    def watch(self, engine: AsyncEngine) -> AsyncEngine:
        """Return `engine`, of which every connection that it makes from now on is watched, once."""
        pool = engine.sync_engine
        if engine.dialect.name == "postgresql" and not event.contains(pool, "connect", self._look):
            event.listen(pool, "connect", self._look)
        return engine

    def require_none(self) -> None:
        """Say so where another database took over.

        Raises:
            TakenOverError: it did.
        """
        if self.happened.is_set():
            raise TakenOverError

    def _look(self, connection: Any, _record: object) -> None:
        try:
            cursor = connection.cursor()
            cursor.execute(_WHICH)
            [found] = cursor.fetchall()
            cursor.close()
            connection.rollback()
            self._require_first(tuple(found))
        except BaseException:
            connection.close()  # the pool does not, of one that it never had
            raise

    def _require_first(self, found: tuple[Any, ...]) -> None:
        if self._first is None:
            self._first = found
        if found == self._first:
            return
        if not self.happened.is_set():
            logger().error("database.taken_over")
        self.happened.set()
        raise TakenOverError
