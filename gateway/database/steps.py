"""How far a database is migrated, held against what this version needs. Reads nothing of what migrates, which is large.

Source: `docs/how-to/upgrade.md`: a step only adds to what the version before it uses, so a version serves on a database
that is ahead of it, and on none that is behind.
"""

import re
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

_VERSIONS: Final = Path(__file__).parents[1] / "migrations" / "versions"
_STEP: Final = re.compile(r"r(\d{4})_\w+\.py")
_READ: Final = text("SELECT version_num FROM alembic_version")


class OldDatabaseError(Exception):
    """The database is not as far as this version needs: refuse to start, and migrate."""


def newest_step(folder: Path = _VERSIONS) -> str:
    """Return the newest step that this version knows, as its file is called: `0004`."""
    return max(found[1] for each in folder.iterdir() if (found := _STEP.fullmatch(each.name)))


async def require_migrated(engine: AsyncEngine) -> None:
    """Look that every step that this version knows was taken; a database that is further ahead will do.

    Raises:
        OldDatabaseError: it is behind, or has no tables; the message says what to do.
        SQLAlchemyError, OSError: it does not answer.
    """
    async with engine.connect() as connection:
        taken = await connection.run_sync(step_taken)
    needed = newest_step()
    if taken is None:
        raise OldDatabaseError("the database has no tables of this program; run `schakel migrate`")
    if taken < needed:
        raise OldDatabaseError(
            f"the database is at step {taken}, and this version needs {needed}; run `schakel migrate`"
        )


def step_taken(connection: Connection) -> str | None:
    """Return the newest step that was taken, or None where there are no tables."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(_READ).scalar_one_or_none()
