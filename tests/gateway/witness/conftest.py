from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.database.engine import create_engine
from gateway.migrations.migrate import migrate
from tests.gateway.witness import make


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    await migrate(database_url)
    made = create_engine(database_url)
    yield made
    await made.dispose()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    await migrate(url)
    made = create_engine(url)
    yield made
    await made.dispose()


@pytest.fixture
async def three(tmp_path: Path) -> AsyncIterator[list[make.Serving]]:
    async with make.witnesses(tmp_path, 3) as servings:
        yield servings
