from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.audit import make


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with make.engine(database_url) as made:
        yield made


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with make.engine(f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}") as made:
        yield made


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    async with make.engine(postgres_url) as made:
        yield made


@pytest.fixture
def keys() -> make.KeyService:
    return make.KeyService()
