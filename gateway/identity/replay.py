"""What may be used once: proofs and assertions, remembered in the database, so by every process of the gateway.

The same round trip brings the newest revision of the registry. So a key that is withdrawn, or a client whose epoch is
raised, counts at the next request in every process, and nothing has to poll.
"""

import sqlite3
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped] # the driver has no types
from sqlalchemy import bindparam, delete, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.database import write_transaction
from gateway.identity.claims import SKEW
from gateway.identity.refusals import UnrecordedError
from gateway.registry_tables import registration, used_once

_CLEAN_EVERY_SECONDS: Final = 60
_REVISION = select(func.coalesce(func.max(registration.c.id), literal_column("0"))).scalar_subquery()
_DRIVER_ERRORS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    sqlite3.Error,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Use:
    """Whether this was the first use, and if so the newest revision of the registry at that moment (else 0)."""

    first: bool
    revision: int


class SingleUse:
    """The store of what was used. One for each process; all of them share the table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._cleaned_at = 0
        # One form for both: SQLite took its `ON CONFLICT` over from PostgreSQL.
        insert = postgresql.insert(used_once) if engine.dialect.name == "postgresql" else sqlite.insert(used_once)
        row: dict[str, Any] = {"digest": bindparam("digest"), "expires": bindparam("expires")}
        compiled = insert.values(row).on_conflict_do_nothing().returning(_REVISION).compile(dialect=engine.dialect)
        self._sql = str(compiled)
        self._order = tuple(compiled.positiontup or ())

    async def use(self, scope: str, owner: str, name: str, *, expires: int, now: int) -> Use:
        """Mark `name` of `owner` in `scope` as used until `expires`, durably enough: see `gateway.registry_tables`.

        Raises:
            UnrecordedError: the database did not answer, so nobody knows whether it was used: refuse.
        """
        row = {"digest": digest(scope, owner, name), "expires": expires + SKEW}
        try:
            await self._clean(now)
            async with self._engine.connect() as connection:
                found = await self._insert(connection, [row[column] for column in self._order])
        except (SQLAlchemyError, OSError) as error:
            raise UnrecordedError("nobody can say whether this was used before") from error
        return Use(bool(found), found[0][0] if found else 0)

    async def revision(self) -> int:
        """Return the newest revision of the registry.

        Raises:
            UnrecordedError: the database did not answer.
        """
        try:
            async with self._engine.connect() as connection:
                return int((await connection.execute(select(_REVISION))).scalar_one())
        except (SQLAlchemyError, OSError) as error:
            raise UnrecordedError("nobody can say what is registered") from error

    async def _insert(self, connection: AsyncConnection, values: list[Any]) -> Any:
        # Every request passes here, so the statement goes to the driver itself: that saves two thirds of its time.
        # Both drivers commit a statement that stands alone.
        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            if connection.dialect.name == "postgresql":
                return await driver.fetch(self._sql, *values)
            return await driver.execute_fetchall(self._sql, values)
        except _DRIVER_ERRORS as error:
            # The pool cannot see what went wrong behind its back.
            await connection.invalidate()
            raise UnrecordedError("nobody can say whether this was used before") from error

    async def _clean(self, now: int) -> None:
        if now - self._cleaned_at < _CLEAN_EVERY_SECONDS:
            return
        self._cleaned_at = now
        async with write_transaction(self._engine) as connection:
            await connection.execute(delete(used_once).where(used_once.c.expires < now))


def digest(scope: str, owner: str, name: str) -> bytes:
    """Return the SHA-256 of the three, each with its length before it, so that no two triples look the same."""
    parts = (part.encode() for part in (scope, owner, name))
    return sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
