"""What makes a log good or bad: the checks, on bytes handed in. Pure; `verify` and `verify_database` feed it.

Two questions, in this order. Do the leaf hashes give every root that was signed? If not, only a range can be named:
from the last head that still holds to the first that does not. If so, each hash is proven, and so each entry can be
compared with its own: the first that differs is named.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from audit.base64_strict import decode
from audit.checkpoint import NoteError, Verified, read_note, verify_note
from audit.leaf import SALT_BYTES, Leaf, LeafError, commit
from audit.signing import Algorithm, KeyFormatError, VerifierKey
from audit.tree import EMPTY_ROOT, Frontier, Node, leaf_hash
from schemas.canonical_json import canonical


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint as found: where (`checkpoint`, `checkpoints/12`), and what it states, or why it states nothing."""

    place: str
    size: int
    verified: Verified | None
    why: str = ""

    @property
    def cosigners(self) -> tuple[VerifierKey, ...]:
        """Return whose cosignatures verified."""
        return () if self.verified is None else self.verified.cosigners


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier prints and exits with: 0 good, 1 bad, 2 not readable."""

    exit_status: int
    line: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, from sequence number `first` on; `last` where only a range can be named."""

    first: int
    why: str
    last: int | None = None

    def verdict(self) -> Verdict:
        """Return the verdict that this fault leads to."""
        where = str(self.first) if self.last is None else f"{self.first}..{self.last}"
        return Verdict(1, f"bad: seq {where}: {self.why}")


def read_keys(text: bytes) -> list[VerifierKey]:
    """Return the verifier keys that `text` holds, one a line, the log's own first.

    Raises:
        KeyFormatError: a line is no key, or the first is not a log's.
    """
    try:
        keys = [VerifierKey.read(line) for line in text.decode().removesuffix("\n").split("\n")]
    except UnicodeDecodeError as error:
        raise KeyFormatError("the keys are no UTF-8") from error
    if keys[0].algorithm is not Algorithm.ED25519:
        raise KeyFormatError("the first key must be the log's own")
    return keys


def read_head(place: str, note: bytes, keys: Sequence[VerifierKey], *, expected_size: int) -> Head:
    """Return the head at `place`; one that is no valid note counts as of `expected_size`."""
    try:
        size = read_note(note)[0].size
    except NoteError as error:
        return Head(place, expected_size, None, f"`{place}`: {error}")
    try:
        verified = verify_note(note, keys)
    except NoteError as error:
        return Head(place, size, None, f"`{place}`: {error}")
    if verified.checkpoint.origin != keys[0].name:
        return Head(place, size, None, f"`{place}` is of another log")
    return Head(place, size, verified)


@dataclass(slots=True)
class Roots:
    """The roots of the growing tree at the sizes that heads speak of, and the leaves that receipts promise in it.

    `proven` is the size up to which a signed head is right; `promised` are leaf hashes not met yet, each with
    what promises it.
    """

    wanted: frozenset[int]
    frontier: Frontier
    found: dict[int, bytes]
    stopped: str = ""
    proven: int = 0
    promised: dict[bytes, str] = field(default_factory=dict)

    @classmethod
    def at(cls, sizes: Iterable[int], *, promised: Iterable[bytes]) -> "Roots":
        """Return an empty tree that will remember its root at each of `sizes`, and miss what is `promised`.

        A mapping of these hashes says of each what promises it.
        """
        named = dict(promised) if isinstance(promised, Mapping) else dict.fromkeys(promised, "a receipt")
        return cls(frozenset(sizes), Frontier.empty(), {0: EMPTY_ROOT}, promised=named)

    def want(self, sizes: Iterable[int]) -> None:
        """Remember the roots at these `sizes` from now on, and forget those found before."""
        self.wanted = frozenset(sizes)
        self.found = {0: EMPTY_ROOT}

    def lay(self, hashed: bytes) -> list[tuple[Node, bytes]]:
        """Lay the next leaf hash and return the nodes that it completed."""
        completed = self.frontier.append(hashed)
        self.promised.pop(hashed, None)
        if self.frontier.size in self.wanted:
            self.found[self.frontier.size] = self.frontier.root()
        return completed


