"""Wrapping every person's keys under the newest epoch, past those that do not open.

Source: `reference/security.md` 2.2 and 2.3.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import LargeBinary, Row, Update, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from consent.keys import KeyClass, KeyService, KeyUnavailableError, SealBrokenError, wrapping_context
from consent.store.tables import person_key
from gateway.database.engine import write_transaction
from gateway.keys.files import epoch_mark, read_key_file

Place: TypeAlias = tuple[str, str, int]
"""A person (his internal id), a class of keys and a version."""
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many keys were wrapped anew, and which do not open.

    What is stored is not what was wrapped for its place, or was under an epoch that the key file does not have: no
    later try finds otherwise before somebody puts row or file back.
    """

    keys: int = 0
    broken: tuple[Place, ...] = ()


async def rewrap(engine: AsyncEngine, path: Path, *, batch: int = BATCH) -> Rewrapped:
    """Wrap every person's keys under the newest epoch of the file at `path`; leave alone what does not open.

    Any number of processes may do it at once, and each may die at any step: a row that somebody else did, or that was
    deleted, is left alone. `engine` may change rows of `person_key` (the owner's login).
    """
    service = read_key_file(path)
    done, broken = 0, dict[Place, None]()
    while True:
        # As the file is now: another process may have added an epoch, and then the service wraps under that.
        mark = epoch_mark(service.newest_epoch)
        async with engine.connect() as connection:
            # What is broken stays under its old epoch, and so is found each time.
            old = _ROWS.where(_is_not_under(mark)).limit(batch + len(broken))
            rows = [row for row in await connection.execute(old) if _place(row) not in broken]
        if not rows:
            return Rewrapped(done, tuple(broken))
        async with write_transaction(engine) as connection:
            for row in rows:
                wrapped = await _wrapped_anew(service, row)
                if wrapped is None:
                    broken[_place(row)] = None
                    continue
                done += (await connection.execute(_change(row).values(wrapped=wrapped))).rowcount


_PLACE: Final = (person_key.c.person, person_key.c.key_class, person_key.c.version)
_WRAPPED: Final = cast(person_key.c.wrapped, LargeBinary)
"""SQLite keeps text in a column of bytes if somebody puts it there, and would then not be read at all."""
_ROWS: Final = select(*_PLACE, _WRAPPED.label("wrapped")).order_by(*_PLACE)


def _place(row: Row[Any]) -> Place:
    return row.person, row.key_class, row.version


async def _wrapped_anew(service: KeyService, row: Row[Any]) -> bytes | None:
    """Return the key of `row` under the newest epoch; None where it does not open, or its own epoch is not there."""
    if row.key_class not in set(KeyClass):
        return None
    key_class, context = KeyClass(row.key_class), wrapping_context(row.person, row.key_class, row.version)
    try:
        key = await service.unwrap(bytes(row.wrapped), key_class=key_class, context=context)
    except (SealBrokenError, KeyUnavailableError):
        return None
    return await service.wrap(key, key_class=key_class, context=context)


def _change(row: Row[Any]) -> Update:
    """Return what changes `row`, if nobody did since it was read."""
    same = [column == value for column, value in zip(_PLACE, _place(row), strict=True)]
    return update(person_key).where(*same, row.wrapped == _WRAPPED)


async def any_of_old(engine: AsyncEngine, newest: int) -> bool:
    """Say whether any key is wrapped under another epoch than the `newest`."""
    async with engine.connect() as connection:
        found = select(person_key.c.version).where(_is_not_under(epoch_mark(newest))).limit(1)
        return (await connection.execute(found)).first() is not None


def _is_not_under(mark: bytes) -> ColumnElement[bool]:
    column = person_key.c.wrapped
    # Of no bytes at all SQLite has no first four, and then they are not another epoch's either.
    return func.substr(column, 1, len(mark), type_=column.type).is_distinct_from(mark)
