"""The key files of an installation: made where there are none, and the one that signs the log read."""

import base64
import binascii
import secrets
from pathlib import Path
from typing import Final

from sqlalchemy import select

from audit.signing import SigningKey
from consent.store.tables import person_key
from gateway.database.engine import create_engine, is_there
from gateway.identity.keys import KeyFileError, read_secret, write_secret
from gateway.identity.keys import create_key_file as create_token_key_file
from gateway.keys.files import create_key_file
from gateway.settings import PREFIX, Settings

SEED_BYTES: Final = 32


def make_first_keys(settings: Settings) -> list[Path]:
    """Make the key files that do not exist yet; return those made. A file that exists is never touched."""
    makers = {
        settings.key_file: create_key_file,
        settings.token_key_file: create_token_key_file,
        settings.log_key_file: _create_log_key_file,
    }
    made = [path for path in makers if not path.exists()]
    for path in made:
        makers[path](path)
    return made


async def require_none_lost(settings: Settings) -> None:
    """Look that no key file is missing with which the database of the settings was used; that of tokens may be.

    A new one opens nothing that is there, and signs another log.

    Raises:
        KeyFileError: one is; put it back.
        SQLAlchemyError, OSError: the database does not answer, or has no tables.
    """
    needed = {"key_file": settings.key_file, "log_key_file": settings.log_key_file}
    lost = next((name for name, path in needed.items() if not path.exists()), None)
    if lost is None or not is_there(settings.database_url):
        return
    engine = create_engine(settings.database_url, pool_size=1)
    try:
        async with engine.connect() as connection:
            used = (await connection.execute(select(person_key.c.person).limit(1))).first() is not None
    finally:
        await engine.dispose()
    if used:
        raise KeyFileError(
            f"{needed[lost]} does not exist, and this database was used with one: put it back ({PREFIX}{lost.upper()})"
        )


def _create_log_key_file(path: Path) -> None:
    write_secret(path, base64.b64encode(secrets.token_bytes(SEED_BYTES)))


def read_log_key(settings: Settings) -> SigningKey:
    """Return the log's signing key.

    Raises:
        KeyFileError: no such file, one that others may read, or no key in it.
    """
    try:
        seed = base64.b64decode(read_secret(settings.log_key_file), validate=True)
        return SigningKey.from_seed(settings.origin, seed)
    except (binascii.Error, ValueError):
        raise KeyFileError(f"{settings.log_key_file} does not hold the base64 of {SEED_BYTES} bytes") from None
