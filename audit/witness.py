"""What a witness is asked, and when it may sign: the C2SP tlog-witness protocol, on bytes handed in. Pure.

A witness signs a tree head only if the tree contains every tree of that log that it signed before. It sees sizes and
roots, never an event.

Source: C2SP tlog-witness v1.0.0, *add-checkpoint*; RFC 6962 section 2.1.2.
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from audit.base64_strict import decode_hash
from audit.checkpoint import Checkpoint, NoteError, read_note, verify_note
from audit.signing import VerifierKey
from audit.tree import EMPTY_ROOT, proves_consistency

MOST_HASHES: Final = 63
MOST_BYTES: Final = 65_536
"""More than 63 hashes and a checkpoint with a few dozen signatures need."""
LARGEST: Final = 2**63 - 1

_OLD: Final = re.compile(rb"old (0|[1-9][0-9]{0,18})")


class RequestError(ValueError):
    """This is no add-checkpoint request; the message says why."""


class Why(Enum):
    """Why a witness does not sign, by what it answers."""

    MALFORMED = "malformed"
    UNKNOWN_LOG = "unknown log"
    NOT_SIGNED = "not signed by the log"
    ANOTHER_SIZE = "another old size"
    ANOTHER_ROOT = "another root of the same size"
    INCONSISTENT = "the proof does not fit"


@dataclass(frozen=True, slots=True)
class Refused:
    """No signature. `held` is the size of the newest tree head of that log that was signed; 0 if there is none."""

    why: Why
    held: int = 0


@dataclass(frozen=True, slots=True)
class Addition:
    """A request to sign the head in `note`, whose tree is said to contain the tree of `old` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def text(self) -> bytes:
        """Return the request's body."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old}\n{hashes}\n".encode() + self.note


@dataclass(frozen=True, slots=True)
class Held:
    """The newest head of a log that a witness signed: what it states, and the note as the log signed it."""

    checkpoint: Checkpoint
    note: str


def read_addition(body: bytes) -> Addition:
    """Return the request in `body`.

    Raises:
        RequestError: another form, more than 63 hashes, or more than 65,536 bytes.
    """
    if len(body) > MOST_BYTES:
        raise RequestError(f"the request has more than {MOST_BYTES} bytes")
    head, separator, note = body.partition(b"\n\n")
    first, *hashes = head.split(b"\n")
    old = _OLD.fullmatch(first)
    if old is None or not separator or int(old[1]) > LARGEST:
        raise RequestError("a request begins with `old SIZE`, hashes and an empty line")
    if len(hashes) > MOST_HASHES:
        raise RequestError(f"a proof has at most {MOST_HASHES} hashes")
    try:
        return Addition(int(old[1]), tuple(decode_hash(each) for each in hashes), note)
    except ValueError as error:
        raise RequestError("a line of the proof is no base64 of 32 bytes") from error


def judge(body: bytes, logs: Mapping[str, Sequence[VerifierKey]], held: Mapping[str, Held]) -> Held | Refused:
    """Return what a witness that trusts `logs`, and signed what is `held`, may sign on the request `body`, or why not.

    Both by origin. Whoever signs keeps what is returned first, and lets no other request be judged in between.
    """
    try:
        addition = read_addition(body)
        checkpoint, _ = read_note(addition.note)
    except ValueError:  # also a size of more digits than a number may have
        return Refused(Why.MALFORMED)
    keys = logs.get(checkpoint.origin, ())
    if not keys:
        return Refused(Why.UNKNOWN_LOG)
    try:
        note = signed_by_log(addition.note, keys)
    except NoteError:
        return Refused(Why.NOT_SIGNED)
    before = held.get(checkpoint.origin)
    known = before.checkpoint if before else Checkpoint(checkpoint.origin, 0, EMPTY_ROOT)
    why = _obstacle(addition, checkpoint, known)
    return Held(checkpoint, note) if why is None else Refused(why, known.size)


def signed_by_log(note: bytes, keys: Sequence[VerifierKey]) -> str:
    """Return `note` with the signatures of its log's own `keys` only.

    Raises:
        NoteError: none of them signed it.
    """
    checkpoint = verify_note(note, keys).checkpoint
    named = {(key.name, key.key_id) for key in keys}
    lines = [each.line() for each in read_note(note)[1] if (each.name, each.key_id) in named]
    return f"{checkpoint.text()}\n{''.join(dict.fromkeys(lines))}"


def _obstacle(addition: Addition, new: Checkpoint, known: Checkpoint) -> Why | None:
    if addition.old > new.size or new.size > LARGEST:
        return Why.MALFORMED
    if addition.old != known.size:
        return Why.ANOTHER_SIZE
    if new.size == known.size and new.root != known.root:
        return Why.ANOTHER_ROOT
    return None if _contains(new, known, addition.proof) else Why.INCONSISTENT


def _contains(new: Checkpoint, known: Checkpoint, proof: Sequence[bytes]) -> bool:
    if known.size == 0:
        return not proof  # every tree contains the empty one, and there is nothing to prove it with
    return proves_consistency(old=known.size, new=new.size, old_root=known.root, new_root=new.root, proof=proof)
