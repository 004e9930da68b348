"""The hand of the database's superuser: copies a log, switches off what guards it, and writes what he likes."""

# ruff: noqa: S608 - the superuser's statements, all ours
import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from sqlalchemy import LargeBinary, UniqueConstraint, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from audit.tables import APPEND_ONLY, metadata
from gateway.database.engine import create_engine
from tests import postgres
from tests.gateway.tampering.original import Original, grow, name_of

LONGEST: Final = 30
"""Seconds that he tries."""
_LOCK_NOT_AVAILABLE: Final = "55P03"


@contextmanager
def copied(url: str, folder: Path) -> Iterator[str]:
    """Give the URL of a copy of the database at `url`; where it is a file, the copy stands in `folder`."""
    if make_url(url).get_backend_name() == "postgresql":
        server = Path(str(make_url(url).query["host"]))
        with postgres.database(server, template=name_of(url)) as copy:
            yield copy
        return
    copy_path = folder / "copy.db"
    shutil.copy(name_of(url), copy_path)
    yield f"sqlite+aiosqlite:///{copy_path}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncEngine]:
    """Open a log as the gateway does."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


async def tamper(url: str, statements: Sequence[str], *, unkeyed: str | None = None) -> None:
    """Switch off every trigger and foreign key, also what binds the rows of `unkeyed`, and execute `statements`."""
    # An engine of his own, which does not ask SQLite to look after foreign keys.
    engine = create_async_engine(url)
    try:
        async with asyncio.timeout(LONGEST):
            while not await _tampered(engine, statements, unkeyed):
                pass  # each time it has waited for a lock
    finally:
        await engine.dispose()


async def _tampered(engine: AsyncEngine, statements: Sequence[str], unkeyed: str | None) -> bool:
    """Return whether it was done; not where a gateway holds what this wants: it may want what this holds."""
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
            await _unguard(connection)
            if unkeyed is not None:
                await _drop_keys(connection, unkeyed)
            for statement in statements:
                await connection.execute(text(statement))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def blob(url: str, data: bytes) -> str:
    """Return `data` as the database at `url` writes it in a statement."""
    return f"x'{data.hex()}'" if url.startswith("sqlite") else f"decode('{data.hex()}', 'hex')"


async def go_on_from(seq: int, url: str, original: Original) -> None:
    """Take away every event from `seq` on and let the log itself write others: leaves, nodes, heads and signatures."""
    await cut(seq, url)
    async with opened(url) as engine:
        await grow(engine, replace(original, receipts=[]), seq, witnessed=False)


async def cut(seq: int, url: str) -> None:
    """Take away every event from `seq` on, and whatever says that it was there."""
    nodes = "(position + 1) * (CASE level {} END) > {}".format(
        " ".join(f"WHEN {level} THEN {1 << level}" for level in range(1, 7)), seq
    )
    placed = f"(SELECT event_id FROM audit_leaf WHERE seq < {seq})"
    await tamper(
        url,
        (
            f"DELETE FROM audit_subject WHERE event_id NOT IN {placed}",
            f"DELETE FROM audit_event WHERE event_id NOT IN {placed}",
            f"DELETE FROM audit_leaf WHERE seq >= {seq}",
            f"DELETE FROM audit_node WHERE {nodes}",
            f"DELETE FROM audit_cosignature WHERE size > {seq}",
            f"DELETE FROM audit_checkpoint WHERE size > {seq}",
        ),
    )


async def _unguard(connection: AsyncConnection) -> None:
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for end in ("no_update", "no_delete", "no_replace"):
                await connection.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_{end}"))
        return
    for table in metadata.sorted_tables:
        await connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
    # TRUNCATE asks for foreign keys even where no trigger looks after them.
    await connection.execute(text("ALTER TABLE audit_leaf DROP CONSTRAINT IF EXISTS audit_leaf_event_id_fkey"))
    await connection.execute(
        text("ALTER TABLE audit_cosignature DROP CONSTRAINT IF EXISTS audit_cosignature_size_fkey")
    )
    await connection.execute(text("ALTER TABLE audit_event ALTER id SET GENERATED BY DEFAULT"))


async def _drop_keys(connection: AsyncConnection, name: str) -> None:
    if connection.dialect.name == "sqlite":
        # SQLite cannot drop a key; a copy made from a query has none, and may hold nothing anywhere.
        for statement in (
            f"CREATE TABLE unkeyed AS SELECT * FROM {name}",
            f"DROP TABLE {name}",
            f"ALTER TABLE unkeyed RENAME TO {name}",
        ):
            await connection.execute(text(statement))
        return
    uniques = [c for c in metadata.tables[name].constraints if isinstance(c, UniqueConstraint)]
    names = [f"{name}_pkey", *(f"{name}_{'_'.join(c.columns.keys())}_key" for c in uniques)]
    for each in names:
        await connection.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT {each} CASCADE"))
    for column in metadata.tables[name].columns:
        if isinstance(column.type, LargeBinary):
            await connection.execute(text(f"ALTER TABLE {name} ALTER {column.name} DROP NOT NULL"))
