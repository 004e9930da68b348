"""How the values and salts of an event are kept: encrypted, under a key that can be destroyed.

Pure: the key service that really encrypts is handed in.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

_ASSOCIATED: Final = b"schakel-audit-seal-v1"


class ErasedError(Exception):
    """The key no longer exists: the value is gone for ever, and that is how it must be."""


class Opens(Protocol):
    """Decrypts under the audit key of a person, or under the log's own (`person` is None)."""

    def open(self, person: str | None, sealed: bytes, associated: bytes) -> bytes:
        """Return the plaintext of `sealed`.

        Raises:
            ErasedError: the person's key was destroyed.
            ValueError: not what was sealed for this person and these `associated` bytes.
        """
        ...


class Sealer(Opens, Protocol):
    """Encrypts too.

    Authenticated: what `open` returns is what `seal` was given, for the same person and the same `associated` bytes.
    """

    def seal(self, person: str | None, plaintext: bytes, associated: bytes) -> bytes:
        """Return `plaintext` encrypted."""
        ...


class Opener(Opens, Protocol):
    """Opens the log of many persons: their keys are brought one by one."""

    async def bring(self, person: str) -> None:
        """Have the key of `person` at hand for the next `open`, or that he has none any more."""
        ...


@dataclass(frozen=True, slots=True)
class Salted:
    """A field's value (RFC 8785 bytes) and its salt (32 bytes): what opens a commitment."""

    name: str
    salt: bytes
    value: bytes


def associated(event_id: str, part: str) -> bytes:
    """Return what binds a sealed blob to its event and its column, so that none can be put in another's place."""
    return b"\0".join((_ASSOCIATED, event_id.encode(), part.encode()))


def pack(fields: Iterable[Salted]) -> bytes:
    """Return `{name: {"salt": base64, "value": JSON}}` as bytes, the form that an opened export has too."""
    # The values are JSON already, so they are laid in as they are: nothing can come out changed.
    members = (b'"%b":{"salt":"%b","value":%b}' % (f.name.encode(), b64encode(f.salt), f.value) for f in fields)
    return b"{%b}" % b",".join(members)


def unpack(packed: bytes) -> dict[str, dict[str, Any]]:
    """Return what `pack` packed, parsed."""
    opened: dict[str, dict[str, Any]] = orjson.loads(packed)
    return opened
