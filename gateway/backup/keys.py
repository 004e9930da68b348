"""The two halves of the key to the backups: the public one stands in the settings, the private one nowhere near them.

Who holds the server, or the place where its backups lie, can read none of them.
"""

import binascii
from base64 import b64encode
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from audit.base64_strict import decode
from gateway.identity.keys import KeyFileError, read_secret, write_secret

_PUBLIC: Final = "schakel-backup+"
_PRIVATE: Final = "PRIVATE+KEY+schakel-backup+"


class BackupKeyError(Exception):
    """This is no key to backups; the message says what to do."""


def make_backup_key(path: Path) -> str:
    """Write a new private key to `path`, for its owner alone, and return the public half for the settings.

    Raises:
        BackupKeyError: there is a file already, or it cannot be written.
    """
    key = X25519PrivateKey.generate()
    try:
        write_secret(path, f"{_PRIVATE}{b64encode(key.private_bytes_raw()).decode()}\n".encode())
    except FileExistsError:
        raise BackupKeyError(f"{path} exists already; name a new file") from None
    except OSError as error:
        raise BackupKeyError(f"{path} cannot be written: {error.strerror}") from None
    return f"{_PUBLIC}{b64encode(key.public_key().public_bytes_raw()).decode()}"


def read_public(text: str) -> X25519PublicKey:
    """Return the public key that `text` holds.

    Raises:
        BackupKeyError: it holds none.
    """
    try:
        return X25519PublicKey.from_public_bytes(_after(_PUBLIC, text))
    except (ValueError, binascii.Error):
        raise BackupKeyError("expected the public key of the backups, as `schakel backup-key` prints it") from None


def read_private(path: Path) -> X25519PrivateKey:
    """Return the private key in the file at `path`.

    Raises:
        BackupKeyError: it cannot be read, others may read it, or it holds no such key.
    """
    try:
        text = read_secret(path).decode("ascii").removesuffix("\n")
        return X25519PrivateKey.from_private_bytes(_after(_PRIVATE, text))
    except KeyFileError as error:
        raise BackupKeyError(str(error)) from None
    except (ValueError, binascii.Error):
        raise BackupKeyError(f"{path} does not hold the private key of backups") from None


def _after(words: str, text: str) -> bytes:
    if not text.startswith(words):
        raise ValueError("another kind of key")
    return decode(text.removeprefix(words))
