"""`schakel backup` and `backup-key`: the whole database, sealed for somebody who is not this server."""

import os
from pathlib import Path
from typing import Final

from audit.events import Kind
from gateway.backup.keys import BackupKeyError, make_backup_key
from gateway.backup.making import back_up
from gateway.backup.postgres import DatabaseProgramError
from gateway.backup.snapshot import NoRoomError
from gateway.commands.log import actor, log_of
from gateway.commands.operating import BROKEN_OFF, UNUSABLE, Said, run_work, unusable
from gateway.settings_check import load_settings
from gateway.wiring import utc_now

_NO_BACKUP: Final = (BackupKeyError, DatabaseProgramError, NoRoomError)


@unusable(BackupKeyError)
def run_backup_key(out: Path) -> Said:
    """Make the key to the backups, and print its public half."""
    return 0, make_backup_key(out)


@unusable()
def run_backup(out: Path) -> Said:
    """Back up the database of the settings to the folder `out`."""
    settings = load_settings(os.environ)
    if settings.backup_key is None:
        return UNUSABLE, "SCHAKEL_BACKUP_KEY is not set; `schakel backup-key --out FILE`, elsewhere, makes one"
    # Never made here: where a disk is not mounted its folder would be made on another, and fill that.
    if not out.is_dir():
        return UNUSABLE, f"there is no folder {out}; make it, or mount it"

    async def work() -> Said:
        async with log_of(settings) as committer:
            acts = actor(None, Kind.LOG_EXPORTED, {})
            path, header = await back_up(committer, settings, out, actor=acts, now=utc_now)
        return 0, f"backed up {header.size} events and all that belongs to them to {path}"

    told = run_work(work(), refusals=_NO_BACKUP)
    return told if told[0] != BROKEN_OFF else (BROKEN_OFF, "broken off: there is no backup")
