"""The form of a backup file: who made it is signed, what it holds is sealed, and no part of it can be taken or moved.

    schakel-backup/1 LF
    length of the header (4 bytes, big endian), header (RFC 8785 JSON)
    a fresh key, sealed to the public key of the backups with everything above as `info` (HPKE, 80 bytes)
    the content in chunks of 64 KiB, each AES-256-GCM under that key (16 bytes longer)
    Ed25519 signature by the log's key over `schakel-backup-v1`, a zero byte, and the SHA-256 of everything above

A chunk's nonce is its number (11 bytes) and whether it is the last (1 byte), so chunks that were moved, doubled or left
out do not open. Anybody can seal to a public key; the signature says that it was this gateway.

Source: RFC 9180 (HPKE, base mode, X25519, HKDF-SHA256, AES-256-GCM); the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, *Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance*, 2015.
"""

import hashlib
import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from audit.base64_strict import decode_hash
from audit.json_strict import parse
from audit.signing import SigningKey, VerifierKey
from schemas.canonical_json import canonical

MAGIC: Final = b"schakel-backup/1\n"
CHUNK: Final = 65_536
_LABEL: Final = b"schakel-backup-v1\0"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_KEY_BYTES, _SEALED_KEY, _TAG, _SIGNATURE = 32, 80, 16, 64
_LENGTH: Final = 4
_LONGEST_HEADER: Final = 4096


class BackupFileError(Exception):
    """This file may not be restored here; the message says why. Take another file, or the right key."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands readable at the front: when (UTC, milliseconds), of what, and the tree that must come out of it."""

    at: str
    database: str
    origin: str
    revision: str
    size: int
    root: bytes

    def encoded(self) -> bytes:
        """Return the bytes as they stand in the file."""
        members = {name: getattr(self, name) for name in ("at", "database", "origin", "revision", "size")}
        return canonical({**members, "root": b64encode(self.root).decode()})

    @classmethod
    def read(cls, raw: bytes) -> "Header":
        """Return the header in `raw`.

        Raises:
            ValueError: it is none.
        """
        told: Any = parse(raw)
        texts = {name: told[name] for name in ("at", "database", "origin", "revision")}
        header = cls(**texts, size=told["size"], root=decode_hash(told["root"]))
        typed = all(isinstance(each, str) for each in texts.values()) and isinstance(header.size, int)
        if not typed or header.encoded() != raw:
            raise ValueError("not a header of this form")
        return header


class Sealing:
    """Writes one backup to `file`: `add` its content, in order, then `finish`."""

    def __init__(self, file: BinaryIO, header: Header, *, recipient: X25519PublicKey, log: SigningKey) -> None:
        """Write what stands before the content.

        Raises:
            ValueError: nothing can be sealed to this public key.
        """
        self._file, self._log = file, log
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._number = 0
        raw = header.encoded()
        front = MAGIC + len(raw).to_bytes(_LENGTH, "big") + raw
        key = os.urandom(_KEY_BYTES)
        self._cipher = AESGCM(key)
        self._write(front + _SUITE.encrypt(key, recipient, front))

    def add(self, content: bytes) -> None:
        """Seal more of the content."""
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._chunk(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Seal the end, and sign. Without this the file is refused."""
        self._chunk(bytes(self._waiting), is_last=True)
        self._file.write(self._log.sign(_LABEL + self._digest.digest()))

    def _chunk(self, content: bytes, *, is_last: bool) -> None:
        self._write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), content, None))
        self._number += 1

    def _write(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


@dataclass(frozen=True)
class SealedFile:
    """A backup of which every byte was checked. `chunks` checks each again while it opens it."""

    header: Header
    _file: BinaryIO
    _cipher: AESGCM
    _start: int
    _end: int

    def chunks(self) -> Iterator[bytes]:
        """Give the content, in order.

        Raises:
            BackupFileError: a chunk is not what was sealed; believe nothing that came before it.
        """
        self._file.seek(self._start)
        number, left = 0, self._end - self._start
        while left > 0 or number == 0:
            sealed = self._file.read(min(left, CHUNK + _TAG))
            left -= len(sealed)
            try:
                yield self._cipher.decrypt(_nonce(number, is_last=left == 0 or not sealed), sealed, None)
            except (InvalidTag, ValueError):
                raise BackupFileError("the backup was changed on its way; take another one") from None
            number += 1


def open_sealed(file: BinaryIO, *, key: X25519PrivateKey, log: VerifierKey) -> SealedFile:
    """Return what is in `file`, after all of it was read and checked: signed by the log's key, whole, opens with `key`.

    Raises:
        BackupFileError: something is wrong with it; the message says what.
    """
    header, front = _front(file)
    if header.origin != log.name:
        raise BackupFileError(f"this is a backup of the log `{header.origin}`, and the settings are of `{log.name}`")
    end = os.fstat(file.fileno()).st_size - _SIGNATURE
    _require_signed(file, end, log)
    file.seek(len(front))
    try:
        secret = _SUITE.decrypt(file.read(_SEALED_KEY), key, front)
    except InvalidTag:
        raise BackupFileError("this private key does not open the backup; take the one it was sealed to") from None
    opened = SealedFile(header, file, AESGCM(secret), len(front) + _SEALED_KEY, end)
    for _ in opened.chunks():
        pass
    return opened


def _front(file: BinaryIO) -> tuple[Header, bytes]:
    file.seek(0)
    front = file.read(len(MAGIC) + _LENGTH)
    if not front.startswith(MAGIC):
        raise BackupFileError("this is not a backup of the form schakel-backup/1")
    length = int.from_bytes(front[len(MAGIC) :], "big")
    raw = file.read(min(length, _LONGEST_HEADER))
    try:
        return Header.read(raw), front + raw
    except (ValueError, KeyError, TypeError):
        raise BackupFileError("the front of the backup is cut off or changed; take another one") from None


def _require_signed(file: BinaryIO, end: int, log: VerifierKey) -> None:
    digest = hashlib.sha256()
    file.seek(0)
    left = end
    while left > 0 and (block := file.read(min(left, 1 << 20))):
        digest.update(block)
        left -= len(block)
    if left or not log.accepts(file.read(_SIGNATURE), _LABEL + digest.digest()):
        raise BackupFileError(
            "the backup is not as the key of this log signed it: it is cut off, changed, or another log's; take another"
        )


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((is_last,))
