"""Bringing the database to what this version of the code expects: all steps or none."""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

import audit.finding.table
import audit.tables
import consent.store.tables
import gateway.committing.idempotency
import gateway.emergency.tables
import gateway.erasing.tables
import gateway.holders.tables
import gateway.log.tables
import gateway.notices.tables
import gateway.registry.tables
import gateway.reviews.tables
import gateway.rules.tables
import gateway.signals.tables
from gateway.database.engine import create_engine, write_transaction
from gateway.database.steps import newest_step, step_taken

TABLES: Final = (
    consent.store.tables.metadata,
    audit.tables.metadata,
    audit.finding.table.metadata,
    gateway.registry.tables.metadata,
    gateway.committing.idempotency.metadata,
    gateway.rules.tables.metadata,
    gateway.holders.tables.metadata,
    gateway.log.tables.metadata,
    gateway.notices.tables.metadata,
    gateway.reviews.tables.metadata,
    gateway.signals.tables.metadata,
    gateway.emergency.tables.metadata,
    gateway.erasing.tables.metadata,
)
"""Every table of the database."""

_STEPS: Final = Path(__file__).parent
_ONE_AT_A_TIME: Final = 0x5C4A6E1
_PATIENCE: Final = 60
"""Seconds that a migration tries to get what another process holds, which may take longer than any request does."""
_WAITS_FOR_A_TABLE: Final = "2s"
_HELD: Final = {"SQLITE_BUSY", "55P03"}
"""What the databases call it: PostgreSQL's is `lock_not_available`."""


async def migrate(url: str) -> None:
    """Migrate the database at `url` to the newest step, in one transaction; nothing happens where it is there.

    Several processes may call it at once: the others wait for the first, and find nothing left to do.

    Raises:
        SQLAlchemyError, OSError: it cannot be reached, or a step failed; the database is as it was.
    """
    engine = create_engine(url, pool_size=1)
    try:
        until = monotonic() + _PATIENCE
        while not await _migrated(engine):
            if monotonic() > until:
                raise OSError("another process holds the database; stop it, and migrate again")
            await asyncio.sleep(0.1)
    finally:
        await engine.dispose()


async def _migrated(engine: AsyncEngine) -> bool:
    """Return whether it is done; not where another process holds what a step needs: a table, or all of a file."""
    try:
        async with write_transaction(engine) as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
                # Whoever comes after a step that waits for a table waits for it too: better to give way, and try again.
                await connection.execute(text(f"SET LOCAL lock_timeout = '{_WAITS_FOR_A_TABLE}'"))
            await connection.run_sync(_upgrade)
    except DBAPIError as error:
        if _HELD & {getattr(error.orig, name, None) for name in ("sqlite_errorname", "sqlstate")}:
            return False
        raise
    return True


def _upgrade(connection: Connection) -> None:
    if step_taken(connection) == newest_step(_STEPS / "versions"):
        return
    # A gateway that serves imports this file too, and does not need 9 MiB more for what it did long ago.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    # There is no file of Alembic's, because the connection is handed in.
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
