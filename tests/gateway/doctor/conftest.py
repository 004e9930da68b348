from pathlib import Path

import pytest

from tests.gateway.backup import make


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> make.House:
    return await make.house(tmp_path, database_url)


@pytest.fixture
async def small(tmp_path: Path) -> make.House:
    """Give a house on SQLite."""
    return await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
