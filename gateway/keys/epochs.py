"""Epochs of the keys that wrap persons' keys: a new one each month, and the end of the old.

A backup holds every person's keys as they were wrapped then. Who was erased since is not wrapped anew, so once the keys
of that epoch are destroyed no backup opens him, whoever has it. An epoch is retired when nothing in the database is
wrapped under it any more, and destroyed when the last backup of before that is gone.

Source: `reference/security.md` 2.2 and 2.3.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.identity.keys import bring_to_disk
from gateway.keys.files import KeyFile, KeyFileError, fresh_key, read_content, write_content
from gateway.keys.rewrapping import any_of_old
from schemas.calendar import parse_moment, utc_milliseconds

_NEW: Final = ".new"
_LOCK: Final = ".lock"


class EpochsNeededError(Exception):
    """The old keys are needed still; the message says until when, or what to do first."""


def newest_of(content: KeyFile) -> int:
    """Return the newest epoch in a key file."""
    return max(epoch for epochs in content.keys.values() for epoch in epochs)


def unfinished(path: Path) -> int | None:
    """Return the newest epoch of the file at `path` if something may be wrapped under an older one still, else None."""
    content = read_content(path)
    newest = newest_of(content)
    return None if set(_epochs(content)) - {newest} <= content.retired.keys() else newest


def add_epoch(path: Path) -> int:
    """Add a key to every class of the file at `path`, and return the new epoch. From then on new keys are under it.

    Raises:
        KeyFileError: the file cannot be used or written; it is as it was.
    """

    def grown(content: KeyFile) -> KeyFile:
        epoch = newest_of(content) + 1
        return replace(content, keys={each: {**epochs, epoch: fresh_key()} for each, epochs in content.keys.items()})

    return newest_of(_changed(path, grown))


def retire(path: Path, *, now: datetime) -> None:
    """Write down in the file at `path` that from `now` on nothing is wrapped under any epoch but the newest."""

    def marked(content: KeyFile) -> KeyFile:
        old = set(_epochs(content)) - {newest_of(content)}
        return replace(content, retired={**dict.fromkeys(sorted(old), utc_milliseconds(now)), **content.retired})

    _changed(path, marked)


async def destroyable(engine: AsyncEngine, path: Path, *, older_than: timedelta, now: datetime) -> list[int]:
    """Return every epoch that was retired more than `older_than` ago, and under which nothing is wrapped.

    Raises:
        EpochsNeededError: nothing can be destroyed now; no key is.
    """
    content = read_content(path)
    if unfinished(path) is not None:
        raise EpochsNeededError("persons' keys are wrapped under an old epoch still; run `schakel keys rotate`")
    if await any_of_old(engine, newest_of(content)):
        raise EpochsNeededError("some keys were wrapped under an old epoch since; run `schakel keys rotate`")
    ends = {epoch: parse_moment(at) + older_than for epoch, at in content.retired.items() if epoch in _epochs(content)}
    over = sorted(epoch for epoch, end in ends.items() if end <= now)
    if not over:
        first = min(ends.values(), default=None)
        why = "there is one epoch only" if first is None else f"a backup may need them until {utc_milliseconds(first)}"
        raise EpochsNeededError(f"no old keys can be destroyed: {why}")
    return over


def destroy(path: Path, over: Sequence[int]) -> None:
    """Destroy the keys of the epochs `over` in the file at `path`, and overwrite the file that held them.

    What copies of the file hold is not reached.

    Raises:
        KeyFileError: the file cannot be written; it is as it was.
    """

    def without(content: KeyFile) -> KeyFile:
        keys = {
            each: {epoch: key for epoch, key in epochs.items() if epoch not in over}
            for each, epochs in content.keys.items()
        }
        return replace(content, keys=keys, retired={e: at for e, at in content.retired.items() if e not in over})

    _changed(path, without)


def mark_tombstone(path: Path, seq: int, digest: str) -> None:
    """Write down in the file at `path` that the journal of tombstones has the line `seq` with this `digest`.

    The file is in no backup. So whoever puts back database and journal of one and the same day is found out.

    Raises:
        KeyFileError: it cannot be written.
    """

    def marked(content: KeyFile) -> KeyFile:
        further = content.tombstone is not None and content.tombstone[0] >= seq
        return content if further else replace(content, tombstone=(seq, digest))

    _changed(path, marked)


async def reopen(engine: AsyncEngine, path: Path) -> None:
    """Take back that old epochs were retired, where something is wrapped under one."""
    content = read_content(path)
    if await any_of_old(engine, newest_of(content)):
        _changed(path, lambda held: replace(held, retired={}))


def _epochs(content: KeyFile) -> Iterator[int]:
    return (epoch for epochs in content.keys.values() for epoch in epochs)


def _changed(path: Path, change: Callable[[KeyFile], KeyFile]) -> KeyFile:
    """Put what `change` makes of the file at `path` in its place, in one step, and overwrite the file that was there.

    Each time: a copy that is left on the disk by one rewrite would hold the keys that a later one destroys.
    """
    path = path.resolve()
    try:
        with _alone(path):
            content = change(read_content(path))
            new = path.with_name(path.name + _NEW)
            new.unlink(missing_ok=True)  # of one who was killed
            write_content(new, content)
            with path.open("r+b") as old:
                new.replace(path)
                bring_to_disk(path.parent)
                old.write(os.urandom(os.fstat(old.fileno()).st_size))
                old.flush()
                os.fsync(old.fileno())
    except OSError as error:
        raise KeyFileError(f"key file `{path}` cannot be changed: {error.strerror}") from None
    return content


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = os.open(path.with_name(path.name + _LOCK), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