def judge_heads(heads: Iterable[Head], roots: Roots) -> Fault | None:
    """Return what is wrong with the leaf hashes and the signed `heads`, or None where they prove each other so far."""
    for size, at_size in groupby(sorted(heads, key=_size), key=_size):
        why = next(filter(None, (_head_fault(head, roots) for head in at_size)), "")
        if why:
            return Fault(roots.proven, why, last=size)
        roots.proven = max(roots.proven, size)
    return None


def judge_end(roots: Roots) -> Fault | None:
    """Return what is wrong once every leaf is laid: leaves that no head signs, or a promised one that is not there."""
    size = roots.frontier.size
    if size > roots.proven:
        return Fault(roots.proven, f"there are {size} hashes, but no checkpoint signs them", size)
    missed = next(iter(roots.promised.values()), None)
    return None if missed is None else Fault(0, f"{missed} promises an event that is not in the tree", size)


def _size(head: Head) -> int:
    return head.size


def _head_fault(head: Head, roots: Roots) -> str:
    if head.verified is None:
        return head.why
    root = roots.found.get(head.size)
    if root is None:
        return roots.stopped or f"`{head.place}` is of {head.size} leaves, there are {roots.frontier.size} hashes"
    if root != head.verified.checkpoint.root:
        return f"the hashes do not give the root that `{head.place}` signs"
    return ""


def entry_fault(entry: Any, seq: int, proven: bytes) -> str:
    """Say what is wrong with the parsed `entry` that must be leaf `seq` with the hash `proven`; "" if nothing."""
    if not isinstance(entry, dict) or not {"seq", "leaf"} <= entry.keys() <= {"seq", "leaf", "opened"}:
        return "the line does not have the members seq, leaf and perhaps opened"
    if type(entry["seq"]) is not int or entry["seq"] != seq:
        return "the line bears another sequence number"
    try:
        if leaf_hash(canonical(entry["leaf"])) != proven:
            return "the leaf does not give its hash"
        leaf = Leaf.read(entry["leaf"])
    except (LeafError, TypeError) as error:
        return str(error)
    return opened_fault(entry.get("opened", {}), leaf.commitments)


def opened_fault(opened: Any, commitments: Mapping[str, str]) -> str:
    """Say what is wrong with the `opened` fields of an event with these `commitments`; "" if nothing."""
    if not isinstance(opened, dict):
        return "`opened` is no object"
    for name, each in opened.items():
        if name not in commitments:
            # The name is not repeated: what stands in a forged line could be anything, a person's name too.
            return "an opened field was not committed to"
        if not _opens(name, each, commitments[name]):
            return f"the opened field `{name}` does not give its commitment"
    return ""


def _opens(name: str, opened: Any, commitment: str) -> bool:
    if not isinstance(opened, dict) or opened.keys() != {"salt", "value"} or not isinstance(opened["salt"], str):
        return False
    try:
        salt = decode(opened["salt"])
        return len(salt) == SALT_BYTES and commit(name, salt, canonical(opened["value"])) == commitment
    except (ValueError, TypeError):
        return False


@dataclass(slots=True)
class Counted:
    """What was checked, for the line that says so: heads, and the cosignatures on them."""

    checkpoints: int = 0
    cosignatures: int = 0

    def add(self, heads: Iterable[Head]) -> None:
        """Count `heads`."""
        for head in heads:
            self.checkpoints += 1
            self.cosignatures += len(head.cosigners)


def passed(events: int, counted: Counted, root: bytes) -> Verdict:
    """Return the verdict on a log in which everything verified; `root` is shown as in its checkpoint."""
    shown = b64encode(root).decode()
    return Verdict(
        0, f"ok: {events} events, root {shown}, {counted.checkpoints} checkpoints, {counted.cosignatures} cosignatures"
    )
