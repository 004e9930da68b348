"""A wrapped key that somebody changed is left as it is and named; everybody else's go under the new epoch."""

import asyncio
from typing import Any, Final

import pytest
from sqlalchemy import LargeBinary, cast, select, text

from consent.keys import KeyClass
from consent.store.tables import person_key
from gateway.database.engine import create_engine
from gateway.keys.epochs import add_epoch, newest_of
from gateway.keys.files import FileKeyService, read_content
from gateway.keys.rewrapping import rewrap
from tests.gateway.erasing import make
from tests.gateway.tampering.hand import blob, tamper

LEFT: Final = "person sem, class consent, version 1"
"""How what was changed below is named."""
CHANGES: Final[dict[str, str]] = {
    "cut off": "substr(wrapped, 1, 8)",
    "emptied": "substr(wrapped, 1, 0)",
    "moved to another's row": (
        "(SELECT other.wrapped FROM person_key AS other WHERE other.person = 'moeder' AND other.key_class = 'consent')"
    ),
    "marked as of an epoch that never was": "{never}",
}
CHANGE: Final = "UPDATE person_key SET wrapped = {} WHERE person = 'sem' AND key_class = 'consent'"


async def epochs(url: str) -> dict[tuple[str, str], int]:
    """Return under which epoch each person's key of each class is wrapped; of what was emptied, 0."""
    columns, wrapped = person_key.c, cast(person_key.c.wrapped, LargeBinary).label("wrapped")
    engine = create_engine(url)
    async with engine.connect() as connection:
        rows = (await connection.execute(select(columns.person, columns.key_class, wrapped))).all()
    await engine.dispose()
    return {(row.person, row.key_class): int.from_bytes(bytes(row.wrapped)[:4]) for row in rows}


async def change(house: make.House, how: str) -> None:
    told = CHANGES[how].format(never=blob(house.url, b"\0\0\0\xff"))
    await tamper(house.url, [CHANGE.format(told)])


@pytest.mark.parametrize("how", CHANGES)
async def test_a_key_that_was_changed_is_named_and_everybody_else_gets_the_new_epoch(
    house: make.House, how: str
) -> None:
    await change(house, how)
    before = await epochs(house.url)
    code, said = await house.rotate()
    assert (code, said.splitlines()[0], said.splitlines()[-1]) == (
        1,
        "epoch 2: 6 keys of persons wrapped under it",
        f"  {LEFT}",
    )
    assert "left as they are, 1: " in said
    after = await epochs(house.url)
    assert after.pop(("sem", "consent")) == before["sem", "consent"]
    assert set(after.values()) == {2}


async def test_as_long_as_one_is_left_each_rotation_is_a_new_epoch_and_no_old_one_can_be_destroyed(
    small: make.House,
) -> None:
    await change(small, "cut off")
    assert (await small.rotate())[0] == 1
    code, said = await small.rotate()
    assert (code, said.splitlines()[0]) == (1, "epoch 3: 6 keys of persons wrapped under it")
    content = read_content(small.inner.settings.key_file)
    assert set(content.keys[KeyClass.CONSENT]) == {1, 2, 3}
    assert content.retired == {}
    code, said = await small.destroy_epochs("0d")
    assert (code, said) == (1, "persons' keys are wrapped under an old epoch still; run `schakel keys rotate`")


async def test_once_the_row_is_put_back_the_rotation_is_finished(small: make.House) -> None:
    engine = create_engine(small.url)
    async with engine.connect() as connection:
        kept = (await connection.execute(text(KEPT))).scalar_one()
    await change(small, "cut off")
    assert (await small.rotate())[0] == 1
    await tamper(small.url, [CHANGE.format(f"x'{kept.hex()}'")])
    code, said = await small.rotate()
    assert (code, said.splitlines()[0]) == (0, "epoch 2: 1 keys of persons wrapped under it")
    assert FINISHED in said.splitlines()
    assert list(read_content(small.inner.settings.key_file).retired) == [1]
    code, said = await small.rotate()
    assert (code, said.splitlines()[0]) == (0, "epoch 3: 7 keys of persons wrapped under it")
    assert FINISHED not in said.splitlines()
    await engine.dispose()


async def test_one_of_two_rows_that_is_put_back_keeps_nobody_from_a_new_epoch(small: make.House) -> None:
    engine = create_engine(small.url)
    async with engine.connect() as connection:
        kept = (await connection.execute(text(KEPT))).scalar_one()
    await engine.dispose()
    await tamper(small.url, ["UPDATE person_key SET wrapped = substr(wrapped, 1, 8) WHERE person = 'sem'"])
    assert (await small.rotate())[0] == 1
    await tamper(small.url, [CHANGE.format(f"x'{kept.hex()}'")])
    code, said = await small.rotate()
    assert (code, said.splitlines()[0]) == (1, "epoch 3: 6 keys of persons wrapped under it")
    assert "left as they are, 1: " in said
    assert FINISHED not in said.splitlines()


FINISHED: Final = "an earlier rotation was finished; no new epoch was made: rotate again for one"
KEPT: Final = "SELECT wrapped FROM person_key WHERE person = 'sem' AND key_class = 'consent'"


async def test_more_broken_rows_than_a_batch_has_room_for_hold_nobody_up(small: make.House) -> None:
    await tamper(small.url, ["UPDATE person_key SET wrapped = 'text' WHERE person <> '' AND person < 'sem'"])
    path, engine = small.inner.settings.key_file, create_engine(small.url)
    broken = sorted(each for each in await epochs(small.url) if "" < each[0] < "sem")
    assert len(broken) > 1
    assert (await small.rotate())[0] == 1
    again = await rewrap(engine, path, batch=1)
    assert (again.keys, [each[:2] for each in again.broken]) == (0, broken)
    await engine.dispose()


async def test_an_epoch_that_somebody_adds_meanwhile_is_the_one_that_is_wrapped_under(
    small: make.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, engine = small.inner.settings.key_file, create_engine(small.url)
    add_epoch(path)
    unwrap = FileKeyService.unwrap

    async def late(service: FileKeyService, *given: Any, **named: Any) -> bytes:
        if newest_of(read_content(path)) == 2:
            add_epoch(path)
        return await unwrap(service, *given, **named)

    monkeypatch.setattr(FileKeyService, "unwrap", late)
    done = await asyncio.wait_for(rewrap(engine, path), timeout=20)
    assert (done.keys, done.broken) == (7, ())
    assert set((await epochs(small.url)).values()) == {3}
    await engine.dispose()


async def test_a_key_that_somebody_made_text_of_is_wrapped_as_any_other_and_holds_no_new_epoch_up(
    small: make.House,
) -> None:
    await tamper(small.url, ["UPDATE person_key SET wrapped = CAST(wrapped AS TEXT) WHERE person = 'sem'"])
    code, said = await asyncio.wait_for(small.rotate(), timeout=20)
    assert (code, said.splitlines()[0]) == (0, "epoch 2: 7 keys of persons wrapped under it")
    assert set((await epochs(small.url)).values()) == {2}
