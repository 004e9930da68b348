from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.migrations.migrate import migrate
from tests.gateway.roles.house import House, built


@pytest.fixture
async def house(postgres_server: Path) -> AsyncIterator[House]:
    """A database as `deploy/` makes it: migrated by the migrator, with every right granted."""
    with built(postgres_server) as made:
        await migrate(made.url("migrator"))
        assert made.grant().returncode == 0
        yield made
