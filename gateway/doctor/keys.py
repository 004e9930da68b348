"""The keys: each file there, for us alone and of its kind; and the ones that this database was written with."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.checkpoint import NoteError, verify_note
from audit.heads import newest_size, note_for
from consent.keys import KeyClass, KeyUnavailableError, SealBrokenError
from consent.store.appending import LOG, log_key
from consent.store.tables import person_key
from gateway.backup.keys import BackupKeyError, read_public
from gateway.doctor.finding import Finding, Patient, bad, ok, warn
from gateway.identity.keys import KeyFileError as TokenKeyFileError
from gateway.identity.keys import read_key_file as read_token_keys
from gateway.keys.files import KeyFileError, read_key_file
from gateway.keys.first import read_log_key
from gateway.keys.officers import OfficerError, officers_of
from gateway.settings import PREFIX, Settings

_READERS: Final[Mapping[str, Callable[[Settings], object]]] = {
    "key_file": lambda settings: read_key_file(settings.key_file),
    "log_key_file": read_log_key,
    "token_key_file": lambda settings: read_token_keys(settings.token_key_file),
    "officer_keys": officers_of,
    "backup_key": lambda settings: settings.backup_key and read_public(settings.backup_key),
}
_DO: Final = "put back those in use, for this account alone (chmod 600); never make new keys for a database in use"


async def keys(patient: Patient) -> Finding:
    """Look at the key files, and whether the database was written with them."""
    wrong = [*_unreadable(patient)]
    unread = {name for name, _ in wrong}
    said = [f"{PREFIX}{name.upper()}: {why}" for name, why in wrong]
    unknown = ""
    if not {"key_file", "log_key_file", "public_url", "log_origin"} & (unread | patient.wrong):
        try:
            said += [each async for each in _of_another_database(patient)]
        except Exception as error:  # noqa: BLE001 - what stands in the way of the database is another check's
            unknown = f"whether they are those of the database is not known ({type(error).__name__})"
    if said:
        return bad("; ".join([*said, *([unknown] if unknown else [])]), _DO)
    if unknown:
        return bad(unknown, "see what `database` says")
    if patient.settings.backup_key is None and not patient.settings.invented_people_only:
        return warn("each is right, but nobody could open a backup", "set SCHAKEL_BACKUP_KEY (`schakel backup-key`)")
    return ok("each is there, for this account alone, and the database was written with them")


def _unreadable(patient: Patient) -> Iterator[tuple[str, str]]:
    for name, read in _READERS.items():
        if name in patient.wrong:
            yield name, "is wrong or missing in the settings"
            continue
        try:
            read(patient.settings)
        except (KeyFileError, TokenKeyFileError, OfficerError, BackupKeyError) as error:
            yield name, str(error)


async def _of_another_database(patient: Patient) -> AsyncIterator[str]:
    async with patient.connectable().connect() as connection:
        if not await _signed_by_ours(connection, patient.settings):
            yield f"{PREFIX}LOG_KEY_FILE: this key, as `{patient.settings.origin}`, did not sign the newest tree head"
        if not await _opens(connection, patient.settings):
            yield f"{PREFIX}KEY_FILE: what the log keeps sealed does not open with this key"


async def _signed_by_ours(connection: AsyncConnection, settings: Settings) -> bool:
    size = await newest_size(connection)
    if size is None:
        return True
    try:
        verify_note((await note_for(connection, size, [])).encode(), [read_log_key(settings).verifier])
    except NoteError:
        return False
    return True


async def _opens(connection: AsyncConnection, settings: Settings) -> bool:
    made = select(person_key.c.person).where(person_key.c.person == LOG, person_key.c.key_class == KeyClass.AUDIT)
    if (await connection.execute(made)).first() is None:
        return True
    try:
        await log_key(connection, read_key_file(settings.key_file))
    except (KeyUnavailableError, SealBrokenError):
        return False
    return True
