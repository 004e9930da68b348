"""Who reads while somebody is erased is waited for; and where that takes too long, it is said, and done later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.commands.operating import UNFINISHED
from gateway.database.engine import create_engine
from gateway.erasing import scrubbing
from tests.gateway.erasing import make
from tests.gateway.erasing.test_forgotten import files, folder_of
from tests.room import room_for


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[None]:
    """Read persons' keys, and see them as they are now, until left."""
    engine = create_engine(url)
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        await connection.execute(text("SELECT count(*) FROM person_key"))
        yield
    await engine.dispose()


async def found(house: make.House, secret: list[bytes]) -> list[int]:
    await make.checkpoint(house.url)
    held = files(folder_of(house.url, house), but=("backups", "pg_wal"))
    return [n for n, each in enumerate(secret) if each in held]


async def test_erasing_waits_for_who_might_still_see_it(house: make.House) -> None:
    await house.begin()
    secret = await make.secrets_of(house.url, "sem")
    async with reading(house.url):
        erasing = asyncio.create_task(house.erase("sem"))
        while await make.everywhere(house.url, "sem"):
            pass
        await asyncio.sleep(0.3)
        assert not erasing.done()
    code, said = await erasing
    assert (code, "still to do" in said) == (0, False)
    assert await found(house, secret) == []


@pytest.mark.server
async def test_who_reads_for_too_long_is_told_of_and_a_later_replay_does_it(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await make.house(tmp_path, postgres_url)
    await house.begin()
    secret = await make.secrets_of(house.url, "sem")
    monkeypatch.setattr(scrubbing, "PATIENCE", 0.2)
    async with reading(house.url):
        code, said = await house.erase("sem")
        assert code == UNFINISHED
        assert "still to do: somebody reads the database" in said
        assert said.startswith("erased: ")
        assert await found(house, secret) != []
        assert (await house.replay())[0] == UNFINISHED
    assert (await house.replay())[0] == 0
    assert await found(house, secret) == []


@pytest.mark.server
async def test_who_works_in_no_database_is_waited_for_though_a_login_is_not_told_what_he_is(
    tmp_path: Path, postgres_url: str
) -> None:
    house = await make.house(tmp_path, postgres_url)
    engine = create_engine(house.url)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        assert await scrubbing.is_unseen(connection, 0.0)
        # As a login without pg_read_all_stats is told of a replica's sender that keeps rows for its replica.
        await connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE pg_stat_activity AS SELECT -1 AS pid, CAST(NULL AS name) AS datname,"
            " CAST(NULL AS text) AS backend_type, CAST('3' AS xid) AS backend_xmin, CAST(NULL AS xid) AS backend_xid"
        )
        await connection.exec_driver_sql("SET search_path = pg_temp, public, pg_catalog")
        assert not await scrubbing.is_unseen(connection, 0.0)
    await engine.dispose()


@pytest.mark.server
async def test_a_table_that_cannot_be_vacuumed_for_another_reason_than_a_lock_is_told_of_at_once(
    tmp_path: Path, postgres_url: str
) -> None:
    house = await make.house(tmp_path, postgres_url)
    engine = create_engine(house.url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE holder_question CASCADE")
    said = await asyncio.wait_for(scrubbing.scrub(engine), 15)
    await engine.dispose()
    assert said is not None
    assert said.startswith("PostgreSQL did not vacuum holder_question (42P01)")


async def test_a_disk_that_does_not_take_the_checkpoint_leaves_something_to_do_and_somebody_erased(
    small: make.House,
) -> None:
    await small.begin()
    with room_for(200_000):
        code, said = await small.erase("sem")
    assert code == 3, said
    assert "still to do: the -wal file cannot be emptied (SQLITE_" in said
    assert (await small.replay())[0] == 0
    assert await make.everywhere(small.url, "sem") == []
