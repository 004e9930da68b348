"""Restoring a backup into an empty database: every byte is checked first, and what is wrong leaves nothing behind."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from audit.grow import tree_size
from audit.heads import contains
from audit.verifying.database import verify_database
from gateway.backup.new_file import PART, new_file
from gateway.backup.postgres import clear, is_empty, load
from gateway.backup.sealed import BackupFileError, Header, SealedFile
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine

Verify = Callable[[str], Awaitable[None]]
"""Looks whether the database at a URL is what the backup says; raises where not."""

_BESIDE: Final = ("-wal", "-shm", "-journal")


class NotEmptyError(Exception):
    """There is something in the database that nothing may take the place of; name an empty one."""


async def restore(sealed: SealedFile, url: str, verify: Verify) -> None:
    """Put `sealed` into the empty database at `url`, and let it be used only after `verify`.

    Raises:
        NotEmptyError, BackupFileError, DatabaseProgramError, SQLAlchemyError, OSError, and what `verify` raises: the
            database is as empty as before.
    """
    _require_fitting(sealed.header, url)
    if make_url(url).drivername.startswith("postgresql"):
        await _into_postgresql(sealed, url, verify)
    else:
        await _into_file(sealed, Path(make_url(url).database or ""), verify)


async def require_as_backed_up(committer: Committer, header: Header) -> None:
    """Look whether the log of `committer`'s database verifies, and is the one that `header` names.

    Raises:
        BackupFileError: it is not; do not use this database.
    """
    verdict = await verify_database(committer.engine, keys=[committer.log.key.verifier])
    if verdict.exit_status:
        raise BackupFileError(f"the log in the backup does not verify: {verdict.line}")
    async with committer.engine.connect() as connection:
        same = await contains(connection, size=header.size, root=header.root)
        if not same or await tree_size(connection) != header.size:
            raise BackupFileError("the log in the backup is not the one that its front names; take another backup")


async def _into_postgresql(sealed: SealedFile, url: str, verify: Verify) -> None:
    engine = create_engine(url, pool_size=1)
    try:
        if not await is_empty(engine):
            raise NotEmptyError("the database is not empty; make a new one and name it: nothing is ever overwritten")
        await load(sealed.chunks(), url)
        try:
            await verify(url)
        except BaseException:
            await clear(engine)
            raise
    finally:
        await engine.dispose()


async def _into_file(sealed: SealedFile, path: Path, verify: Verify) -> None:
    taken = [each for each in (path, *(path.with_name(path.name + end) for end in _BESIDE)) if each.exists()]
    if taken:
        raise NotEmptyError(f"{taken[0]} exists already; name a new file: nothing is ever overwritten")
    part = path.with_name(path.name + PART)
    try:
        with new_file(path) as file:
            for block in sealed.chunks():
                await asyncio.to_thread(file.write, block)
            file.flush()
            try:
                await verify(f"sqlite+aiosqlite:///{part}")
            except SQLAlchemyError:
                raise BackupFileError("what the backup holds is no database of Schakel; take another one") from None
            finally:
                for end in _BESIDE:
                    part.with_name(part.name + end).unlink(missing_ok=True)
    except FileExistsError as error:
        raise NotEmptyError(
            f"{error.filename} exists already: another restore is at work, or was broken off; remove it if it was"
        ) from None


def _require_fitting(header: Header, url: str) -> None:
    if header.database != make_url(url).get_backend_name():
        raise NotEmptyError(f"this is a backup of {header.database}; name an empty database of that kind")
