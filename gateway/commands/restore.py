"""`schakel restore`: a backup into an empty database, or nothing at all."""

import os
from base64 import b64encode
from pathlib import Path
from typing import BinaryIO, Final

from gateway.backup.keys import BackupKeyError, read_private
from gateway.backup.postgres import DatabaseProgramError
from gateway.backup.restoring import NotEmptyError, require_as_backed_up, restore
from gateway.backup.sealed import BackupFileError, open_sealed
from gateway.commands.log import log_of
from gateway.commands.operating import BROKEN_OFF, Said, database_named, run_work, unusable
from gateway.keys.first import read_log_key
from gateway.settings_check import load_settings

_NOT_RESTORED: Final = (BackupFileError, BackupKeyError, DatabaseProgramError, NotEmptyError)
_NEXT: Final = """\
next:
  1. name this database in SCHAKEL_DATABASE_URL, and run `schakel migrate` and `schakel doctor`
  2. put back the newest tombstone journal (SCHAKEL_TOMBSTONES): who was erased since is erased again before it serves
  3. `schakel serve`: it asks the witnesses of the log whether they saw more than this backup holds, and then refuses to
     start. Without SCHAKEL_WITNESS_POLICY nobody can tell: look yourself that there is no newer backup
  4. destroy the private key's copy on this machine; see docs/how-to/back-up-and-restore.md"""


@unusable()
def run_restore(file: Path, *, database: str | None, key: Path) -> Said:
    """Restore the backup in `file`, opened with the private key in the file `key`."""
    settings = load_settings(os.environ)
    url = database_named(database, settings)

    async def work() -> Said:
        with _opened(file) as opened:
            sealed = open_sealed(opened, key=read_private(key), log=read_log_key(settings).verifier)
            header = sealed.header

            async def verify(at: str) -> None:
                async with log_of(settings.model_copy(update={"database_url": at})) as committer:
                    await require_as_backed_up(committer, header)

            await restore(sealed, url, verify)
        told = f"restored {header.size} events (root {b64encode(header.root).decode()}) as they were at {header.at}"
        return 0, f"{told}\n{_NEXT}"

    told = run_work(work(), refusals=_NOT_RESTORED)
    return told if told[0] != BROKEN_OFF else (BROKEN_OFF, "broken off: nothing is restored")


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise BackupFileError(f"{file} cannot be read: {error.strerror}; name a backup") from None
