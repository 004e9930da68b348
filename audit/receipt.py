"""A receipt: the log's signed promise that an event is kept, and will be in the tree within 5 seconds.

Source: audit log contract, *The tree*.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from audit.base64_strict import decode, decode_hash
from audit.json_strict import parse
from audit.signing import Algorithm, SigningKey, VerifierKey

_LABEL: Final = b"schakel-receipt-v1\0"
WITHIN: Final = timedelta(seconds=5)
"""So long after a receipt its event may wait for its place in the tree."""

_MEMBERS: Final = frozenset({"event", "leaf_hash", "at", "signature", "key"})


class ReceiptError(ValueError):
    """This is no valid receipt of a log that we know; do not rely on it."""


class NoReceiptError(ReceiptError):
    """This is no receipt at all, good or bad; take the right file."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an event is durable. Only `audit.store` makes one, and only after a commit.

    `at` is the instant of the promise (UTC, milliseconds, as written); `key` is the log's own.
    """

    event_id: str
    leaf_hash: bytes
    at: str
    key: SigningKey

    def document(self) -> dict[str, str]:
        """Return the receipt as it goes over the wire. It is signed here: of most events nobody is given one."""
        signature = self.key.sign(receipt_message(self.leaf_hash, self.at))
        return {
            "event": self.event_id,
            "leaf_hash": b64encode(self.leaf_hash).decode(),
            "at": self.at,
            "signature": b64encode(signature).decode(),
            "key": self.key.verifier.label,
        }


def receipt_message(leaf_hash: bytes, at: str) -> bytes:
    """Return the bytes that the log signs."""
    return _LABEL + leaf_hash + at.encode()


def check_receipt(document: Mapping[str, object], keys: Iterable[VerifierKey]) -> bytes:
    """Return the leaf hash that the receipt `document` promises, signed by one of the log's `keys`.

    Does not check that the leaf is in the tree, nor that it is the named event's: inclusion proof and leaf say that.

    Raises:
        NoReceiptError: another form.
        ReceiptError: an unknown key, or a signature that is not right.
    """
    if document.keys() != _MEMBERS:
        raise NoReceiptError("a receipt has exactly the members event, leaf_hash, at, signature, key")
    texts = {name: value for name, value in document.items() if isinstance(value, str)}
    key = next((k for k in keys if k.label == texts.get("key")), None)
    if key is None or key.algorithm is not Algorithm.ED25519:
        raise ReceiptError("the receipt was not signed by a key that we know")
    try:
        leaf_hash, signature = decode_hash(texts["leaf_hash"]), decode(texts["signature"])
        message = receipt_message(leaf_hash, texts["at"])
    except (KeyError, ValueError) as error:
        raise ReceiptError("the receipt's members are not as they must be") from error
    if not key.accepts(signature, message):
        raise ReceiptError("the receipt's signature does not verify")
    return leaf_hash


@dataclass(frozen=True, slots=True)
class Promise:
    """What a receipt promises: that the leaf with this hash is kept, as of this instant (UTC)."""

    leaf_hash: bytes
    at: datetime

    @property
    def due(self) -> datetime:
        """Return from when on the leaf must be in the tree."""
        return self.at + WITHIN


def read_receipt(content: bytes, keys: Iterable[VerifierKey]) -> Promise:
    """Return what the receipt in a file's `content` promises, signed by one of the log's `keys`.

    The file holds a receipt alone, or a whole answer whose member `receipt` it is.

    Raises:
        NoReceiptError: neither.
        ReceiptError: as for `check_receipt`.
    """
    try:
        document = parse(content)
    except ValueError as error:
        raise NoReceiptError("the file is no JSON in which each member stands once") from error
    receipt = document.get("receipt", document) if isinstance(document, dict) else None
    if not isinstance(receipt, dict):
        raise NoReceiptError("the file holds neither a receipt nor an answer with one")
    leaf_hash = check_receipt(receipt, keys)
    try:
        at = datetime.fromisoformat(receipt["at"])
    except ValueError as error:
        raise ReceiptError("the receipt's instant is none") from error
    if at.utcoffset() is None:
        raise ReceiptError("the receipt's instant has no offset")
    return Promise(leaf_hash, at)
