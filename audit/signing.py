"""Ed25519 keys of logs and witnesses, in C2SP signed-note form.

The only file of this wing that does cryptography beyond SHA-256.

Source: C2SP signed-note v1.0.0, *Signatures* and *Verifier keys*; C2SP tlog-cosignature v1.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.base64_strict import decode

_PUBLIC_BYTES: Final = 32


class KeyFormatError(ValueError):
    """This is not a verifier key that we can use; correct the line."""


class Algorithm(IntEnum):
    """The signature type byte of a key."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True)
class VerifierKey:
    """A named public key (32 bytes) and what it signs: notes, or timestamped cosignatures of checkpoints."""

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or any(c.isspace() or c < " " for c in self.name):
            raise KeyFormatError("a key's name is not empty and has no spaces and no `+`")
        if len(self.public) != _PUBLIC_BYTES:
            raise KeyFormatError("an Ed25519 public key has 32 bytes")

    @cached_property
    def key_id(self) -> bytes:
        """Return the four bytes by which signature lines name this key."""
        return sha256(self.name.encode() + b"\n" + bytes((self.algorithm,)) + self.public).digest()[:4]

    @property
    def label(self) -> str:
        """Return `NAME+ID`: which key, without the key."""
        return f"{self.name}+{self.key_id.hex()}"

    def encoded(self) -> str:
        """Return the key in vkey form, `NAME+ID+BASE64`."""
        return f"{self.label}+{b64encode(bytes((self.algorithm,)) + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the key that `text`, in vkey form, holds.

        Raises:
            KeyFormatError: not that form, an algorithm that is not Ed25519, or an id that is not this key's.
        """
        try:
            name, key_id, material = text.split("+", 2)
            raw = decode(material)
            key = cls(name, Algorithm(raw[0]), raw[1:])
        except (ValueError, IndexError) as error:
            raise KeyFormatError("expected a verifier key: NAME+ID+BASE64 of an Ed25519 key") from error
        if key.key_id.hex() != key_id:
            raise KeyFormatError("the id of the verifier key does not belong to its name and key")
        return key

    @cached_property
    def _public_key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Say whether `signature` (64 bytes) is this key's over `message`."""
        try:
            self._public_key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key and the name it signs with: a log's origin, or a witness's name."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)
    algorithm: Algorithm = Algorithm.ED25519

    @classmethod
    def from_seed(cls, name: str, seed: bytes, algorithm: Algorithm = Algorithm.ED25519) -> Self:
        """Return the key of the 32 secret bytes `seed`."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed), algorithm)

    @cached_property
    def verifier(self) -> VerifierKey:
        """Return the public half."""
        return VerifierKey(self.name, self.algorithm, self.private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`."""
        return self.private.sign(message)
