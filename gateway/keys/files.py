"""The file driver of the key service: the keys that wrap every person's keys, in one file that only we can read.

For the embedded gateway, sandbox and demo. Whoever has this file and the database can read everything, so the file
belongs on another disk and in another backup than the database. A hardware or network key service takes its place
behind `consent.keys.KeyService`.

The file may get a new epoch of keys, and lose an old one, while gateways run on it (`gateway.keys.epochs`): they look
again each second, and at once for a key that they do not have.
"""

import hashlib
import hmac
import json
import os
import stat
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consent.keys import KEY_BYTES, NONCE_BYTES, KeyClass, KeyUnavailableError, SealBrokenError, place
from gateway.identity.keys import write_secret

FORMAT: Final = "schakel-keys/1"
FIRST_EPOCH: Final = 1
_EPOCH_BYTES: Final = 4
_LOOK_EVERY: Final = 1.0
"""Seconds."""


class KeyFileError(Exception):
    """The key file cannot be used; the message names it and says what to do. Refuse to start."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What stands in a key file: the wrapping keys by class and epoch, the key of the index, 32 bytes each.

    `retired` says since when (ISO, UTC) nothing in the database is wrapped under an epoch any more; `tombstone` how far
    the journal of tombstones had come at least: the number and the digest (base64) of a line.
    """

    keys: Mapping[KeyClass, Mapping[int, bytes]] = field(repr=False)
    index: bytes = field(repr=False)
    retired: Mapping[int, str] = field(default_factory=dict)
    tombstone: tuple[int, str] | None = None


