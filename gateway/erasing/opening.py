"""What erases, put together from the settings; and what a gateway does with the journal before it serves."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from consent.keys import KeyService
from gateway.committing.commit import Committer
from gateway.database.engine import create_engine
from gateway.erasing.erasing import Erasing, require_no_journal_needed
from gateway.erasing.journal import Journal
from gateway.erasing.scrubbing import scrub
from gateway.erasing.tombstone import JournalError, Line
from gateway.erasing.withdrawing import Clock, Remembering
from gateway.keys.epochs import mark_tombstone
from gateway.keys.files import FileKeyService, KeyFileError, read_content
from gateway.logs import logger, where
from gateway.settings import Settings


def journal_of(settings: Settings, committer: Committer) -> Journal:
    """Return the journal of the settings.

    Raises:
        JournalError: they name none.
    """
    if settings.tombstones is None:
        raise JournalError(
            "nobody can be erased without a tombstone journal: name a folder apart from the database in"
            " SCHAKEL_TOMBSTONES, and run `schakel tombstones begin`"
        )
    return Journal(settings.tombstones, committer.log.key)


def newest_epoch(keys: KeyService) -> int:
    """Return the newest epoch of the keys that wrap persons' keys; 0 of a service that does not tell."""
    return keys.newest_epoch if isinstance(keys, FileKeyService) else 0


@asynccontextmanager
async def erasing_in(settings: Settings, committer: Committer) -> AsyncIterator[Erasing]:
    """Give what erases in the database of the settings, under the login that may.

    Raises:
        JournalError: the settings name no journal.
    """
    journal, keys = journal_of(settings, committer), committer.facts.keys
    own = None if settings.eraser_database_url is None else create_engine(settings.eraser_database_url, pool_size=1)
    try:
        yield Erasing(
            committer=committer,
            engine=own or committer.engine,
            journal=journal,
            epoch=lambda: newest_epoch(keys),
            marked=lambda: marked(settings.key_file),
            mark=lambda line: _mark(settings.key_file, line),
        )
    finally:
        if own is not None:
            await own.dispose()


def marked(key_file: Path) -> list[tuple[int, bytes]]:
    """Return the line, with its digest, that the journal has at least, as the key file knows it; none, or one."""
    told = read_content(key_file).tombstone
    return [] if told is None else [(told[0], b64decode(told[1]))]


def _mark(key_file: Path, line: Line) -> None:
    mark_tombstone(key_file, line.tombstone.seq, b64encode(line.digest).decode())


def remembering(settings: Settings, committer: Committer) -> tuple[Remembering, ...]:
    """Return the follower of the log that adds to the journal what is taken back; none where there is no journal."""
    if settings.tombstones is None:
        return ()
    keys = committer.facts.keys
    return (Remembering(journal_of(settings, committer), lambda: newest_epoch(keys)),)


def remembering_at_once(settings: Settings, committer: Committer) -> Committer:
    """Return `committer` such that who takes something back is told so once the journal, if there is one, has it."""
    for each in remembering(settings, committer):
        committer = replace(committer, remember=partial(each.at_once, committer))
    return committer


async def replay_tombstones(settings: Settings, committer: Committer, decided_at: Clock) -> None:
    """Erase again, before anything is served, whom the journal names, and close again what was taken back.

    Without a journal in the settings it looks that nobody was ever erased here.

    Raises:
        JournalError, MayNotEraseError: refuse to start; the message says what to do.
    """
    if settings.tombstones is None:
        await require_no_journal_needed(committer.engine, marked(settings.key_file))
        return
    async with erasing_in(settings, committer) as erasing:
        erasing.journal.require_writable()
        mark = partial(_mark_if_possible, settings.key_file)
        if await replace(erasing, decided_at=decided_at, mark=mark).resume():
            left = await scrub(erasing.engine)
            if left is not None:
                logger().warning("erasing.to_scrub", why=left)


async def require_forgotten(settings: Settings, committer: Committer) -> None:
    """Look, before an officer opens what the log holds, that nobody who was erased stands in the database still.

    Where there is no journal, that nobody was ever erased here.

    Raises:
        JournalError: open nothing; the message says what to do.
    """
    if settings.tombstones is None:
        await require_no_journal_needed(committer.engine, marked(settings.key_file))
        return
    async with erasing_in(settings, committer) as erasing:
        await erasing.require_forgotten()


def _mark_if_possible(key_file: Path, line: Line) -> None:
    # A gateway may have its keys to read only. Then the next command marks it; until then the database knows it.
    try:
        _mark(key_file, line)
    except KeyFileError as error:
        logger().warning("erasing.not_marked", **where(error))
