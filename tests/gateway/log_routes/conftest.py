from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.app import create_app
from tests.audit import make
from tests.gateway.log.followers import placed
from tests.gateway.log_routes.growing import grow_to
from tests.gateway.running import Running, running
from tests.gateway.worlds import world


class Published(NamedTuple):
    """A gateway whose doors show the log of `engine`, which the test lets grow."""

    url: str
    engine: AsyncEngine
    gateway: Running


@pytest.fixture
async def gateway(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """Give a gateway whose log already shows what it kept at its start."""
    async with running(world(), tmp_path, database_url=database_url) as one:
        await placed(one)
        yield one


@asynccontextmanager
async def showing(database_url: str, folder: Path) -> AsyncIterator[Published]:
    async with running(world(), folder) as one, make.engine(database_url) as engine:
        own, one.gateway.engine = one.gateway.engine, engine
        one.app = create_app(one.gateway)
        one.gateway.engine = own
        yield Published(one.url, engine, one)


@pytest.fixture
async def log(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Published]:
    async with showing(database_url, tmp_path_factory.mktemp("gateway")) as one:
        yield one


@pytest.fixture
async def sqlite_log(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Published]:
    """Give a signed log of 257 leaves."""
    async with showing(f"sqlite+aiosqlite:///{tmp_path / 'log.db'}", tmp_path_factory.mktemp("gateway")) as log:
        await grow_to(log.engine, 257)
        yield log


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with make.engine(f"sqlite+aiosqlite:///{tmp_path / 'log.db'}") as engine:
        yield engine