class FileKeyService:
    """Wraps and unwraps with keys that were read from a file.

    `keys` by class and epoch; a new key is wrapped under the highest epoch of its class. With a `path` the file is
    read again when it was changed.
    """

    def __init__(self, *, keys: Mapping[KeyClass, Mapping[int, bytes]], index: bytes, path: Path | None = None) -> None:
        """Take keys of 32 bytes each."""
        self._path = path
        # Nothing seen yet: the file may have been changed since its keys were read.
        self._seen: tuple[int, ...] = ()
        self._look_at = time.monotonic() + _LOOK_EVERY
        self._take(keys)
        self._index = index

    @property
    def newest_epoch(self) -> int:
        """The newest epoch of any class, as of now."""
        self._look_again()
        return max(self._newest.values())

    def _take(self, keys: Mapping[KeyClass, Mapping[int, bytes]]) -> None:
        self._keys = keys
        self._ciphers = {
            key_class: {epoch: AESGCM(key) for epoch, key in epochs.items()} for key_class, epochs in keys.items()
        }
        self._newest = {key_class: max(epochs) for key_class, epochs in keys.items()}

    def _look_again(self) -> None:
        """Take the file anew where it was changed; where it cannot be read now, go on with what was read."""
        if self._path is None:
            return
        self._look_at = time.monotonic() + _LOOK_EVERY
        try:
            stamp = _stamp(self._path)
            if stamp != self._seen:
                keys = read_content(self._path).keys
                # INVARIANT: another installation's file, put here by mistake, breaks nobody's keys.
                if self._is_of_same(keys):
                    self._take(keys)
                self._seen = stamp
        except (OSError, KeyFileError):
            return

    def _is_of_same(self, keys: Mapping[KeyClass, Mapping[int, bytes]]) -> bool:
        """Say whether no epoch that is known has another key among `keys`: an epoch gets one once."""
        return all(
            self._keys[key_class].get(epoch, key) == key
            for key_class, epochs in keys.items()
            for epoch, key in epochs.items()
        )

    async def wrap(self, key: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        """Return the epoch, a nonce and `key` encrypted under it; see `KeyService`."""
        # Always as the file is now: what a new epoch takes in must not be added to under the old one.
        self._look_again()
        epoch = self._newest[key_class]
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[key_class][epoch].encrypt(nonce, key, _bound(context, key_class, epoch))
        return epoch_mark(epoch) + nonce + sealed

    async def unwrap(self, wrapped: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        """Return the key in `wrapped`; see `KeyService`."""
        epoch = int.from_bytes(wrapped[:_EPOCH_BYTES], "big")
        if time.monotonic() >= self._look_at or epoch not in self._ciphers[key_class]:
            self._look_again()
        cipher = self._ciphers[key_class].get(epoch)
        if cipher is None:
            raise KeyUnavailableError(f"the key file has no key of class `{key_class}`, epoch {epoch}")
        nonce, sealed = wrapped[_EPOCH_BYTES:][:NONCE_BYTES], wrapped[_EPOCH_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, _bound(context, key_class, epoch))
        except (InvalidTag, ValueError):
            # The epoch is there, so no later try finds another key: the row was changed, or the file is another's.
            raise SealBrokenError(f"a key of class `{key_class}` was not wrapped with this key file") from None

    async def hmac(self, message: bytes) -> bytes:
        """Return the keyed hash of `message`; see `KeyService`."""
        return hmac.digest(self._index, message, hashlib.sha256)


def epoch_mark(epoch: int) -> bytes:
    """Return the 4 bytes with which everything begins that was wrapped under `epoch`."""
    return epoch.to_bytes(_EPOCH_BYTES, "big")


def create_key_file(path: Path) -> None:
    """Write a new key file that only its owner may read.

    Raises:
        KeyFileError: there is a file already (it may be the only copy of keys in use), or it cannot be written.
    """
    first = KeyFile({each: {FIRST_EPOCH: fresh_key()} for each in KeyClass}, fresh_key())
    try:
        write_content(path, first)
    except FileExistsError:
        raise KeyFileError(f"key file `{path}` exists already; keep it, or move it away first") from None
    except OSError as error:
        raise KeyFileError(f"key file `{path}` cannot be written: {error.strerror}") from None


def write_content(path: Path, content: KeyFile) -> None:
    """Write `content` to the new file `path`, for its owner alone, and on disk when it returns.

    Raises:
        OSError: it cannot be written, or is there.
    """
    told = {
        "format": FORMAT,
        "keys": {
            str(each): {str(epoch): b64encode(key).decode() for epoch, key in epochs.items()}
            for each, epochs in content.keys.items()
        },
        "index": b64encode(content.index).decode(),
        **({"retired": {str(epoch): at for epoch, at in content.retired.items()}} if content.retired else {}),
        **({"tombstone": list(content.tombstone)} if content.tombstone else {}),
    }
    write_secret(path, json.dumps(told, indent=1).encode())


def read_key_file(path: Path) -> FileKeyService:
    """Return the key service that works with the keys in the file at `path`.

    Raises:
        KeyFileError: no such file, one that others may read, or one that is not ours.
    """
    content = read_content(path)
    return FileKeyService(keys=content.keys, index=content.index, path=path)


def read_content(path: Path) -> KeyFile:
    """Return what stands in the file at `path`.

    Raises:
        KeyFileError: as for `read_key_file`.
    """
    try:
        content = json.loads(_whole(path))
        retired = {int(epoch): str(at) for epoch, at in content.get("retired", {}).items()}
        told = content.get("tombstone")
        tombstone = None if told is None else (int(told[0]), str(told[1]))
        return KeyFile(_keys(content), _key(content["index"]), retired, tombstone)
    except FileNotFoundError:
        raise KeyFileError(f"key file `{path}` does not exist; make one, or put back the one in use") from None
    except OSError as error:
        raise KeyFileError(f"key file `{path}` cannot be read: {error.strerror}") from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise KeyFileError(f"key file `{path}` is not a file of the form {FORMAT}; put back the one in use") from None


def _whole(path: Path) -> bytes:
    """Return the bytes of the file; of one that was replaced meanwhile, and so overwritten, those of the new one."""
    while True:
        with path.open("rb") as file:
            opened = os.fstat(file.fileno())
            _require_private(path, opened.st_mode)
            content = file.read()
        if path.stat().st_ino == opened.st_ino:
            return content


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


def fresh_key() -> bytes:
    """Return 32 random bytes."""
    return os.urandom(KEY_BYTES)


def _stamp(path: Path) -> tuple[int, ...]:
    told = path.stat()
    return told.st_mtime_ns, told.st_ino, told.st_size


def _bound(context: bytes, key_class: KeyClass, epoch: int) -> bytes:
    return place("kek", key_class, epoch) + context
