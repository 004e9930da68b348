"""A witness's folder: its key, the logs that it trusts, and the newest head of each that it signed.

What stands in `state` is all that keeps a witness honest: one that forgot what it signed could sign the opposite. So
the folder is made once, with its key, and a folder without a state is refused. Nor may it come out of a backup.
"""

import fcntl
import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import Any, Final

import orjson

from audit.base64_strict import decode
from audit.checkpoint import NoteError, read_note
from audit.json_strict import parse
from audit.signing import Algorithm, KeyFormatError, SigningKey, VerifierKey
from audit.witness import Held, signed_by_log
from gateway.identity.keys import KeyFileError, read_secret, write_secret

FORMAT: Final = "schakel-witness/1"
_KEY, _LOGS, _STATE, _NEW, _LOCK = "key", "logs", "state", "state.new", "lock"
_KEY_WORDS: Final = ("PRIVATE", "KEY")
_SEED_BYTES: Final = 32
_OWNER_ONLY: Final = 0o600
_LOST: Final = "make a new witness with `schakel witness init`, and give its key to the logs' operators"


class WitnessFolderError(Exception):
    """The folder cannot be used; the message names the file and what to do. Refuse to start."""


@dataclass(frozen=True)
class WitnessFolder:
    """What an opened folder holds. Only this process writes it, as long as it is open."""

    path: Path
    key: SigningKey
    logs: Mapping[str, tuple[VerifierKey, ...]]
    held: Mapping[str, Held]

    def keep(self, held: Mapping[str, Held]) -> None:
        """Put `held` in the place of what was kept before; when this returns it is on disk.

        Raises:
            OSError: it may or may not be on disk; sign nothing that rests on it.
        """
        _write_state(self.path, self.key.verifier, held)


def make_folder(path: Path, name: str) -> VerifierKey:
    """Make the folder of a new witness called `name` and return its verifier key.

    Raises:
        WitnessFolderError: the folder exists, it cannot be written, or the name cannot be that of a key.
    """
    try:
        key = SigningKey.from_seed(name, token_bytes(_SEED_BYTES), Algorithm.COSIGNATURE)
        written = _private_text(key)
        path.mkdir(mode=0o700)
        write_secret(path / _KEY, written)
        write_secret(path / _LOGS, b"# One line for each log: its verifier key, NAME+ID+BASE64.\n")
        _write_state(path, key.verifier, {})
    except KeyFormatError as error:
        raise WitnessFolderError(str(error)) from None
    except FileExistsError:
        raise WitnessFolderError(f"{path} exists already; name a new folder") from None
    except OSError as error:
        raise WitnessFolderError(f"{path} cannot be written: {error.strerror}") from None
    return key.verifier


def read_witness_key(path: Path) -> SigningKey:
    """Return the key of the witness whose folder is at `path`.

    Raises:
        WitnessFolderError: no key that only this account may read.
    """
    try:
        *words, name, key_id, material = read_secret(path / _KEY).decode().removesuffix("\n").split("+", 4)
        raw = decode(material)
        key = SigningKey.from_seed(name, raw[1:], Algorithm(raw[0]))
        if tuple(words) != _KEY_WORDS or key.algorithm is not Algorithm.COSIGNATURE:
            raise ValueError("no witness's key")  # noqa: TRY301 - one answer to whatever is wrong with it
        if key.verifier.key_id.hex() != key_id:
            raise ValueError("another key's id")  # noqa: TRY301 - idem
    except KeyFileError as error:
        raise WitnessFolderError(str(error)) from None
    except (ValueError, IndexError):
        raise WitnessFolderError(f"{path / _KEY} is no witness's key; {_LOST}") from None
    return key


@contextmanager
def opened(path: Path) -> Iterator[WitnessFolder]:
    """Open the folder at `path`, for this process alone.

    Raises:
        WitnessFolderError: another process has it open, or a file in it is missing, broken or not ours.
    """
    key = read_witness_key(path)
    with _alone(path):
        logs = _read_logs(path / _LOGS)
        yield WitnessFolder(path, key, logs, _read_state(path / _STATE, key.verifier, logs))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    # Not the state itself: each time it is kept, another file takes its name.
    descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WitnessFolderError(f"another process serves {path}; stop it first") from None
        yield
    finally:
        os.close(descriptor)


def _read_logs(path: Path) -> dict[str, tuple[VerifierKey, ...]]:
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for number, line in enumerate(_read(path).decode(errors="replace").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            key = VerifierKey.read(line.strip())
        except KeyFormatError as error:
            raise WitnessFolderError(f"{path} line {number}: {error}") from None
        if key.algorithm is not Algorithm.ED25519:
            raise WitnessFolderError(f"{path} line {number}: this is no log's key; a witness signs for logs only")
        logs[key.name] = (*logs.get(key.name, ()), key)
    if not logs:
        raise WitnessFolderError(f"{path} names no log; add its verifier key, as its operator gives it")
    return logs


def _read_state(path: Path, key: VerifierKey, logs: Mapping[str, tuple[VerifierKey, ...]]) -> dict[str, Held]:
    broken = f"{path} is not as this witness left it; do not put an older one in its place: {_LOST}"
    try:
        document: dict[str, Any] = parse(_read(path))
        if document.keys() != {"format", "key", "logs"} or document["format"] != FORMAT:
            raise WitnessFolderError(broken)
        if document["key"] != key.label:
            raise WitnessFolderError(f"{path} is the state of another key, {document['key']}; {_LOST}")
        return {origin: _held(origin, note, logs.get(origin, ())) for origin, note in document["logs"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise WitnessFolderError(broken) from None


def _held(origin: str, note: str, keys: tuple[VerifierKey, ...]) -> Held:
    checkpoint, _ = read_note(note.encode())
    if checkpoint.origin != origin:
        raise ValueError("the head of another log")
    try:
        # Of a log that is trusted no more nothing is signed; what was stays kept, for when it is trusted again.
        if keys and signed_by_log(note.encode(), keys) != note:
            raise ValueError("a head with something added")
    except NoteError:
        raise WitnessFolderError(
            f"no key of `{origin}` in the file {_LOGS} signed what the {_STATE} says that it signed; put the key back"
        ) from None
    return Held(checkpoint, note)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WitnessFolderError(f"cannot read {path}: {error.strerror}; {_LOST}") from None


def _write_state(folder: Path, key: VerifierKey, held: Mapping[str, Held]) -> None:
    """Write a new file, bring it to disk, give it the name, and bring the name to disk: whole or not at all."""
    document = {"format": FORMAT, "key": key.label, "logs": {origin: each.note for origin, each in held.items()}}
    descriptor = os.open(folder / _NEW, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(document))
        file.flush()
        os.fsync(file.fileno())
    (folder / _NEW).replace(folder / _STATE)
    named = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(named)
    finally:
        os.close(named)


def _private_text(key: SigningKey) -> bytes:
    # The form in which tools of the C2SP world keep a private key.
    seed = bytes((key.algorithm,)) + key.private.private_bytes_raw()
    return "+".join((*_KEY_WORDS, key.name, key.verifier.key_id.hex(), b64encode(seed).decode())).encode() + b"\n"
