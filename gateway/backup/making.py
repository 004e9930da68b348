"""Making a backup: what leaves is on record first, and the file has its name only when it is whole."""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from audit.events import Event, EventOutcome, Field, Kind
from gateway.backup.keys import read_public
from gateway.backup.new_file import new_file
from gateway.backup.sealed import Header, Sealing
from gateway.backup.snapshot import content, header_of, require_room, snapshot
from gateway.committing.commit import Committer
from gateway.committing.placing import sequence_the_rest
from gateway.database.growing import growing
from gateway.registry.snapshot import OPERATOR
from gateway.settings import Settings

SUFFIX: Final = ".backup"
_LOOK_EVERY: Final = 4 << 20
"""After so many bytes it looks again whether there is room."""


async def back_up(
    committer: Committer, settings: Settings, folder: Path, *, actor: Mapping[str, object], now: Callable[[], datetime]
) -> tuple[Path, Header]:
    """Write a backup of the database of `settings` into `folder`; return its path and its header.

    Raises:
        AuditUnavailableError: it cannot be put on record, so nothing is written.
        BackupKeyError, NoRoomError, DatabaseProgramError, BrokenTreeError, OSError: there is no backup.
    """
    recipient = read_public(settings.backup_key or "")
    await committer.keep(_exported(settings, actor))
    # So that the backup's own event has its place in the tree that the backup holds.
    async with growing(settings, committer.engine) as tree:
        await sequence_the_rest(tree, committer.log)
    async with snapshot(committer.engine) as connection:
        header = await header_of(connection, origin=settings.origin, at=now())
        path = folder / _name(header)
        with new_file(path) as file:
            sealing = Sealing(file, header, recipient=recipient, log=committer.log.key)
            looked = 0
            async with aclosing(content(connection, settings.database_url, spare=settings.disk_minimum_free)) as blocks:
                async for block in blocks:
                    sealing.add(block)
                    if file.tell() >= looked:
                        require_room(folder, settings.disk_minimum_free)
                        looked = file.tell() + _LOOK_EVERY
            sealing.finish()
    return path, header


def _name(header: Header) -> str:
    instant = datetime.fromisoformat(header.at).astimezone(UTC)
    return f"schakel-{instant:%Y%m%dT%H%M%S}.{instant.microsecond // 1000:03d}Z-{header.size}{SUFFIX}"


def _exported(settings: Settings, actor: Mapping[str, object]) -> Event:
    # Everything there is goes out of the house, sealed to this key: an export, also where nothing in it is opened.
    detail = {"backup_for": settings.backup_key, "since": 0, "opened": False}
    return Event(
        kind=Kind.LOG_EXPORTED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        fields={Field.ACTOR: actor, Field.DETAIL: detail},
    )
