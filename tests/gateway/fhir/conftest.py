from collections.abc import AsyncIterator

import pytest

from tests.gateway.facts.household import household_at
from tests.gateway.fhir.server import Fhir


@pytest.fixture
async def fhir(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fhir]:
    """The door on SQLite, for what does not hang on the database."""
    async with household_at(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('fhir') / 'schakel.db'}") as made:
        yield Fhir.of(made)


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Fhir]:
    async with household_at(database_url) as made:
        yield Fhir.of(made)
