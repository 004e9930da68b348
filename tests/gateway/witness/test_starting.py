"""Starting against witnesses that remember more: an old backup refuses, and says what to do."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.store import AuditLog
from gateway.database.engine import create_engine
from gateway.migrations.migrate import migrate
from gateway.witness.watching import RestoredBackupError
from tests.gateway.witness import make


async def copy(engine: AsyncEngine, path: Path) -> None:
    """Make a backup of an SQLite database, as its own means make one."""

    def back_up() -> None:
        with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)

    await asyncio.to_thread(back_up)


async def refused(engine: AsyncEngine, log: AuditLog, servings: list[make.Serving], needed: int | str = 2) -> str:
    async with make.watch(engine, log, make.of(needed, *servings)) as watch:
        with pytest.raises(RestoredBackupError) as error:
            await watch.begin()
    return str(error.value)


async def test_a_restored_backup_refuses_to_start_against_its_witnesses_and_a_good_one_does_not(
    sqlite: AsyncEngine, three: list[make.Serving], tmp_path: Path
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
        await copy(sqlite, tmp_path / "old.db")
        await make.grow(sqlite, log, 4)
        await watch.round()
        await copy(sqlite, tmp_path / "good.db")
    old = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    said = await refused(old, log, three)
    await old.dispose()
    assert "holds a checkpoint of 7 events that this log signed, and the database with 3 events" in said
    assert "put back the newest database" in said
    good = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'good.db'}")
    async with make.watch(good, log, make.of(2, *three)) as watch:
        await watch.begin()
        assert watch.anchor.obstacle() is None
        await make.grow(good, log, 1)
        await watch.round()
    assert (8, "w1") in await make.signers(good)
    await good.dispose()


async def test_a_database_that_was_begun_anew_refuses_to_start(
    sqlite: AsyncEngine, three: list[make.Serving], tmp_path: Path
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    await migrate(url)
    new = create_engine(url)
    assert "of 3 events that this log signed, and the database with 0 events" in await refused(new, log, three)
    await new.dispose()


async def test_a_backup_that_went_on_by_itself_refuses_to_start(
    sqlite: AsyncEngine, three: list[make.Serving], tmp_path: Path
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    await copy(sqlite, tmp_path / "old.db")
    await make.grow(sqlite, log, 2)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
    for more in (2, 4):
        old = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
        await make.grow(old, log, more)
        assert "does not contain it" in await refused(old, log, three)
        await old.dispose()


async def test_one_witness_that_remembers_is_enough_to_refuse(
    sqlite: AsyncEngine, three: list[make.Serving], tmp_path: Path
) -> None:
    log, nobody = make.log(), "http://127.0.0.1:1"
    await make.grow(sqlite, log, 3)
    await copy(sqlite, tmp_path / "old.db")
    await make.grow(sqlite, log, 2)
    async with make.watch(sqlite, log, make.of(2, *three)) as watch:
        await watch.begin()
    old = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    silent = [make.moved(each, nobody) for each in three[:2]]
    assert "witness `w3`" in await refused(old, log, [*silent, three[2]])
    await old.dispose()


async def test_where_too_few_witnesses_answer_at_start_it_starts_and_discloses_nothing_until_they_do(
    sqlite: AsyncEngine, three: list[make.Serving]
) -> None:
    log = make.log()
    await make.grow(sqlite, log, 3)
    nobody = [make.moved(each, "http://127.0.0.1:1") for each in three]
    async with make.watch(sqlite, log, make.of(2, three[0], *nobody[1:])) as watch:
        await watch.begin()
        assert "too few witnesses" in (watch.anchor.obstacle() or "")
        assert len(watch.anchor.silent) == 2
        watch.wires["w2"] = make.client(make.of(2, *three).witnesses[1])
        await watch.round()
        assert watch.anchor.obstacle() is None
        await watch.wires["w2"].close()  # type: ignore[attr-defined] # the client made here
