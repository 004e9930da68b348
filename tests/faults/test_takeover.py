"""A replica takes over that lost a withdrawal: nothing is shared on what it knows until a start brought that back.

Real servers and processes: the replica is promoted from a copy of the data, as it was before the withdrawal.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.world.file import read_world
from gateway.database.engine import create_engine
from gateway.database.takeover import TakenOverError, Takeover
from gateway.identity.refusal_log import EACH_MINUTE
from gateway.sandbox.call import Question, call_as
from gateway.sandbox.running import world_of
from gateway.serving import listen, serve
from tests import postgres
from tests.faults.killing import Prepared, asker, prepared, started
from tests.gateway.erasing import make
from tests.gateway.running import running
from tests.gateway.worlds import world

pytestmark = pytest.mark.server

END_SECONDS = 30


@pytest.fixture
def server() -> Iterator[Path]:
    with postgres.server() as folder:
        yield folder


@pytest.fixture
def url(server: Path) -> Iterator[str]:
    with postgres.database(server) as one:
        yield one


async def test_nothing_leaves_on_what_a_replica_knows_that_lost_a_withdrawal(
    tmp_path: Path, server: Path, url: str
) -> None:
    house = await make.house(tmp_path, url)
    await house.begin()
    await asyncio.to_thread(postgres.crash, server)
    await asyncio.to_thread(postgres.keep_a_replica, server)
    await asyncio.to_thread(postgres.start_again, server)
    on = Prepared(house.inner.settings, house.inner.credentials)
    with started(on) as process:
        anna = await asker(on)
        assert (await anna.ask()).startswith(b"HTTP/1.1 200")
        await withdrawn(on, house.journal)
        await asyncio.to_thread(postgres.crash, server)
        await asyncio.to_thread(postgres.take_over, server)
        # It looks each second, so it may have ended by itself before: then nobody answers.
        answer = await anna.ask()
        assert answer == b"" or answer.startswith(b"HTTP/1.1 503")
        await asyncio.to_thread(process.join, END_SECONDS)
        assert process.exitcode == 1
    with started(on):
        assert (await (await asker(on)).ask()).startswith(b"HTTP/1.1 403")


async def withdrawn(on: Prepared, journal: Path) -> None:
    """Have Sem take his yes back: by then the journal knows of it."""
    async with aiohttp.ClientSession() as session:
        question = Question("POST", "/api/v1/facts/consents/c1/close", b"{}")
        answer = await call_as(session, on.credentials, on.credentials.named("sem"), question)
    assert answer.status == 201, answer.body
    assert b'"withdraw"' in await asyncio.to_thread(journal.read_bytes)


async def test_a_database_that_was_made_anew_under_the_same_name_is_another(server: Path) -> None:
    takeover = Takeover()
    url = postgres.created(server)
    engine = takeover.watch(create_engine(url))
    await connected(engine)
    await engine.dispose()
    await made_anew(server, url)
    for _ in range(2):
        with pytest.raises(TakenOverError):
            await connected(engine)
    with pytest.raises(TakenOverError):
        takeover.require_none()


async def test_who_ends_says_why_though_refusals_that_were_only_counted_cannot_be_kept(
    tmp_path: Path, server: Path
) -> None:
    url, ready = postgres.created(server), asyncio.Event()
    on = await prepared(tmp_path, url)
    file = read_world(json.dumps(on.world).encode())
    with listen("127.0.0.1", on.port) as listening:
        of_file = world_of(file, file.requests[0])
        serving = asyncio.create_task(serve(on.settings, listening, world=of_file, ready=ready.set))
        await ready.wait()
        async with aiohttp.ClientSession() as session:
            for _ in range(EACH_MINUTE + 1):
                await session.get(f"{on.settings.public_url}/api/v1/log")
        await made_anew(server, url)
        with pytest.raises(TakenOverError):
            await serving


async def test_a_replica_that_was_not_promoted_is_nothing_to_work_with(server: Path) -> None:
    takeover = Takeover()
    engine = takeover.watch(create_engine(postgres.created(server)))
    await asyncio.to_thread(postgres.crash, server)
    await asyncio.to_thread(postgres.keep_a_replica, server)
    await asyncio.to_thread(postgres.follow, server)
    with pytest.raises(DBAPIError, match="recovery is in progress"):
        await connected(engine)
    takeover.require_none()


async def test_files_of_before_are_another_database_than_the_one_that_went_on(server: Path) -> None:
    takeover = Takeover()
    url = postgres.created(server)
    await asyncio.to_thread(postgres.crash, server)
    await asyncio.to_thread(postgres.keep_a_replica, server)
    await asyncio.to_thread(postgres.start_again, server)
    engine = takeover.watch(create_engine(url))
    await connected(engine)
    async with takeover.looking(engine):
        before = takeover.reached
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE said AS SELECT generate_series(1, 10000)"))
        while takeover.reached <= before:  # noqa: ASYNC110 - who looks calls nobody
            await asyncio.sleep(0.05)
    await engine.dispose()
    await asyncio.to_thread(postgres.crash, server)
    await asyncio.to_thread(postgres.put_back, server)
    for _ in range(2):
        with pytest.raises(TakenOverError):
            await connected(engine)
    with pytest.raises(TakenOverError):
        takeover.require_none()


async def test_a_gateway_looks_again_and_again_how_far_its_database_has_got(tmp_path: Path, url: str) -> None:
    async with running(world(), tmp_path, database_url=url) as gateway:
        before = gateway.gateway.takeover.reached
        assert before > 0
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
        while gateway.gateway.takeover.reached <= before:  # noqa: ASYNC110 - who looks calls nobody
            await asyncio.sleep(0.05)


async def test_another_file_is_another_database(tmp_path: Path) -> None:
    takeover = Takeover()
    file, backup = tmp_path / "schakel.db", tmp_path / "backup.db"
    other = create_engine(f"sqlite+aiosqlite:///{backup}")
    await connected(other)
    await other.dispose()
    engine = takeover.watch(create_engine(f"sqlite+aiosqlite:///{file}"))
    async with engine.connect():  # so the next one that is lent is new
        await connected(engine)
        await asyncio.to_thread(backup.rename, file)
        async with engine.connect():
            with pytest.raises(TakenOverError):
                await connected(engine)
    with pytest.raises(TakenOverError):
        takeover.require_none()
    await engine.dispose()


async def made_anew(server: Path, url: str) -> None:
    """Make the database at `url` anew, whoever is connected to it."""
    name, other = make_url(url).database, create_engine(postgres.created(server))
    async with other.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await other.dispose()


async def connected(engine: AsyncEngine) -> None:
    async with engine.connect():
        pass


async def test_a_server_that_only_starts_again_is_the_same(tmp_path: Path, server: Path, url: str) -> None:
    on = await prepared(tmp_path, url)
    with started(on) as process:
        anna = await asker(on)
        await asyncio.to_thread(postgres.crash, server)
        await asyncio.to_thread(postgres.start_again, server)
        while not (await anna.ask()).startswith(b"HTTP/1.1 200"):
            assert process.is_alive()
