from collections.abc import AsyncIterator

import pytest

from tests.gateway.facts.desk import Desk, desk_at
from tests.gateway.facts.household import Household, household_at


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with desk_at(database_url) as made:
        yield made


@pytest.fixture
async def small(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A desk on SQLite, for what does not hang on the database."""
    async with desk_at(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('desk') / 'schakel.db'}") as made:
        yield made


@pytest.fixture
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Household]:
    async with household_at(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('house') / 'schakel.db'}") as made:
        yield made
