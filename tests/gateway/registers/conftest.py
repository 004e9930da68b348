from collections.abc import AsyncIterator

import pytest

from tests.gateway.registers.stage import Town, town_at


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async with town_at(database_url) as made:
        yield made


@pytest.fixture
async def known(town: Town) -> Town:
    await town.with_family()
    return town
