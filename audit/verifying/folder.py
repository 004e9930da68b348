"""The offline verifier: needs an export's folder and nothing else.

Source: audit log contract, *Export*.
"""

import errno
import re
import stat
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import BinaryIO, Final

from audit.base64_strict import decode_hash
from audit.json_strict import parse
from audit.signing import Algorithm, KeyFormatError, VerifierKey
from audit.verifying.checks import (
    Counted,
    Fault,
    Head,
    Roots,
    Verdict,
    entry_fault,
    judge_end,
    judge_heads,
    passed,
    read_head,
    read_keys,
)
from schemas.whole_file import whole, whole_of

_LONGEST_LINE: Final = 64 * 1024 * 1024
_NUMBER_LINE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


def verify_folder(folder: Path, *, older: Path | None = None, promised: Iterable[bytes] = ()) -> Verdict:
    """Return the verdict on the export in `folder`, which must contain the `older` checkpoint where one is given.

    And every leaf hash that is `promised`: what `audit.receipt.check_receipt` returned for receipts held outside.

    Trusts the `keys` in the folder: compare the first line with the log's key that you know. Reads as a stream.
    """
    try:
        return _verdict(folder, older, promised)
    except OSError as error:
        at = Path(error.filename or folder)
        return Verdict(2, f"unreadable: `{at.name if at.is_relative_to(folder) else at}`: {error.strerror}")


def _verdict(folder: Path, older: Path | None, promised: Iterable[bytes]) -> Verdict:
    count = sum(1 for _ in _lines(folder / "hashes"))
    try:
        keys = _keys(folder)
    except KeyFormatError as error:
        return Fault(0, f"`keys`: {error}", last=count).verdict()
    heads = _heads(folder, keys, older, count)
    roots = _roots(folder, heads, promised)
    fault = judge_heads(heads, roots) or _stopped(roots, count) or judge_end(roots)
    if fault:
        return _with_hint(fault, folder).verdict()
    return _entries_verdict(folder, heads, roots)


def _keys(folder: Path) -> list[VerifierKey]:
    keys = read_keys(read_part(folder / "keys"))
    # Readers compare the first line with the log's key that they know. A second one could sign another history.
    if any(key.algorithm is not Algorithm.COSIGNATURE for key in keys[1:]):
        raise KeyFormatError("after the log's own key only those of witnesses may stand")
    return keys


def _heads(folder: Path, keys: list[VerifierKey], older: Path | None, count: int) -> list[Head]:
    heads = [_own(read_head("checkpoint", read_part(folder / "checkpoint"), keys, expected_size=count))]
    for path in sorted((folder / "checkpoints").glob("*")):
        expected = int(path.name) if path.name.isascii() and path.name.isdecimal() else count
        head = _own(read_head(f"checkpoints/{path.name}", read_part(path), keys, expected_size=expected))
        if str(head.size) != path.name:
            head = Head(head.place, head.size, None, f"`{head.place}` does not bear its size as its name")
        elif head.verified is not None and not head.cosigners:
            # An export holds an earlier head for the sake of its witnesses only.
            head = Head(head.place, head.size, None, f"`{head.place}` has the signature of no witness")
        heads.append(head)
    if older is not None:
        heads.append(read_head(older.name, whole(older), keys, expected_size=count))
    return heads


def _own(head: Head) -> Head:
    """Return a head of the export itself, which must name the key of every signature, and have them as written.

    C2SP lets unknown signatures pass, and any order, as an older checkpoint from elsewhere may have them. Here it would
    let a line of the export change unseen.
    """
    if head.verified is None:
        return head
    if head.verified.strangers:
        return Head(head.place, head.size, None, f"`{head.place}` has a signature of a key that `keys` does not name")
    if not head.verified.as_written:
        return Head(head.place, head.size, None, f"`{head.place}` has a signature twice, or before the log's own")
    return head


def _roots(folder: Path, heads: list[Head], promised: Iterable[bytes]) -> Roots:
    roots = Roots.at((head.size for head in heads), promised=promised)
    for seq, line in enumerate(_lines(folder / "hashes")):
        try:
            roots.lay(decode_hash(line))
        except ValueError:
            roots.stopped = f"line {seq + 1} of `hashes` is no hash"
            break
    return roots


def _stopped(roots: Roots, count: int) -> Fault | None:
    """Say that after all that is proven there is more in `hashes`, up to line `count`, and not only hashes."""
    return Fault(roots.proven, roots.stopped, last=count) if roots.stopped else None


def _with_hint(fault: Fault, folder: Path) -> Fault:
    """Add the sequence number that hashes and entries disagree on: not proven, but the place to look."""
    since = _since(folder) or 0
    for seq, (line, hashed) in enumerate(
        zip(_lines(folder / "entries.ndjson"), islice(_lines(folder / "hashes"), since, None), strict=False), since
    ):
        if _line_fault(line, seq, hashed):
            return Fault(fault.first, f"{fault.why}; entries and hashes first differ at {seq}", fault.last)
    return fault


def _entries_verdict(folder: Path, heads: list[Head], roots: Roots) -> Verdict:
    since, size = _since(folder), roots.frontier.size
    if since is None or since > size:
        return Fault(0, "`since` is not the number of an entry").verdict()
    hashes = islice(_lines(folder / "hashes"), since, None)
    pairs = zip_longest(_lines(folder / "entries.ndjson"), hashes)
    for seq, (line, hashed) in enumerate(pairs, since):
        fault = _line_fault(line, seq, hashed)
        if fault:
            return Fault(seq, fault).verdict()
    counted = Counted()
    counted.add(heads)
    return passed(size - since, counted, roots.frontier.root())


def _line_fault(line: bytes | None, seq: int, hashed: bytes | None) -> str:
    if line is None:
        return "the entry is missing"
    if hashed is None:
        return "an entry stands after the end of the tree"
    try:
        return entry_fault(parse(line), seq, decode_hash(hashed))
    except ValueError:
        return "the line is no JSON in which each member stands once"


def _since(folder: Path) -> int | None:
    """Return where a partial export begins: 0 for a whole one, which has no file that says so; None for no number."""
    path = folder / "since"
    line = read_part(path) if path.exists() else b"0\n"
    return int(line) if _NUMBER_LINE.fullmatch(line) else None


def read_part(path: Path) -> bytes:
    """Return the bytes of a small file of an export.

    Raises:
        OSError: as `open_part`; or it is larger than any such file.
    """
    with open_part(path) as file:
        return whole_of(file)


def open_part(path: Path) -> BinaryIO:
    """Open a file of an export.

    Raises:
        OSError: it cannot be read, or is a pipe or a device, which somebody put there and of which no end would come.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return path.open("rb")


def _lines(path: Path) -> Iterator[bytes]:
    with open_part(path) as file:
        # A line longer than any event is cut there. What does not end was cut off, and is neither JSON nor a hash.
        while line := file.readline(_LONGEST_LINE):
            yield line.removesuffix(b"\n") if line.endswith(b"\n") else b""
