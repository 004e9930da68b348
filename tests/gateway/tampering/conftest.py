import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.gateway.tampering.hand import copied
from tests.gateway.tampering.original import Original, build


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """Give the log, made once for each kind of database; a test works on a copy."""
    if request.param == "sqlite":
        yield asyncio.run(build(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('log') / 'original.db'}"))
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield asyncio.run(build(url))


@pytest.fixture
def copy(original: Original, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a copy of the log."""
    with copied(original.url, tmp_path) as url:
        yield url
