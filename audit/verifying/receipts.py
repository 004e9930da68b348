"""Receipts that somebody holds, held against the log: what it promised it must keep, also above every cosigned head.

Source: audit log contract, *The tree*.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.base64_strict import decode_hash
from audit.receipt import NoReceiptError, Promise, ReceiptError, read_receipt
from audit.sealing import Opener
from audit.signing import KeyFormatError, VerifierKey
from audit.verifying.checks import Verdict, read_keys
from audit.verifying.database import verify_database
from audit.verifying.folder import open_part, read_part, verify_folder

_TAIL: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """A file with a receipt, under the name that it is spoken of."""

    name: str
    content: bytes


def verify_folder_with(folder: Path, held: Sequence[Held], *, older: Path | None = None) -> Verdict:
    """Do as `verify_folder`, and hold every receipt against the export; the keys are those of the folder.

    What was promised more than 5 seconds before the export's last entry must be in it. Of what came later nothing can
    be said where it is missing: that is exit 2, never good and never bad.
    """
    try:
        promises = _promises(held, read_keys(read_part(folder / "keys")))
    except (OSError, KeyFormatError):
        return verify_folder(folder, older=older)  # which says what is wrong with it
    except ReceiptError as error:
        verdict = verify_folder(folder, older=older)
        return verdict if verdict.exit_status else _bad(error)
    last = _last_instant(folder / "entries.ndjson")
    due = [each for each in promises if last is not None and last > each.promise.due]
    verdict = verify_folder(folder, older=older, promised=_by_hash(due))
    if verdict.exit_status:
        return verdict
    later = _by_hash(each for each in promises if each not in due)
    with open_part(folder / "hashes") as lines:
        missed = later.keys() - {decode_hash(line.removesuffix(b"\n")) for line in lines} if later else set()
    return _undecided(later[missed.pop()], last) if missed else _kept(verdict, held)


async def verify_database_with(
    engine: AsyncEngine,
    held: Sequence[Held],
    *,
    keys: Sequence[VerifierKey],
    older: bytes | None = None,
    open_with: Opener | None = None,
) -> Verdict:
    """Do as `verify_database`, and hold every receipt against the live store.

    A receipt was given after the commit, so what it promises is there at once, be it that it waits for its place.
    """
    try:
        promises, why = _promises(held, keys), None
    except ReceiptError as error:
        promises, why = [], error
    verdict = await verify_database(engine, keys=keys, older=older, promised=_by_hash(promises), open_with=open_with)
    if verdict.exit_status:
        return verdict
    return _kept(verdict, held) if why is None else _bad(why)


class _Named(NamedTuple):
    name: str
    promise: Promise


def _promises(held: Iterable[Held], keys: Sequence[VerifierKey]) -> list[_Named]:
    return [_Named(each.name, _promise(each, keys)) for each in held]


def _promise(held: Held, keys: Sequence[VerifierKey]) -> Promise:
    try:
        return read_receipt(held.content, keys)
    except ReceiptError as error:
        raise type(error)(f"receipt `{held.name}`: {error}") from error


def _by_hash(promises: Iterable[_Named]) -> dict[bytes, str]:
    return {each.promise.leaf_hash: f"receipt `{each.name}`" for each in promises}


def _last_instant(entries: Path) -> datetime | None:
    """Return the instant of the last entry, or None where nobody can say; the verifier proves the entry."""
    try:
        at = datetime.fromisoformat(orjson.loads(_last_line(entries))["leaf"]["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None if at.utcoffset() is None else at


def _last_line(path: Path) -> bytes:
    tail, size = b"", 0
    with open_part(path) as file:
        end = file.seek(0, os.SEEK_END)
        while size < end and b"\n" not in tail:
            size = min(end, max(_TAIL, 2 * size))
            file.seek(end - size)
            tail = file.read(size).removesuffix(b"\n")
    return tail.rpartition(b"\n")[2]


def _bad(error: ReceiptError) -> Verdict:
    return Verdict(2, f"unreadable: {error}") if isinstance(error, NoReceiptError) else Verdict(1, f"bad: {error}")


def _undecided(receipt: str, last: datetime | None) -> Verdict:
    ends = "has no entry" if last is None else f"ends at {last.isoformat(timespec='milliseconds')}"
    why = f"its event is not in this export, which {ends} and may be older; export again and verify that"
    return Verdict(2, f"undecided: {receipt}: {why}")


def _kept(verdict: Verdict, held: Sequence[Held]) -> Verdict:
    return Verdict(0, f"{verdict.line}, {len(held)} receipts" if held else verdict.line)
