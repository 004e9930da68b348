"""How the values and salts of an event are kept: encrypted, under a key that can be destroyed.

Pure: the key service that really encrypts is handed in.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson
from pydantic import ConfigDict, TypeAdapter

from schemas.canonical_json import canonical

_ASSOCIATED: Final = b"schakel-audit-seal-v1"
# Whoever follows the log opens what is shut, tens of kilobytes an answer: `binascii` needs five times as long. This
# takes a second spelling too (RFC 4648 section 5), and may: the text itself lies under a seal.
_BASE64: Final = TypeAdapter(bytes, config=ConfigDict(val_json_bytes="base64", hide_input_in_errors=True))


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

    async def bring(self, person: str, *, anew: bool = False) -> None:
        """Have the key of `person` at hand for the next `open`, or that he has none any more.

        `anew`: what is at hand may be of before it was renewed.
        """
        ...

    async def pseudonym(self, person: str) -> str:
        """Return by what name the event that erased `person` commits to whom it erased, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Salted:
    """A field's value (RFC 8785 bytes) and its salt (32 bytes): what opens a commitment."""

    name: str
    salt: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Left:
    """What may be read of a field (RFC 8785 bytes) when the field itself cannot be opened: it proves nothing."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Shut:
    """Fields that are packed in `sealed`, under the keys of `under` one in another: all of them open it."""

    name: str
    under: tuple[str, ...]
    sealed: bytes


def associated(event_id: str, part: str) -> bytes:
    """Return what binds a sealed blob to its event and its column, so that none can be put in another's place."""
    return b"\0".join((_ASSOCIATED, event_id.encode(), part.encode()))


def shut(sealer: Sealer, event_id: str, under: Sequence[str], each: Salted, *along: Salted) -> Shut:
    """Return `each` of an event, and what goes `along`, sealed under the key of every one of `under` in turn."""
    packed, bound = pack([each, *along]), _associated_with_all(event_id, each.name, under)
    for person in under:
        packed = sealer.seal(person, packed, bound)
    return Shut(each.name, tuple(under), packed)


def unshut(opener: Opens, event_id: str, name: str, packed: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what `shut` sealed, parsed; `packed` is the member `name` as `unpack` gives it.

    Raises:
        ErasedError: one of the keys was destroyed.
        ValueError: it was changed, or comes from another place.
    """
    return unpack(unsealed(opener, event_id, name, packed))


def unsealed(opener: Opens, event_id: str, name: str, packed: Mapping[str, Any]) -> bytes:
    """Return what `unshut` parses, for who only has to know that it opens.

    Raises:
        ErasedError, ValueError: as `unshut`.
    """
    sealed, under = _BASE64.validate_strings(packed["sealed"]), packed["under"]
    bound = _associated_with_all(event_id, name, under)
    for person in reversed(under):
        sealed = opener.open(person, sealed, bound)
    return sealed


def _associated_with_all(event_id: str, name: str, under: Sequence[str]) -> bytes:
    return associated(event_id, canonical([name, *under]).decode())


def pack(fields: Iterable[Salted | Left | Shut]) -> bytes:
    """Return `{name: {"salt": base64, "value": JSON}}` as bytes, the form that an opened export has too.

    What is shut is `{name: {"under": [person, …], "sealed": base64}}`; what is left of a field has no salt.
    """
    return b"{%b}" % b",".join(b'"%b":{%b}' % (each.name.encode(), _packed(each)) for each in fields)


def _packed(each: Salted | Left | Shut) -> bytes:
    if isinstance(each, Shut):
        return b'"under":%b,"sealed":"%b"' % (canonical(list(each.under)), b64encode(each.sealed))
    # The value is JSON already, so it is laid in as it is: nothing can come out changed.
    if isinstance(each, Left):
        return b'"value":%b' % each.value
    return b'"salt":"%b","value":%b' % (b64encode(each.salt), each.value)


def unpack(packed: bytes) -> dict[str, dict[str, Any]]:
    """Return what `pack` packed, parsed."""
    opened: dict[str, dict[str, Any]] = orjson.loads(packed)
    return opened
