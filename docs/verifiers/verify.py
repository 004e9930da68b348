"""Check an exported Schakel audit log without Schakel: `python verify.py DIR [--checkpoint OLD]`.

Needs Python 3.11 and `pip install cryptography`, and nothing of Schakel's: copy this file, read it, run it.
Exit 0 and `ok: ...`; exit 1 and `bad: seq S: WHY` or `bad: seq A..B: WHY`; exit 2 where the folder cannot be read.
Sources: Schakel's audit log contract, RFC 6962 2.1, RFC 8785, C2SP signed-note, tlog-checkpoint and tlog-cosignature.
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sys
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LEAF = {"v", "id", "at", "kind", "outcome", "organisation", "counterparty", "rule_set", "commitments"}
SIZE = "0|[1-9][0-9]{0,18}"
LOG, WITNESS = 1, 4  # the uses of a key, as its first byte says: signs the log's notes, or cosigns them
ID = 4  # the bytes of a key's id
WRONG = (ValueError, LookupError, TypeError, AttributeError, RecursionError, InvalidSignature)
Keys = dict[tuple[str, bytes], tuple[int, Ed25519PublicKey]]


def check(holds: object, why: str) -> None:
    """Go on only if it holds."""
    if not holds:
        raise ValueError(why)


def sha256(*parts: bytes) -> bytes:
    """Return the digest of the parts in a row."""
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text: str, length: int | None = None) -> bytes:
    """Decode the one right spelling of that many bytes."""
    found = base64.b64decode(text, validate=True)
    check(base64.b64encode(found).decode() == text and length in (None, len(found)), "not base64 of the right length")
    return found


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of what was read, unless two readers could take it for different things."""
    check(len(dict(pairs)) == len(pairs), "a name stands twice in one object")
    return dict(pairs)


def canonical(value: Any) -> str:
    """Write a value as RFC 8785 does: names sorted by UTF-16 units, no spaces, numbers as ECMAScript has them."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if not isinstance(value, float):
        return json.dumps(value, ensure_ascii=False)
    _, found, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits, point = "".join(map(str, found)), len(found) + int(exponent)  # 0.DIGITS times 10^POINT, and never infinite
    if -6 < point <= 0:  # noqa: PLR2004  # ECMAScript's own borders
        text = "0." + "0" * -point + digits
    elif 0 < point <= 21:  # noqa: PLR2004  # idem
        text = f"{digits.ljust(point, '0')[:point]}.{digits[point:]}".removesuffix(".")
    else:
        text = f"{digits[0]}.{digits[1:]}".removesuffix(".") + f"e{point - 1:+d}"
    return "-" * (value < 0) + text


def read_keys(data: bytes) -> Keys:
    """Read lines `NAME+ID+BASE64`: the log's own key, and then those of witnesses."""
    keys: Keys = {}
    for line in data.decode().removesuffix("\n").split("\n"):
        name, identity, encoded = line.split("+", 2)
        key = unbase64(encoded, 33)
        check(sha256(name.encode(), b"\n", key)[:ID].hex() == identity, "a key has another id than it says")
        check(key[0] == (WITNESS if keys else LOG), "not the log's own key, and then those of witnesses")
        keys[name, bytes.fromhex(identity)] = key[0], Ed25519PublicKey.from_public_bytes(key[1:])
    return keys


def read_head(data: bytes, keys: Keys, size: int, *, kept: bool) -> tuple[int, bytes | None, int, str]:
    """Return a checkpoint's size (`size` if it is none), signed root, number of cosignatures, and what is wrong."""
    (log, _), signers = next(iter(keys)), set()
    try:
        head, _, tail = data.decode().rpartition("\n\n")
        (origin, said, root), (*lines, end) = head.split("\n"), tail.split("\n")
        check(not end and not re.search(r"[\x00-\x09\x0b-\x1f]", head + tail), "not a signed note")
        check(re.fullmatch(SIZE, said), "not a size")
        proven, signatures = unbase64(root, 32), []
        for dash, name, encoded in (line.split(" ") for line in lines):
            signatures.append((name, unbase64(encoded)))
            check(dash == "—" and name and len(signatures[-1][1]) > ID, "not a signature")
        size = int(said)
        for name, signature in signatures:
            if kept and (name, signature[:ID]) not in keys:
                continue  # a checkpoint from elsewhere may bear signatures of keys that we do not know
            check((name, signature[:ID]) in keys, "a signature of a key that `keys` does not name")
            use, key = keys[name, signature[:ID]]
            prefix = f"cosignature/v1\ntime {int.from_bytes(signature[4:12])}\n" if use == WITNESS else ""
            key.verify(signature[12 if prefix else ID :], f"{prefix}{head}\n".encode())
            signers.add((use, name, signature[:ID]))
        named = [(name, signature[:ID]) for name, signature in signatures]
        tidy = named[0] == next(iter(keys)) and len(set(named)) == len(named)
        check(kept or tidy, "a signature stands twice, or before the log's own")
        check(any(use == LOG and name == origin == log for use, name, _ in signers), "the log did not sign it")
    except WRONG as error:
        return size, None, 0, f"{error}" or "a signature is not of this"
    return size, proven, sum(use == WITNESS for use, *_ in signers), "the hashes do not give the signed root"


