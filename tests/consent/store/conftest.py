from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.store.fact_store import FactStore
from tests.consent.store import make


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with make.engine_at(database_url) as made:
        yield made


@pytest.fixture
async def store(engine: AsyncEngine) -> FactStore:
    store = FactStore(make.key_service())
    await make.populate(engine, store)
    return store
