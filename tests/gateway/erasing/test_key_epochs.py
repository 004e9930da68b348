"""A new epoch each month, and the end of the old: what a backup of before holds of who was erased opens no more."""

import asyncio
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from consent.keys import KeyClass, KeyUnavailableError, wrapping_context
from gateway.database.engine import create_engine
from gateway.keys.epochs import (
    EpochsNeededError,
    add_epoch,
    destroy,
    destroyable,
    mark_tombstone,
    newest_of,
    retire,
    unfinished,
)
from gateway.keys.files import read_content, read_key_file
from gateway.keys.rewrapping import Rewrapped, rewrap
from tests.gateway.backup import make as backups
from tests.gateway.erasing import make

NOW = datetime(2026, 11, 26, tzinfo=UTC)


async def test_a_backup_of_before_does_not_open_who_was_erased_once_its_epoch_is_destroyed(
    small: make.House,
) -> None:
    house, fresh = small, f"sqlite+aiosqlite:///{small.folder / 'fresh.db'}"
    await house.begin()
    path = house.inner.settings.key_file
    backup = (await house.inner.back_up())[0]
    await house.inner.restore(backup, fresh)
    async with backups.serving(house.inner) as gateway:
        # It goes on with the keys of the new epoch, and takes in people under it.
        assert await house.rotate() == (0, _SAID.format(2, 7))
        await asyncio.sleep(1.1)
        assert (await gateway.ask("anna", "sem", "coordinate-plan")).status == 200
    code, said = await house.destroy_epochs("35d")
    assert (code, said[:53]) == (1, "no old keys can be destroyed: a backup may need them ")
    assert (await house.erase("sem"))[0] == 0
    assert (await house.destroy_epochs("0d"))[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(read_content(path).keys[KeyClass.AUDIT]) == {2}
    engine = create_engine(fresh)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM person_key WHERE person = 'sem'"))).all()
    await engine.dispose()
    service = read_key_file(path)
    assert len(rows) == 2
    for row in rows:
        context = wrapping_context(row.person, row.key_class, row.version)
        with pytest.raises(KeyUnavailableError, match="epoch 1"):
            await service.unwrap(bytes(row.wrapped), key_class=KeyClass(row.key_class), context=context)
    assert (await house.verify())[0] == 0


_SAID = (
    "epoch {}: {} keys of persons wrapped under it\n"
    "copy the key file anew to where its copy is kept: the old copy does not open what is written from now on"
)


async def test_a_rotation_that_was_broken_off_is_finished_and_two_may_do_it(small: make.House) -> None:
    path = small.inner.settings.key_file
    add_epoch(path)
    assert unfinished(path) == 2
    engine = create_engine(small.url)
    with pytest.raises(EpochsNeededError, match="under an old epoch still"):
        await destroyable(engine, path, older_than=timedelta(0), now=NOW)
    one, other = await asyncio.gather(rewrap(engine, path, batch=2), rewrap(engine, path, batch=3))
    assert one.keys + other.keys == 7
    assert await rewrap(engine, path) == Rewrapped()
    retire(path, now=NOW)
    assert unfinished(path) is None
    with pytest.raises(EpochsNeededError, match=r"until 2026-12-31T00:00:00\.000Z"):
        await destroyable(engine, path, older_than=timedelta(days=35), now=NOW)
    late = NOW + timedelta(days=35)
    assert await destroyable(engine, path, older_than=timedelta(days=35), now=late) == [1]
    await engine.dispose()


async def test_a_key_that_was_wrapped_under_an_old_epoch_since_holds_its_end_up(small: make.House) -> None:
    path = small.inner.settings.key_file
    engine = create_engine(small.url)
    add_epoch(path)
    retire(path, now=NOW)
    with pytest.raises(EpochsNeededError, match="since; run `schakel keys rotate`"):
        await destroyable(engine, path, older_than=timedelta(0), now=NOW)
    assert await small.rotate() == (0, _SAID.format(3, 7))
    # What was retired too early counts from now.
    retired = read_content(path).retired
    assert retired.keys() == {1, 2}
    assert retired[1] == retired[2]
    await engine.dispose()


async def test_who_works_on_a_file_takes_its_new_keys_and_forgets_the_destroyed(small: make.House) -> None:
    path = small.inner.settings.key_file
    service = read_key_file(path)
    old = await service.wrap(bytes(32), key_class=KeyClass.AUDIT, context=b"x")
    add_epoch(path)
    assert (await service.wrap(bytes(32), key_class=KeyClass.AUDIT, context=b"x"))[:4] == b"\0\0\0\2"
    assert await service.unwrap(old, key_class=KeyClass.AUDIT, context=b"x") == bytes(32)
    destroy(path, [1])
    await asyncio.sleep(1.1)
    with pytest.raises(KeyUnavailableError, match="epoch 1"):
        await service.unwrap(old, key_class=KeyClass.AUDIT, context=b"x")
    assert newest_of(read_content(path)) == 2


@pytest.mark.parametrize(
    "rewrite",
    [add_epoch, partial(retire, now=NOW), partial(mark_tombstone, seq=1, digest="AA==")],
    ids=["add", "retire", "mark"],
)
async def test_every_rewrite_overwrites_the_file_that_was_there(
    small: make.House, tmp_path: Path, rewrite: Callable[[Path], object]
) -> None:
    path, old = small.inner.settings.key_file, tmp_path / "old"
    # A second name of the same file shows what the disk holds of it.
    old.hardlink_to(path)
    before = path.read_bytes()
    rewrite(path)
    after = old.read_bytes()
    assert len(after) == len(before)
    assert not set(_lines(before)) & set(_lines(after))


def _lines(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if len(line) > 40]
