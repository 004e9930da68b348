from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.holders.world import Stage, stage_at


@pytest.fixture
async def stage(tmp_path: Path, database_url: str) -> AsyncIterator[Stage]:
    """A gateway on each database."""
    async with stage_at(tmp_path, database_url) as one:
        yield one


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Stage]:
    """A gateway on SQLite, for what does not hang on the database."""
    async with stage_at(tmp_path) as one:
        yield one
