"""The offline verifier: needs an export's folder and nothing else.

Source: audit log contract, *Export*.
"""

import json
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, Final

import orjson

from audit.base64_strict import decode_hash
from audit.signing import KeyFormatError, VerifierKey
from audit.verification import (
    Fault,
    Head,
    Roots,
    Verdict,
    entry_fault,
    judge_heads,
    passed,
    read_head,
    read_keys,
)

_LONGEST_LINE: Final = 64 * 1024 * 1024


def verify_folder(folder: Path, *, older: Path | None = None) -> Verdict:
    """Return the verdict on the export in `folder`, which must contain the `older` checkpoint where one is given.

    Trusts the `keys` in the folder: compare the first line with the log's key that you know. Reads as a stream.
    """
    try:
        return _verdict(folder, older)
    except OSError as error:
        name = Path(error.filename).name if error.filename else "the folder"
        return Verdict(2, f"unreadable: `{name}`: {error.strerror}")


def _verdict(folder: Path, older: Path | None) -> Verdict:
    count = sum(1 for _ in _lines(folder / "hashes"))
    try:
        keys = read_keys((folder / "keys").read_bytes())
    except KeyFormatError as error:
        return Fault(0, f"`keys`: {error}", last=count).verdict()
    heads = _heads(folder, keys, older, count)
    roots = _roots(folder, heads)
    fault = judge_heads(heads, roots)
    if fault:
        return _with_hint(fault, folder).verdict()
    return _entries_verdict(folder, heads, roots)


def _heads(folder: Path, keys: list[VerifierKey], older: Path | None, count: int) -> list[Head]:
    heads = [_own(read_head("checkpoint", (folder / "checkpoint").read_bytes(), keys, expected_size=count))]
    for path in sorted((folder / "checkpoints").glob("*")):
        expected = int(path.name) if path.name.isascii() and path.name.isdecimal() else count
        head = _own(read_head(f"checkpoints/{path.name}", path.read_bytes(), keys, expected_size=expected))
        if str(head.size) != path.name:
            head = Head(head.place, head.size, None, f"`{head.place}` does not bear its size as its name")
        heads.append(head)
    if older is not None:
        heads.append(read_head(older.name, older.read_bytes(), keys, expected_size=count))
    return heads


def _own(head: Head) -> Head:
    """Return a head of the export itself, which must name the key of every signature that it holds.

    C2SP lets unknown signatures pass, as an older checkpoint from elsewhere may have them. Here it would let a line of
    the export change unseen.
    """
    if head.verified is None or not head.verified.strangers:
        return head
    return Head(head.place, head.size, None, f"`{head.place}` has a signature of a key that `keys` does not name")


def _roots(folder: Path, heads: list[Head]) -> Roots:
    roots = Roots.at(head.size for head in heads)
    for seq, line in enumerate(_lines(folder / "hashes")):
        try:
            roots.lay(decode_hash(line))
        except ValueError:
            roots.stopped = f"line {seq + 1} of `hashes` is no hash"
            break
    return roots


def _with_hint(fault: Fault, folder: Path) -> Fault:
    """Add the sequence number that hashes and entries disagree on: not proven, but the place to look."""
    since = _since(folder)
    for seq, (line, hashed) in enumerate(
        zip(_lines(folder / "entries.ndjson"), islice(_lines(folder / "hashes"), since, None), strict=False), since
    ):
        if _line_fault(line, seq, hashed):
            return Fault(fault.first, f"{fault.why}; entries and hashes first differ at {seq}", fault.last)
    return fault


def _entries_verdict(folder: Path, heads: list[Head], roots: Roots) -> Verdict:
    since, size = _since(folder), roots.frontier.size
    if since > size:
        return Fault(size, "`since` lies beyond the end of the tree").verdict()
    hashes = islice(_lines(folder / "hashes"), since, None)
    pairs = zip_longest(_lines(folder / "entries.ndjson"), hashes)
    for seq, (line, hashed) in enumerate(pairs, since):
        fault = _line_fault(line, seq, hashed)
        if fault:
            return Fault(seq, fault).verdict()
    return passed(size - since, heads, roots.frontier.root())


def _line_fault(line: bytes | None, seq: int, hashed: bytes | None) -> str:
    if line is None:
        return "the entry is missing"
    if hashed is None:
        return "an entry stands after the end of the tree"
    try:
        return entry_fault(_parse(line), seq, decode_hash(hashed))
    except ValueError:
        return "the line is no JSON in which each member stands once"


def _since(folder: Path) -> int:
    """Return where a partial export begins; a whole one has no file that says so."""
    path = folder / "since"
    text = path.read_bytes().strip() if path.exists() else b"0"
    return int(text) if text.isdigit() else 0


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        # A line longer than any event is cut there, and so is no JSON.
        while line := file.readline(_LONGEST_LINE):
            yield line.removesuffix(b"\n")


def _parse(line: bytes) -> Any:
    """Return the JSON of a line of `entries.ndjson`.

    Raises:
        ValueError: no JSON, or an object with a member twice, which readers could take for different things.
    """
    entry = orjson.loads(line)
    if orjson.dumps(entry) != line:  # Otherwise nothing can be doubled, and the slow reader is spared.
        json.loads(line, object_pairs_hook=_no_doubles)
    return entry


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member stands twice in an object")
    return dict(pairs)