def read_hash(line: bytes) -> bytes:
    """Read one leaf hash; a line that is none becomes empty, which gives no root that anybody signed."""
    try:
        return unbase64(line.decode().removesuffix("\n"), 32) if line.endswith(b"\n") else b""
    except ValueError:
        return b""


def roots_of(hashes: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Return the root of the tree of the first SIZE leaves, for each of the sizes that exist (RFC 6962 2.1)."""
    found, peaks = {0: sha256()}, list[bytes]()  # peaks: the full trees of which it consists, largest first
    for size, leaf in enumerate(hashes, 1):
        node, pairs = leaf, size
        while pairs % 2 == 0:
            node, pairs = sha256(b"\x01", peaks.pop(), node), pairs // 2
        peaks.append(node)
        if size in sizes:
            found[size] = functools.reduce(lambda right, left: sha256(b"\x01", left, right), reversed(peaks))
    return found


def check_entry(line: bytes | None, seq: int, hashed: bytes | None) -> None:
    """Hold one line against its leaf hash, and each opened value against its commitment."""
    check(line and line.endswith(b"\n") and hashed, "a line is missing, does not end, or is one too many")
    entry = json.loads((line or b"").decode(), object_pairs_hook=unique, parse_int=float)
    leaf, opened = entry["leaf"], entry.get("opened", {})
    check(entry.keys() - {"opened"} == {"seq", "leaf"}, "the line has other members than seq, leaf and opened")
    check(type(entry["seq"]) is float and entry["seq"] == seq, "the line bears another number")
    check(sha256(b"\x00", canonical(leaf).encode()) == hashed, "this is not the event that was logged")
    check(leaf.keys() == LEAF, "the event has other members than the nine")
    for name, field in opened.items():
        text, value = name.encode(), canonical(field["value"]).encode()
        made = sha256(b"schakel-audit-c1", bytes([len(text)]), text, unbase64(field["salt"], 32), value)
        check(base64.b64encode(made).decode() == leaf["commitments"].get(name), "an opened value is not the one logged")
        check(field.keys() == {"salt", "value"}, "an opened field has other members than salt and value")


def verify(folder: Path, kept: list[Path]) -> tuple[int, str]:
    """Check everything; return the exit code and the line to print."""
    with (folder / "hashes").open("rb") as lines:
        hashes = [read_hash(line) for line in lines]
    try:
        keys = read_keys((folder / "keys").read_bytes())
    except WRONG as error:
        return 1, f"bad: seq 0..{len(hashes)}: keys: {error}"
    heads = [read_head((folder / "checkpoint").read_bytes(), keys, len(hashes), kept=False)]
    heads += [read_head(path.read_bytes(), keys, len(hashes), kept=True) for path in kept]
    for path in (folder / "checkpoints").glob("*"):
        said = int(path.name) if re.fullmatch(SIZE, path.name) else len(hashes)
        size, root, cosigned, wrong = read_head(path.read_bytes(), keys, said, kept=False)
        if root and not (cosigned and path.name == f"{size}"):
            root, wrong = None, "an earlier one is not the cosigned checkpoint of its size"
        heads.append((size, root, cosigned, wrong))
    proven, roots = 0, roots_of(hashes, {head[0] for head in heads})
    judged = [(size, root is not None and roots.get(size) == root, wrong) for size, root, _, wrong in heads]
    for size, right, wrong in sorted(judged):
        if not right:
            return 1, f"bad: seq {proven}..{size}: {wrong}"
        proven = size
    if proven < len(hashes):
        return 1, f"bad: seq {proven}..{len(hashes)}: no checkpoint signs these hashes"
    since = (folder / "since").read_bytes() if (folder / "since").exists() else b"0\n"
    if not re.fullmatch(rf"({SIZE})\n".encode(), since) or int(since) > proven:
        return 1, "bad: seq 0: `since` is not the number of an entry"
    with (folder / "entries.ndjson").open("rb") as lines:
        for seq, (line, hashed) in enumerate(zip_longest(lines, hashes[int(since) :]), int(since)):
            try:
                check_entry(line, seq, hashed)
            except WRONG as error:
                return 1, f"bad: seq {seq}: {error}"
    shown = base64.b64encode(roots[proven]).decode()
    signed = f"{len(heads)} checkpoints, {sum(head[2] for head in heads)} cosignatures"
    return 0, f"ok: {proven - int(since)} events, root {shown}, {signed}"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Check an exported Schakel audit log without Schakel.")
    options.add_argument("folder", type=Path)
    options.add_argument("--checkpoint", type=Path, action="append", default=[], help="a checkpoint that you kept")
    try:
        code, line = verify(options.parse_args().folder, options.parse_args().checkpoint)
    except OSError as error:
        code, line = 2, f"cannot be read: {error}"
    print(line)  # noqa: T201  # this line is what it is for
    sys.exit(code)
