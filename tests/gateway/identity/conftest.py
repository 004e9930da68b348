from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.identity.keys import new_signing_key
from tests.gateway.identity.publishing import House, publisher
from tests.gateway.identity.world import World, make_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A gateway's doors on SQLite."""
    made = await make_world(f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
    yield made
    await made.services.refusals.close()
    await made.engine.dispose()


@pytest.fixture
async def any_world(database_url: str) -> AsyncIterator[World]:
    """A gateway's doors, once on SQLite and once on PostgreSQL."""
    made = await make_world(database_url)
    yield made
    await made.services.refusals.close()
    await made.engine.dispose()


@pytest.fixture
async def house(world: World) -> AsyncIterator[House]:
    """A world in which one provider publishes its keys."""
    key = new_signing_key()
    async with publisher(key) as at:
        made = House(world, at, key)
        await made.register("team-noord", at.url)
        yield made
