from pathlib import Path

import pytest

from tests import postgres
from tests.gateway.backup import make


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the programs of the server that the tests run on found first."""
    monkeypatch.setenv("PATH", str(postgres.BINARIES), prepend=":")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> make.House:
    return await make.house(tmp_path, database_url)


@pytest.fixture
async def small(tmp_path: Path) -> make.House:
    """Give a house on SQLite."""
    return await make.house(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
