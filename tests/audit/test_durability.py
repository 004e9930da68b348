from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from audit.durability import UnsafeDatabaseError, check_durability


class TurnedOff:
    """A connection of which one setting reads `off`, as no test can restart the server for it."""

    def __init__(self, connection: AsyncConnection, setting: str) -> None:
        self.dialect, self._connection, self._setting = connection.dialect, connection, setting

    async def execute(self, statement: object) -> object:
        off = str(statement) == f"SHOW {self._setting}"
        return await self._connection.execute(text("SELECT 'off'") if off else text(str(statement)))


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
@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
async def test_postgresql_that_may_lose_a_commit_is_refused(postgres: AsyncEngine, setting: str) -> None:
    async with postgres.connect() as connection:
        with pytest.raises(UnsafeDatabaseError, match=setting):
            await check_durability(TurnedOff(connection, setting))  # type: ignore[arg-type] # what it needs
