"""The migrated database is the one that the code's tables describe."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.database.engine import create_engine
from gateway.migrations.migrate import TABLES, migrate
from tests import postgres

SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'alembic%'"
POSTGRESQL = {
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid), c.relpersistence
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'""",
    "constraint": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled
        FROM pg_trigger WHERE NOT tgisinternal""",
    "function": """
        SELECT '', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}


def described(connection: Connection) -> set[tuple[Any, ...]]:
    """Return everything that the database says about its tables."""
    if connection.dialect.name == "sqlite":
        return {
            (kind, name, table, frozenset(_lines(sql or "")))
            for kind, name, table, sql in connection.execute(text(SQLITE))
        }
    return {
        (what, *map(_plain, row))
        for what, query in POSTGRESQL.items()
        for row in connection.execute(text(query))
        if not str(row[0]).startswith("alembic")
    }


def _lines(sql: str) -> Iterator[str]:
    # What a table is made of, in whatever order and however spaced. A column that a later step adds stands in one line
    # with the one before; commas within brackets part nothing.
    for line in sql.replace("IF NOT EXISTS ", "").split("\n"):
        yield from (" ".join(part.split()).rstrip(" ,") for part in re.split(r",\s(?![^()]*\))", line))


def _plain(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


async def described_at(url: str) -> set[tuple[Any, ...]]:
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(described)
    finally:
        await engine.dispose()


async def made_at(url: str) -> None:
    engine: AsyncEngine = create_engine(url)
    async with engine.begin() as connection:
        for metadata in TABLES:
            await connection.run_sync(metadata.create_all)
    await engine.dispose()


@pytest.fixture
def second_url(request: pytest.FixtureRequest, empty_url: str) -> Iterator[str]:
    if empty_url.startswith("sqlite"):
        yield f"{empty_url}.second"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


async def test_migrating_makes_what_the_tables_describe(empty_url: str, second_url: str) -> None:
    await migrate(empty_url)
    await made_at(second_url)
    migrated, made = await described_at(empty_url), await described_at(second_url)
    assert migrated ^ made == set()


async def test_migrating_again_does_nothing(empty_url: str) -> None:
    await migrate(empty_url)
    before = await described_at(empty_url)
    await migrate(empty_url)
    assert await described_at(empty_url) == before


async def test_several_may_migrate_at_once(empty_url: str, second_url: str) -> None:
    await asyncio.gather(*(migrate(empty_url) for _ in range(3)))
    await migrate(second_url)
    assert await described_at(empty_url) == await described_at(second_url)


async def test_a_file_that_is_held_is_migrated_once_it_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.database.engine.SQLITE_BUSY_MILLISECONDS", 10)
    file = tmp_path / "held.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        migrating = asyncio.create_task(migrate(f"sqlite+aiosqlite:///{file}"))
        done, _ = await asyncio.wait({migrating}, timeout=0.5)
        assert not done
        holder.execute("COMMIT")
    await migrating


async def test_a_step_that_fails_leaves_the_database_as_it_was(empty_url: str) -> None:
    engine = create_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE used_once (somebody_elses INTEGER)"))
    before = await described_at(empty_url)
    with pytest.raises(Exception, match="already exists"):
        await migrate(empty_url)
    assert await described_at(empty_url) == before
    await engine.dispose()
