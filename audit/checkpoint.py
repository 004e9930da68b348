"""Tree heads as C2SP signed notes: building, reading, verifying; and the cosignatures of witnesses.

Source: C2SP tlog-checkpoint v1.0.0, signed-note v1.0.0, tlog-cosignature v1 (Ed25519).
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from audit.base64_strict import decode, decode_hash
from audit.signing import Algorithm, SigningKey, VerifierKey

_KEY_ID_BYTES: Final = 4
_TIMESTAMP_BYTES: Final = 8
_MOST_SIGNATURES: Final = 64
_BODY_LINES: Final = 3
_SIZE: Final = re.compile("0|[1-9][0-9]{0,18}")
"""A size as it must be written, up to 64 bits: Python refuses to read thousands of digits as a number."""


class NoteError(ValueError):
    """This is not a checkpoint that we may rely on; the message says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log states: with this many leaves, its root (32 bytes) is this."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who says to have signed, with which key, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line with its newline."""
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verified:
    """A checkpoint whose log signature verified, the keys whose cosignatures did, and who signed with unknown keys.

    `as_written` says that its signatures stand as the log writes them: its own first, and each once.
    """

    checkpoint: Checkpoint
    cosigners: tuple[VerifierKey, ...]
    strangers: tuple[str, ...]
    as_written: bool


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the note of `checkpoint`, signed by the log's own key, whose name is the origin."""
    signature = Signature(key.name, key.verifier.key_id, key.sign(checkpoint.text().encode()))
    return f"{checkpoint.text()}\n{signature.line()}"


def cosign(checkpoint: Checkpoint, witness: SigningKey, *, seconds: int) -> str:
    """Return the line by which `witness` states, at `seconds` since 1970, that it saw this consistent tree head."""
    signed = witness.sign(_cosigned(checkpoint.text(), seconds))
    body = seconds.to_bytes(_TIMESTAMP_BYTES) + signed
    return Signature(witness.name, witness.verifier.key_id, body).line()


def read_note(note: bytes) -> tuple[Checkpoint, list[Signature]]:
    """Return the checkpoint and the signatures that `note` holds; verifies none of them.

    Raises:
        NoteError: not a checkpoint note, or one without a signature.
    """
    try:
        text = note.decode()
    except UnicodeDecodeError as error:
        raise NoteError("the checkpoint is no UTF-8") from error
    body, separator, tail = text.rpartition("\n\n")
    if not separator or any(c < " " and c != "\n" for c in text) or not tail.endswith("\n"):
        raise NoteError("the checkpoint is no signed note")
    signatures = [read_signature(line) for line in tail.removesuffix("\n").split("\n")]
    if len(signatures) > _MOST_SIGNATURES:
        raise NoteError(f"the checkpoint has more than {_MOST_SIGNATURES} signatures")
    return _read_body(body), signatures


def verify_note(note: bytes, keys: Sequence[VerifierKey]) -> Verified:
    """Return what `note` states, if a log key among `keys` that bears the origin's name signed it.

    Signatures of unknown keys prove and spoil nothing; one of a known key that does not verify spoils the whole note.

    Raises:
        NoteError: no such note.
    """
    checkpoint, signatures = read_note(note)
    signers = _signers(checkpoint, signatures, keys)
    own = next((key for key in signers if key.algorithm is Algorithm.ED25519 and key.name == checkpoint.origin), None)
    if own is None:
        raise NoteError("the checkpoint is not signed by the log's key")
    known = {(key.name, key.key_id) for key in keys}
    named = [(each.name, each.key_id) for each in signatures]
    return Verified(
        checkpoint,
        cosigners=tuple(key for key in signers if key.algorithm is Algorithm.COSIGNATURE),
        strangers=tuple(name for name, key_id in named if (name, key_id) not in known),
        as_written=named[0] == (own.name, own.key_id) and len(set(named)) == len(named),
    )


def cosigner_of(line: str, checkpoint: Checkpoint, keys: Iterable[VerifierKey]) -> VerifierKey:
    """Return the witness key among `keys` that made the cosignature `line` of `checkpoint`.

    Raises:
        NoteError: not one well-formed line of a witness that we know, or its signature does not verify.
    """
    signers = _signers(checkpoint, [read_signature(line.removesuffix("\n"))], keys)
    if not signers or signers[0].algorithm is not Algorithm.COSIGNATURE:
        raise NoteError("the line is not the cosignature of a witness that we know")
    return signers[0]


def _signers(checkpoint: Checkpoint, signatures: Iterable[Signature], keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    known = {(key.name, key.key_id): key for key in keys}
    signers: dict[VerifierKey, None] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not _accepts(key, checkpoint.text(), signature.signature):
            raise NoteError(f"the signature of `{key.label}` on the checkpoint does not verify")
        signers[key] = None
    return list(signers)


def _accepts(key: VerifierKey, text: str, signature: bytes) -> bool:
    if key.algorithm is Algorithm.ED25519:
        return key.accepts(signature, text.encode())
    seconds = int.from_bytes(signature[:_TIMESTAMP_BYTES])
    return key.accepts(signature[_TIMESTAMP_BYTES:], _cosigned(text, seconds))


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def read_signature(line: str) -> Signature:
    """Return what the signature line (without its newline) holds; does not verify it.

    Raises:
        NoteError: no such line.
    """
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        raw = decode(encoded)
    except ValueError as error:
        raise NoteError("a signature line of the checkpoint is malformed") from error
    if dash != "—" or not name or len(raw) <= _KEY_ID_BYTES:
        raise NoteError("a signature line of the checkpoint is malformed")
    return Signature(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def _read_body(body: str) -> Checkpoint:
    lines = body.split("\n")
    # Extension lines would be signed but audited by nobody; our logs write none, so none is accepted.
    if len(lines) != _BODY_LINES or not lines[0]:
        raise NoteError("a checkpoint has three lines: origin, size, root")
    origin, size, root = lines
    if not _SIZE.fullmatch(size):
        raise NoteError("the checkpoint's size is no decimal number")
    try:
        return Checkpoint(origin, int(size), decode_hash(root))
    except ValueError as error:
        raise NoteError("the checkpoint's root is no base64 of 32 bytes") from error
