"""What may be used once: proofs and assertions, remembered in the database, so by every process of the gateway.

The same round trip brings the newest revision of the registry. So a key that is withdrawn, or a client whose epoch is
raised, counts at the next request in every process, and nothing has to poll.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.database.engine import write_transaction
from gateway.database.line import BrokenLineError, Line
from gateway.database.together import Together
from gateway.identity.claims import SKEW
from gateway.identity.refusals import UnrecordedError
from gateway.registry.rows import NEWEST_REVISION
from gateway.registry.tables import used_once

_CLEAN_EVERY_SECONDS: Final = 60
_USE_ONE: Final = f"""\
INSERT INTO used_once (digest, expires) VALUES (?, ?)
ON CONFLICT DO NOTHING RETURNING digest, ({NEWEST_REVISION})"""  # noqa: S608 - own text
_USE_MANY: Final = f"""\
INSERT INTO used_once (digest, expires) SELECT * FROM unnest($1::bytea[], $2::bigint[])
ON CONFLICT DO NOTHING RETURNING digest, ({NEWEST_REVISION})"""  # noqa: S608 - own text


@dataclass(frozen=True, slots=True)
class Use:
    """Whether this was the first use, and if so the newest revision of the registry at that moment (else 0)."""

    first: bool
    revision: int


class SingleUse:
    """The store of what was used. One for each process; all of them share the table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        has_lines = engine.dialect.name == "postgresql"
        self._line = Line(engine) if has_lines else None
        self._revision_line = Line(engine) if has_lines else None
        self._cleaned_at = 0
        self._together = Together(self._use)
        self._revisions = Together(self._revision)

    async def use(self, scope: str, owner: str, name: str, *, expires: int, now: int) -> Use:
        """Mark `name` of `owner` in `scope` as used until `expires`, durably enough: see `gateway.registry.tables`.

        Raises:
            UnrecordedError: the database did not answer, so nobody knows whether it was used: refuse.
        """
        try:
            await self._clean(now)
            return await self._together.ask((digest(scope, owner, name), expires + SKEW))
        except (SQLAlchemyError, OSError, BrokenLineError, sqlite3.Error) as error:
            raise UnrecordedError("nobody can say whether this was used before") from error

    async def revision(self) -> int:
        """Return the newest revision of the registry.

        Raises:
            UnrecordedError: the database did not answer.
        """
        try:
            return await self._revisions.ask(None)
        except (SQLAlchemyError, OSError, BrokenLineError) as error:
            raise UnrecordedError("nobody can say what is registered") from error

    async def _revision(self, asked: Sequence[None]) -> list[int]:
        if self._revision_line is not None:
            [[found]] = await self._revision_line.fetch(NEWEST_REVISION)
        else:
            async with self._engine.connect() as connection:
                found = (await connection.execute(text(NEWEST_REVISION))).scalar_one()
        return [int(found)] * len(asked)

    async def _use(self, rows: Sequence[tuple[bytes, int]]) -> list[Use]:
        # Every request passes here, so the statement goes to the driver itself: that saves two thirds of its time.
        # Both drivers commit a statement that stands alone.
        if self._line is None:
            new = dict(await self._inserted(rows))
        else:
            # In order, so that no two processes can wait for each other.
            new = dict(await self._line.fetch(_USE_MANY, *zip(*sorted(rows), strict=True)))
        # Of two alike only one is the first: it takes the row with it.
        return [Use(each in new, new.pop(each, 0)) for each, _ in rows]

    async def _inserted(self, rows: Sequence[tuple[bytes, int]]) -> list[Any]:
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                return [found for row in rows for found in await driver.execute_fetchall(_USE_ONE, row)]
            except (sqlite3.Error, OSError):
                await connection.invalidate()  # the pool cannot see what went wrong behind its back
                raise

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
