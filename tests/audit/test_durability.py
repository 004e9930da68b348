import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from audit.durability import UnsafeDatabaseError, check_durability
from tests import postgres
from tests.audit import make


@pytest.fixture(params=["fsync", "full_page_writes"])
def careless(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A server that runs with one setting off, and a database of it."""
    with postgres.server(f"{request.param}=off") as folder, postgres.database(folder) as url:
        yield request.param, url


async def test_a_database_configured_as_we_configure_it_is_durable(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await check_durability(connection)


@pytest.mark.parametrize("pragma", ["journal_mode=DELETE", "synchronous=NORMAL"])
async def test_sqlite_that_does_not_wait_for_the_disk_is_refused(tmp_path: Path, pragma: str) -> None:
    made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    async with made.connect() as connection:
        await connection.execute(text("PRAGMA journal_mode=WAL"))
        await connection.execute(text(f"PRAGMA {pragma}"))
        with pytest.raises(UnsafeDatabaseError, match=pragma.partition("=")[0]):
            await check_durability(connection)
    await made.dispose()


async def test_a_database_in_memory_is_refused() -> None:
    made = create_async_engine("sqlite+aiosqlite://")
    async with made.connect() as connection:
        with pytest.raises(UnsafeDatabaseError):
            await check_durability(connection)
    await made.dispose()


@pytest.mark.server
async def test_postgresql_that_may_lose_a_commit_is_refused(careless: tuple[str, str]) -> None:
    setting, url = careless
    made = create_async_engine(url)
    async with made.connect() as connection:
        with pytest.raises(UnsafeDatabaseError, match=f"{setting}=off"):
            await check_durability(connection)
    await made.dispose()


@pytest.mark.server
@pytest.mark.parametrize("table", ["audit_node", "audit_subject"])
async def test_a_table_of_the_log_that_a_crash_would_empty_is_refused(postgres: AsyncEngine, table: str) -> None:
    async with postgres.connect() as connection:
        await connection.execute(text(f"ALTER TABLE {table} SET UNLOGGED"))
        with pytest.raises(UnsafeDatabaseError, match=table):
            await check_durability(connection)


@pytest.mark.server
async def test_a_login_that_waits_for_no_disk_still_waits_where_an_event_is_kept() -> None:
    with postgres.server("wal_writer_delay=10s") as folder, postgres.database(folder) as url:
        _psql(url, f"ALTER ROLE {postgres.ACCOUNT} SET synchronous_commit = off")
        async with make.engine(url) as made:
            await make.settle(made, make.log())
            async with made.begin() as connection:
                await connection.execute(
                    text("INSERT INTO audit_subject VALUES ('p', '0199f0c4-0000-7000-8000-000000000001', false)")
                )
                written = await _written(connection)
            assert not await _is_on_disk(made, written)  # so this login does not wait by itself
            async with made.begin() as connection:
                await make.log().append(connection, make.event(person=None))
                written = await _written(connection)
            assert await _is_on_disk(made, written)


async def _written(connection: AsyncConnection) -> str:
    return str((await connection.execute(text("SELECT pg_current_wal_insert_lsn()::text"))).scalar_one())


async def _is_on_disk(made: AsyncEngine, written: str) -> bool:
    """Say whether the disk has all that was written up to `written`."""
    async with made.connect() as connection:
        reached = text("SELECT pg_current_wal_flush_lsn() >= CAST(CAST(:written AS text) AS pg_lsn)")
        return bool((await connection.execute(reached, {"written": written})).scalar_one())


def _psql(url: str, statement: str) -> None:
    parsed = make_url(url)
    psql = [str(postgres.BINARIES / "psql"), "-X", "-q", "-h", str(parsed.query["host"]), "-U", postgres.ACCOUNT]
    subprocess.run([*psql, "-d", str(parsed.database), "-c", statement], check=True, capture_output=True)
