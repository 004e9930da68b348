"""How the values and salts of an event are kept: encrypted, under a key that can be destroyed.

Pure: the key service that really encrypts is handed in.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from schemas.canonical_json import canonical

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


@dataclass(frozen=True, slots=True)
class Shut:
    """A field that is packed in `sealed`, under the keys of `under` one in another: all of them open it."""

    name: str
    under: tuple[str, ...]
    sealed: bytes


def associated(event_id: str, part: str) -> bytes:
    """Return what binds a sealed blob to its event and its column, so that none can be put in another's place."""
    return b"\0".join((_ASSOCIATED, event_id.encode(), part.encode()))


def shut(sealer: Sealer, event_id: str, under: Sequence[str], each: Salted) -> Shut:
    """Return `each` of an event sealed under the key of every one of `under` in turn."""
    packed, bound = pack([each]), _associated_with_all(event_id, each.name, under)
    for person in under:
        packed = sealer.seal(person, packed, bound)
    return Shut(each.name, tuple(under), packed)


def unshut(opener: Opens, event_id: str, name: str, packed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what `shut` sealed, parsed; `packed` is the member `name` as `unpack` gives it.

    Raises:
        ErasedError: one of the keys was destroyed.
        ValueError: it was changed, or comes from another place.
    """
    sealed, under = b64decode(packed["sealed"], validate=True), packed["under"]
    bound = _associated_with_all(event_id, name, under)
    for person in reversed(under):
        sealed = opener.open(person, sealed, bound)
    return unpack(sealed)


def _associated_with_all(event_id: str, name: str, under: Sequence[str]) -> bytes:
    return associated(event_id, canonical([name, *under]).decode())


def pack(fields: Iterable[Salted | Shut]) -> bytes:
    """Return `{name: {"salt": base64, "value": JSON}}` as bytes, the form that an opened export has too.

    What is shut is `{name: {"under": [person, …], "sealed": base64}}`.
    """
    return b"{%b}" % b",".join(b'"%b":%b' % (each.name.encode(), _packed(each)) for each in fields)


def _packed(each: Salted | Shut) -> bytes:
    if isinstance(each, Shut):
        return b'{"under":%b,"sealed":"%b"}' % (canonical(list(each.under)), b64encode(each.sealed))
    # The value is JSON already, so it is laid in as it is: nothing can come out changed.
    return b'{"salt":"%b","value":%b}' % (b64encode(each.salt), each.value)


def unpack(packed: bytes) -> dict[str, dict[str, Any]]:
    """Return what `pack` packed, parsed."""
    opened: dict[str, dict[str, Any]] = orjson.loads(packed)
    return opened
