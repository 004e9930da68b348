"""One line of the tombstone journal: what may never come back, under a pseudonym, signed, chained to the line before.

A line is the RFC 8785 form of these members and a line feed. `previous` is the SHA-256 of the line before it, its line
feed included (of the first: of nothing), and `signature` the log key's Ed25519 over `schakel-tombstone-v1`, a zero byte
and the RFC 8785 form of the other members. Pure.

Source: `reference/security.md` 2.2.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from audit.base64_strict import decode, decode_hash
from audit.json_strict import parse
from audit.signing import SigningKey, VerifierKey
from gateway.registry.snapshot import OPERATOR
from schemas.canonical_json import canonical

_LABEL: Final = b"schakel-tombstone-v1\0"
_MEMBERS: Final = frozenset({"v", "seq", "at", "kind", "pseudonym", "epoch", "previous", "signature"})
BY: Final = {"operator": OPERATOR, "because": "tombstone"}
"""Who acts in the event of what a line closes."""

NOTHING: Final = hashlib.sha256(b"").digest()
_NO_LINE: Final = (ValueError, KeyError, TypeError, AttributeError)
"""What reading something raises that is no line, or that somebody else wrote."""


class TombstoneKind(StrEnum):
    """What happened."""

    BEGIN = "begin"
    """The first line: from here on there is a journal. Its pseudonym is the log's origin."""

    ERASE = "erase"
    """Somebody is forgotten."""

    WITHDRAW = "withdraw"
    """A yes about somebody was taken back; of this and all below `at` is the instant of the event."""

    REFUSE = "refuse"
    """A no was said about somebody."""

    MANDATE = "mandate"
    """Something was changed in a youth's mandate for his mentor."""

    OBJECT = "object"
    """Somebody objected to joint help or a referral of his."""

    DENY = "deny"
    """Contact with somebody was denied to one of his family."""

    AUTHORITY = "authority"
    """An authority over somebody was ended, suspended or disputed."""

    ORDER = "order"
    """A court's order about somebody was ended."""

    HOLDER = "holder"
    """A holder said no to a question about somebody."""

    END = "end"
    """A fact was ended: help, joint help for a partner, an assignment, kinship, a wish. Its pseudonym is the fact's, or
    the person's of whom one was ended, where the event does not say which any more."""

    FINDING = "finding"
    """Somebody objected to a finding about him, or one was recorded that does not say that he cannot decide."""

    STOP = "stop"
    """A holder stopped. Its pseudonym is the holder's."""

    CRISIS_SET = "crisis-set"
    """A holder closed his crisis set to emergency pulls. Its pseudonym is the holder's."""

    EMERGENCY = "emergency"
    """A holder, or the gateway's officer, closed an emergency about somebody. Its pseudonym is three, dots between: the
    person's, that of who asked whom and which side closed, and that of the emergency."""

    UNREGISTER = "unregister"
    """An operator ended what was registered of an organisation, or all of it. Its pseudonym is that registration's."""


class JournalError(Exception):
    """The journal cannot be believed, or is not there; the message says what to do. Refuse to start, erase nothing."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stands in one line. `pseudonym` is a keyed hash; `epoch` the newest of the keys that wrapped his.

    Once every key up to that epoch is destroyed, no backup of before can be opened where he is concerned.
    """

    seq: int
    at: str
    kind: TombstoneKind
    pseudonym: str
    epoch: int
    previous: bytes

    def encoded(self, key: SigningKey) -> bytes:
        """Return the line, signed."""
        told = self._told()
        return canonical({**told, "signature": b64encode(key.sign(_LABEL + canonical(told))).decode()}) + b"\n"

    def _told(self) -> dict[str, Any]:
        return {
            "v": 1,
            "seq": self.seq,
            "at": self.at,
            "kind": str(self.kind),
            "pseudonym": self.pseudonym,
            "epoch": self.epoch,
            "previous": b64encode(self.previous).decode(),
        }

    @classmethod
    def read(cls, line: bytes, key: VerifierKey) -> "Tombstone":
        """Return what `line` holds.

        Raises:
            ValueError: it is no line of this form, or not one that `key` signed.
        """
        told: Any = parse(line.removesuffix(b"\n"))
        if not isinstance(told, dict) or told.keys() != _MEMBERS or told["v"] != 1:
            raise ValueError("not a line of this form")
        signed = {name: value for name, value in told.items() if name != "signature"}
        if canonical(told) + b"\n" != line or not key.accepts(decode(told["signature"]), _LABEL + canonical(signed)):
            raise ValueError("not as the log's key signed it")
        return cls(
            seq=told["seq"],
            at=told["at"],
            kind=TombstoneKind(told["kind"]),
            pseudonym=told["pseudonym"],
            epoch=told["epoch"],
            previous=decode_hash(told["previous"]),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A tombstone, and the SHA-256 of the line that it stands in."""

    tombstone: Tombstone
    digest: bytes


def read_lines(content: bytes, key: VerifierKey) -> tuple[Line, ...]:
    """Return the lines of a journal, every one of them signed by `key` and chained to the one before.

    What stands behind the last line feed was never finished, so nothing was done for it: it is left out.

    Raises:
        JournalError: the first line that is wrong, by its number.
    """
    lines = tuple(_read(content, key))
    if not lines or lines[0].tombstone.kind is not TombstoneKind.BEGIN or lines[0].tombstone.pseudonym != key.name:
        raise JournalError(f"the tombstone journal does not begin as that of the log `{key.name}`; put it back")
    return lines


def whole(content: bytes) -> bytes:
    """Return `content` up to and with its last line feed."""
    return content[: content.rfind(b"\n") + 1]


def _read(content: bytes, key: VerifierKey) -> Iterator[Line]:
    before = NOTHING
    for n, line in enumerate(whole(content).splitlines(keepends=True)):
        try:
            tombstone = Tombstone.read(line, key)
        except _NO_LINE:
            raise JournalError(f"line {n + 1} of the tombstone journal is not as the log's key signed it") from None
        if tombstone.seq != n or tombstone.previous != before:
            raise JournalError(f"line {n + 1} of the tombstone journal does not follow the one before it")
        before = hashlib.sha256(line).digest()
        yield Line(tombstone, before)


def last_line(content: bytes, key: VerifierKey) -> Line:
    """Return the last whole line of `content`, the end of a journal, checked by itself only.

    Raises:
        JournalError: there is none, or `key` did not sign it.
    """
    line = whole(content)[:-1].rpartition(b"\n")[2] + b"\n"
    try:
        return Line(Tombstone.read(line, key), hashlib.sha256(line).digest())
    except _NO_LINE:
        raise JournalError("the last line of the tombstone journal is not as the log's key signed it") from None


def line_that_says(content: bytes, key: VerifierKey, *, at: str, kind: TombstoneKind, pseudonym: str) -> Line | None:
    """Return the newest whole line of `content`, the end of a journal, that says this, checked by itself only."""
    for line in reversed(whole(content).splitlines(keepends=True)):
        if at.encode() in line:
            with suppress(*_NO_LINE):
                found = Tombstone.read(line, key)
                if (found.at, found.kind, found.pseudonym) == (at, kind, pseudonym):
                    return Line(found, hashlib.sha256(line).digest())
    return None


def next_after(last: Line | None, *, at: str, kind: TombstoneKind, pseudonym: str, epoch: int) -> Tombstone:
    """Return the tombstone that follows `last`."""
    if last is None:
        return Tombstone(0, at, kind, pseudonym, epoch, NOTHING)
    return Tombstone(last.tombstone.seq + 1, at, kind, pseudonym, epoch, last.digest)
