"""One event's proof in one file, to hand to a citizen or a court: writing it, and checking it offline. Pure.

A JSON object with the members `format`, `seq`, `leaf` (the nine members), `proof` (the inclusion proof, base64, the
leaf's sibling first), `checkpoint` (the signed note as text), `keys` (of who signed it, the log's own first) and, where
values were opened, `opened` (as in an export). With SHA-256, Ed25519 and this page it can be checked without us.

Source: audit log contract, *Export*; RFC 6962 section 2.1.1; C2SP tlog-proof v1, whose lines these members are.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from audit.base64_strict import decode_hash
from audit.checkpoint import NoteError, Verified, verify_note
from audit.json_strict import parse
from audit.leaf import Leaf, LeafError
from audit.signing import KeyFormatError, VerifierKey
from audit.tree import leaf_hash, proves_inclusion
from audit.verifying.checks import Verdict, opened_fault, read_keys
from schemas.canonical_json import canonical

FORMAT: Final = "schakel-proof/1"
_MEMBERS: Final = frozenset({"format", "seq", "leaf", "proof", "checkpoint", "keys"})


@dataclass(frozen=True, slots=True)
class Proof:
    """What is written: `leaf` as its bytes, `hashes` from the leaf's sibling up, `keys` of who signed `checkpoint`."""

    seq: int
    leaf: bytes
    opened: Mapping[str, Any] | None
    hashes: Sequence[bytes]
    checkpoint: str
    keys: Sequence[VerifierKey]

    def encoded(self) -> bytes:
        """Return the file's bytes."""
        document: dict[str, object] = {"format": FORMAT, "seq": self.seq, "leaf": orjson.Fragment(self.leaf)}
        if self.opened is not None:
            document["opened"] = self.opened
        document |= {
            "proof": [b64encode(each).decode() for each in self.hashes],
            "checkpoint": self.checkpoint,
            "keys": [key.encoded() for key in self.keys],
        }
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class _BadProofError(Exception):
    """The file proves nothing; the message says why."""


def check_proof(content: bytes, *, trusted: Sequence[VerifierKey] | None = None) -> Verdict:
    """Return the verdict on the proof that the file `content` holds.

    Without `trusted` the keys in the file are believed: compare the log's, which the verdict names, with the one that
    you know. With it (the log's own first) the file may name no others.
    """
    try:
        return _checked(content, trusted)
    except _BadProofError as error:
        return Verdict(1, f"bad: {error}")


def _checked(content: bytes, trusted: Sequence[VerifierKey] | None) -> Verdict:
    document = _document(content)
    leaf, hashed = _leaf(document["leaf"])
    why = opened_fault(document.get("opened", {}), leaf.commitments)
    if why:
        raise _BadProofError(why)
    keys = _keys(document["keys"], trusted)
    verified = _verified(document["checkpoint"], keys)
    head = verified.checkpoint
    seq = document["seq"]
    if type(seq) is not int:
        raise _BadProofError("`seq` is no whole number")
    proof = _hashes(document["proof"])
    if not proves_inclusion(index=seq, size=head.size, leaf=hashed, proof=proof, root=head.root):
        raise _BadProofError(f"the proof does not lead from the leaf at {seq} to the root of the checkpoint")
    opened = ", ".join(sorted(document["opened"])) if document.get("opened") else "nothing"
    return Verdict(
        0,
        f"ok: event {leaf.id} is {seq} of {head.size}, root {b64encode(head.root).decode()}, opened: {opened}, "
        f"{len(verified.cosigners)} cosignatures, log {keys[0].label}",
    )


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = parse(content)
    except ValueError as error:
        raise _BadProofError("the file is no JSON in which each member stands once") from error
    if not isinstance(document, dict) or not document.keys() >= _MEMBERS or document.keys() - _MEMBERS - {"opened"}:
        raise _BadProofError(f"the file does not have exactly the members {sorted(_MEMBERS)} and perhaps opened")
    if document["format"] != FORMAT:
        raise _BadProofError(f"the file is not of the form {FORMAT}")
    return document


def _leaf(document: Any) -> tuple[Leaf, bytes]:
    try:
        return Leaf.read(document), leaf_hash(canonical(document))
    except (LeafError, TypeError) as error:
        raise _BadProofError(str(error)) from error


def _keys(lines: Any, trusted: Sequence[VerifierKey] | None) -> list[VerifierKey]:
    if not isinstance(lines, list) or not all(isinstance(line, str) and "\n" not in line for line in lines):
        raise _BadProofError("`keys` is no list of verifier keys")
    try:
        keys = read_keys("\n".join(lines).encode())
    except (KeyFormatError, UnicodeEncodeError) as error:
        raise _BadProofError(f"`keys`: {error}") from error
    if len(set(keys)) < len(keys):
        raise _BadProofError("`keys` names a key twice")
    if trusted is not None and (keys[0] != trusted[0] or not set(keys) <= set(trusted)):
        raise _BadProofError(
            "the proof is of another log than the keys given, or names a witness that is not among them"
        )
    return keys


def _verified(note: Any, keys: Sequence[VerifierKey]) -> Verified:
    if not isinstance(note, str):
        raise _BadProofError("`checkpoint` is no text")
    try:
        verified = verify_note(note.encode(), keys)
    except (NoteError, UnicodeEncodeError) as error:
        raise _BadProofError(f"`checkpoint`: {error}") from error
    if verified.checkpoint.origin != keys[0].name:
        raise _BadProofError("`checkpoint` is of another log than the first key")
    # Nothing may stand in the file that nobody vouches for, or a reader could take it for a cosignature.
    if verified.strangers or not verified.as_written or {*keys} != {keys[0], *verified.cosigners}:
        raise _BadProofError("`keys` and the signatures of `checkpoint` do not belong together, one to one")
    return verified


def _hashes(lines: Any) -> list[bytes]:
    try:
        return [decode_hash(line) for line in lines]
    except (TypeError, ValueError, AttributeError) as error:
        raise _BadProofError("`proof` is no list of hashes") from error
