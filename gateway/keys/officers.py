"""The keys of the officers who may open the log: each has his own, in a file that only he may read.

The gateway holds their public halves only (`SCHAKEL_OFFICER_KEYS`), so that whoever runs it cannot act as one of them.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.signing import Algorithm, KeyFormatError, SigningKey, VerifierKey
from audit.verifying.checks import read_keys
from gateway.identity.keys import KeyFileError, read_secret, write_secret
from gateway.settings import Settings
from schemas.whole_file import whole

_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """What a command was told to open, and by whom: as typed, nothing of it checked yet. No `fields` means all."""

    officer: str | None
    key_file: Path | None
    fields: tuple[str, ...] = ()


class OfficerError(Exception):
    """The log is not opened for this caller; the message says what is missing."""


def make_officer_key(name: str, path: Path) -> VerifierKey:
    """Write a new key for the officer `name` to `path`, and return its public half.

    Raises:
        OfficerError: there is a file already, or `name` cannot be a key's.
    """
    seed = secrets.token_bytes(_SEED_BYTES)
    try:
        verifier = SigningKey.from_seed(name, seed).verifier
        write_secret(path, base64.b64encode(seed))
    except KeyFormatError as error:
        raise OfficerError(str(error)) from error
    except FileExistsError as error:
        raise OfficerError(f"{path} exists already; name a new file") from error
    return verifier


def officers_of(settings: Settings) -> list[VerifierKey]:
    """Return the public keys of the officers; nobody where none are set.

    Raises:
        OfficerError: the file cannot be read, or holds anything but officers' keys.
    """
    if settings.officer_keys is None:
        return []
    try:
        keys = read_keys(whole(settings.officer_keys))
    except (OSError, KeyFormatError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else str(error)
        raise OfficerError(f"the officers' keys (SCHAKEL_OFFICER_KEYS) cannot be used: {why}") from error
    if any(key.algorithm is not Algorithm.ED25519 for key in keys):
        raise OfficerError("a key of the officers (SCHAKEL_OFFICER_KEYS) is a witness's")
    return keys


def officer_of(opening: Opening, settings: Settings) -> SigningKey:
    """Return the private key of the officer who opens, if it is that of one whom the settings name.

    Raises:
        OfficerError: nobody is named, he is not known, or this is not his key.
    """
    name, path = opening.officer, opening.key_file
    if name is None or path is None:
        raise OfficerError("opening what is sealed needs a named officer: --as NAME and --key FILE with his key")
    officers = officers_of(settings)
    try:
        key = SigningKey.from_seed(name, base64.b64decode(read_secret(path), validate=True))
        known = key.verifier in officers
    except KeyFileError as error:
        raise OfficerError(str(error)) from error
    except (KeyFormatError, binascii.Error, ValueError) as error:
        raise OfficerError(f"{path} does not hold an officer's key") from error
    if not known:
        raise OfficerError("the name and the key are not those of an officer in the settings (SCHAKEL_OFFICER_KEYS)")
    return key
