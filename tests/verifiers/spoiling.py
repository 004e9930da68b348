"""How to spoil an export: each function returns an act on the copy of one in a folder."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit.tree import leaf_hash
from schemas.canonical_json import canonical

Spoil = Callable[[Path], object]
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ENTRIES, HASHES, HEAD, KEYS = "entries.ndjson", "hashes", "checkpoint", "keys"


def lines(folder: Path, name: str) -> list[bytes]:
    """Return the lines of a file with their ends; only a newline ends a line."""
    return [line + b"\n" for line in (folder / name).read_bytes().removesuffix(b"\n").split(b"\n")]


def listed(act: Callable[[list[bytes]], object], *names: str) -> Spoil:
    """Do `act` to the list of lines of each of the files."""

    def spoil(folder: Path) -> None:
        for name in names or (ENTRIES,):
            changed = lines(folder, name)
            before = list(changed)
            act(changed)
            assert changed != before
            (folder / name).write_bytes(b"".join(changed))

    return spoil


def swapped(first: int, second: int) -> Callable[[list[bytes]], None]:
    def act(changed: list[bytes]) -> None:
        changed[first], changed[second] = changed[second], changed[first]

    return act


def text(old: bytes, new: bytes, name: str = ENTRIES, line: int | None = None) -> Spoil:
    """Put `new` where `old` stands first, in the file or in one of its lines."""

    def spoil(folder: Path) -> None:
        parts = [(folder / name).read_bytes()] if line is None else lines(folder, name)
        at = line or 0
        assert old in parts[at], (old, parts[at])
        parts[at] = parts[at].replace(old, new, 1)
        assert parts[at].count(new) or not new
        (folder / name).write_bytes(b"".join(parts))

    return spoil


def content(name: str, act: Callable[[bytes], bytes]) -> Spoil:
    """Write what `act` makes of a file's bytes."""

    def spoil(folder: Path) -> None:
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        after = act(before or b"")
        assert after != before
        path.write_bytes(after)

    return spoil


def loosely(encoded: bytes) -> bytes:
    """Return base64 that ends in one `=` in a spelling that most readers take for the same: with an unused bit set."""
    digits, rest = encoded.split(b"=", 1)
    last = ALPHABET.index(digits[-1:])
    return digits[:-1] + ALPHABET[last + 1 : last + 2] + b"=" + rest


def another(line: bytes, at: int) -> bytes:
    """Return the line with another digit of base64 at `at`, whichever stood there: each export has its own."""
    digit = ALPHABET.index(line[at : at + 1])
    changed = bytearray(line)
    changed[at] = ALPHABET[digit ^ 1]
    return bytes(changed)


def entry(seq: int, act: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change what entry `seq` says, and write the line again."""

    def change(changed: list[bytes]) -> None:
        read = json.loads(changed[seq])
        act(read)
        changed[seq] = json.dumps(read).encode() + b"\n"

    return listed(change)


def opened(act: Callable[[dict[str, Any]], object], seq: int = 5) -> Spoil:
    """Change what is opened in entry `seq`."""
    return entry(seq, lambda read: act(read["opened"]))


def forged(seq: int, act: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change entry `seq`, and make its line in `hashes` fit."""

    def spoil(folder: Path) -> None:
        entry(seq, act)(folder)
        leaf = json.loads(lines(folder, ENTRIES)[seq])["leaf"]
        made = b64encode(leaf_hash(canonical(leaf))) + b"\n"
        listed(lambda changed: changed.__setitem__(seq, made), HASHES)(folder)

    return spoil


def also(*spoils: Spoil) -> Spoil:
    """Do one after the other."""

    def spoil(folder: Path) -> None:
        for each in spoils:
            each(folder)

    return spoil


def without(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def renamed(old: str, new: str) -> Spoil:
    return lambda folder: (folder / old).rename(folder / new)


def copied(old: str, new: str) -> Spoil:
    return lambda folder: (folder / new).write_bytes((folder / old).read_bytes())
