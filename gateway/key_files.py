"""The file driver of the key service: the keys that wrap every person's keys, in one file that only we can read.

For the embedded gateway, sandbox and demo. Whoever has this file and the database can read everything, so the file
belongs on another disk and in another backup than the database. A hardware or network key service takes its place
behind `consent.keys.KeyService`.
"""

import hashlib
import hmac
import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consent.keys import KEY_BYTES, NONCE_BYTES, KeyClass, KeyUnavailableError, place

FORMAT: Final = "schakel-keys/1"
FIRST_EPOCH: Final = 1
_EPOCH_BYTES: Final = 4


class KeyFileError(Exception):
    """The key file cannot be used; the message names it and says what to do. Refuse to start."""


class FileKeyService:
    """Wraps and unwraps with keys that were read from a file at start.

    `keys` by class and epoch; a new key is wrapped under the highest epoch of its class.
    """

    def __init__(self, *, keys: Mapping[KeyClass, Mapping[int, bytes]], index: bytes) -> None:
        """Take keys of 32 bytes each."""
        self._ciphers = {
            key_class: {epoch: AESGCM(key) for epoch, key in epochs.items()} for key_class, epochs in keys.items()
        }
        self._newest = {key_class: max(epochs) for key_class, epochs in keys.items()}
        self._index = index

    async def wrap(self, key: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        """Return the epoch, a nonce and `key` encrypted under it; see `KeyService`."""
        epoch = self._newest[key_class]
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[key_class][epoch].encrypt(nonce, key, _bound(context, key_class, epoch))
        return epoch.to_bytes(_EPOCH_BYTES, "big") + nonce + sealed

    async def unwrap(self, wrapped: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        """Return the key in `wrapped`; see `KeyService`."""
        epoch = int.from_bytes(wrapped[:_EPOCH_BYTES], "big")
        cipher = self._ciphers[key_class].get(epoch)
        if cipher is None:
            raise KeyUnavailableError(f"the key file has no key of class `{key_class}`, epoch {epoch}")
        nonce, sealed = wrapped[_EPOCH_BYTES:][:NONCE_BYTES], wrapped[_EPOCH_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, _bound(context, key_class, epoch))
        except (InvalidTag, ValueError):
            raise KeyUnavailableError(f"a key of class `{key_class}` was not wrapped with this key file") from None

    async def hmac(self, message: bytes) -> bytes:
        """Return the keyed hash of `message`; see `KeyService`."""
        return hmac.digest(self._index, message, hashlib.sha256)


def create_key_file(path: Path) -> None:
    """Write a new key file that only its owner may read.

    Raises:
        KeyFileError: there is a file already (it may be the only copy of keys in use), or it cannot be written.
    """
    content = {
        "format": FORMAT,
        "keys": {str(each): {str(FIRST_EPOCH): _fresh()} for each in KeyClass},
        "index": _fresh(),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise KeyFileError(f"key file `{path}` exists already; keep it, or move it away first") from None
    except OSError as error:
        raise KeyFileError(f"key file `{path}` cannot be written: {error.strerror}") from None


def read_key_file(path: Path) -> FileKeyService:
    """Return the key service that works with the keys in the file at `path`.

    Raises:
        KeyFileError: no such file, one that others may read, or one that is not ours.
    """
    try:
        with path.open("rb") as file:
            _require_private(path, os.fstat(file.fileno()).st_mode)
            content = json.load(file)
        return FileKeyService(keys=_keys(content), index=_key(content["index"]))
    except FileNotFoundError:
        raise KeyFileError(f"key file `{path}` does not exist; make one, or put back the one in use") from None
    except OSError as error:
        raise KeyFileError(f"key file `{path}` cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeyFileError(f"key file `{path}` is not a file of the form {FORMAT}; put back the one in use") from None


def _require_private(path: Path, mode: int) -> None:
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"key file `{path}` may be read by others; set its mode to 0600")


def _keys(content: Mapping[str, Any]) -> dict[KeyClass, dict[int, bytes]]:
    if content["format"] != FORMAT:
        raise ValueError("another format")
    keys = {each: {int(epoch): _key(key) for epoch, key in content["keys"][each].items()} for each in KeyClass}
    if not all(keys.values()):
        raise ValueError("a class without a key")
    return keys


def _key(text: str) -> bytes:
    key = b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("not a key of 32 bytes")
    return key


def _fresh() -> str:
    return b64encode(os.urandom(KEY_BYTES)).decode()


def _bound(context: bytes, key_class: KeyClass, epoch: int) -> bytes:
    return place("kek", key_class, epoch) + context
