"""Sealing what is personal under a key of the person, and the port to the service that guards those keys.

Every person has one data key for each class, because what is kept for how long differs: erasing a plan must not erase
who looked. Data keys lie in the database, wrapped by the key service; without it the database is unreadable.
Random bytes are handed in; nothing here reads a clock or a database.
"""

import hashlib
import hmac
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from schemas.canonical_json import canonical

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
SCHEMA: Final = "schakel-place-v1"


class KeyClass(StrEnum):
    """What a data key protects."""

    PLAN = "plan"
    CONSENT = "consent"
    AUDIT = "audit"


class KeyUnavailableError(Exception):
    """The key service gave no answer, or has no such key: nothing can be read or written now. Close, and try later."""


class SealBrokenError(Exception):
    """What is stored was not sealed for this place: it was moved or changed. Close, and let somebody look."""


class KeyService(Protocol):
    """Guards the keys that never leave it. Every method may go over a network."""

    async def wrap(self, key: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        """Return the 32 bytes `key` encrypted under the newest key of its class, bound to `context`.

        Raises:
            KeyUnavailableError: no answer.
        """
        ...

    async def unwrap(self, wrapped: bytes, *, key_class: KeyClass, context: bytes) -> bytes:
        """Return the 32 bytes that `wrap` was given with the same class and `context`.

        Raises:
            KeyUnavailableError: no answer, or it was wrapped under a key that the service does not have.
            SealBrokenError: not what `wrap` made for this class and context; no later try will find that it is.
        """
        ...

    async def hmac(self, message: bytes) -> bytes:
        """Return the HMAC-SHA-256 (32 bytes) of `message` under the index key, which never leaves the service.

        Raises:
            KeyUnavailableError: no answer.
        """
        ...


def place(*parts: str | int | None) -> bytes:
    """Return bytes that name one place in the store; no two lists of parts give the same."""
    return canonical([SCHEMA, *parts])


def commitment(key: bytes) -> bytes:
    """Return 32 bytes that fit this key only, since AES-GCM alone lets one ciphertext open under two keys.

    Source: `reference/security.md` 2.1, key commitment.
    """
    derived = HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=b"schakel-key-commitment-v1").derive(key)
    return hashlib.sha256(b"kc" + derived).digest()


def wrapping_context(person: str, key_class: KeyClass, version: int) -> bytes:
    """Return what binds a wrapped data key to its row."""
    return place("person_key", person, key_class, version)


@dataclass(frozen=True, slots=True)
class DataKey:
    """The open key of one person, class and version. Never shown, never logged; held in memory a minute at most.

    What lies under a version of `earlier`, it opens too; it seals under its own only.
    """

    person: str
    key_class: KeyClass
    version: int
    _cipher: AESGCM = field(repr=False, compare=False)
    _bound: bytes = field(repr=False, compare=False)
    earlier: tuple["DataKey", ...] = field(default=(), repr=False)

    @classmethod
    def checked(cls, key: bytes, *, person: str, key_class: KeyClass, version: int, committed: bytes) -> "DataKey":
        """Return the key, once it fits what was committed to when it was made.

        Raises:
            SealBrokenError: it does not.
        """
        if not hmac.compare_digest(commitment(key), committed):
            raise SealBrokenError("a data key does not fit its commitment")
        return cls(person, key_class, version, AESGCM(key), place(person, key_class, version))

    @classmethod
    def newest(cls, versions: Iterable["DataKey"]) -> "DataKey":
        """Return the newest of the `versions` of one key, which opens what lies under any of them."""
        *earlier, last = sorted(versions, key=lambda each: each.version)
        return replace(last, earlier=tuple(reversed(earlier)))

    def seal(self, plaintext: bytes, *, at: bytes, nonce: bytes) -> bytes:
        """Return `plaintext` encrypted for the place `at`, behind its `nonce` (12 bytes, random, never used again)."""
        return nonce + self._cipher.encrypt(nonce, plaintext, at + self._bound)

    def open(self, sealed: bytes, *, at: bytes) -> bytes:
        """Return what was sealed for the place `at`.

        Raises:
            SealBrokenError: it was sealed for another place or under another key, or was changed.
        """
        with suppress(InvalidTag, ValueError):
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], at + self._bound)
        for each in self.earlier:
            # The version is part of what is bound, so nothing is taken for what lies under another.
            with suppress(SealBrokenError):
                return each.open(sealed, at=at)
        raise SealBrokenError("a sealed value does not belong where it stands")
