"""The stage of reviews on each database, and on SQLite alone where that makes no difference."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.gateway.reviews.stage import Stage, staged


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, database_url) as one:
        yield one


@pytest_asyncio.fixture
async def lite(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as one:
        yield one
