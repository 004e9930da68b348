from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.running import Running, running
from tests.gateway.worlds import world


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    async with running(world(), tmp_path, database_url=database_url) as one:
        yield one


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Running]:
    """A gateway on SQLite, for what does not hang on the database."""
    async with running(world(), tmp_path) as one:
        yield one
