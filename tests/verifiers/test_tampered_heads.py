"""Spoiled checkpoints, keys and `since`: the three name the same stretch, and what cannot be told shows in the line.

The log has ten events; heads are signed and cosigned at 4, 7 and 10.
"""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.checkpoint import read_note, sign_checkpoint
from audit.signing import SigningKey
from tests.audit import make
from tests.verifiers import exports
from tests.verifiers.spoiling import (
    ENTRIES,
    HASHES,
    HEAD,
    KEYS,
    Spoil,
    also,
    another,
    content,
    copied,
    listed,
    loosely,
    opened,
    renamed,
    swapped,
    text,
    without,
)
from tests.verifiers.three import agreed

pytestmark = pytest.mark.server

LOG, W1, W2 = make.ORIGIN.encode(), make.WITNESS.name.encode(), exports.WITNESS_2.name.encode()
SAME_NAME = SigningKey.from_seed(make.ORIGIN, bytes(32)).verifier.encoded().encode() + b"\n"
OTHER_NAME = SigningKey.from_seed("other.example", bytes(32)).verifier.encoded().encode() + b"\n"
DIGITS = b"1" * 5000
FIRST, SECOND, THIRD = 4, 5, 6  # the lines of a note at which its signatures stand


def at(line: int, act: Callable[[bytes], bytes], name: str = HEAD) -> Spoil:
    return listed(lambda all_: all_.__setitem__(line, act(all_[line])), name)


HEADS_SPOILED: dict[str, tuple[str, Spoil]] = {
    "a larger size": ("7..11", text(b"\n10\n", b"\n11\n", HEAD)),
    "a smaller size": ("7..9", text(b"\n10\n", b"\n9\n", HEAD)),
    "a size with a zero before it": ("7..10", text(b"\n10\n", b"\n010\n", HEAD)),
    "a size with a sign": ("7..10", text(b"\n10\n", b"\n+10\n", HEAD)),
    "a size in other digits": ("7..10", text(b"\n10\n", "\n\u0661\u0660\n".encode(), HEAD)),
    "a size of 5,000 digits": ("7..10", text(b"\n10\n", b"\n" + DIGITS + b"\n", HEAD)),
    "no size": ("7..10", text(b"\n10\n", b"\n", HEAD)),
    "the root": ("7..10", at(2, lambda line: another(line, 0))),
    "the root in another spelling": ("7..10", text(b"=\n", b"\n", HEAD)),
    "an unused bit in the root": ("7..10", at(2, loosely)),
    "an unused bit in the log's signature": ("7..10", at(FIRST, loosely)),
    "the origin": ("7..10", text(LOG, b"other.example", HEAD)),
    "a line more": ("7..10", text(b"=\n\n", b"=\nmore\n\n", HEAD)),
    "a byte of the log's signature": ("7..10", at(FIRST, lambda line: another(line, -9))),
    "the log's signature in another spelling": ("7..10", at(FIRST, lambda line: line.rstrip(b"=\n") + b"\n")),
    "the log's signature gone": ("7..10", listed(lambda all_: all_.pop(FIRST), HEAD)),
    "every signature gone": ("7..10", listed(lambda all_: all_.__delitem__(slice(FIRST, None)), HEAD)),
    "a byte of a cosignature": ("7..10", at(SECOND, lambda line: another(line, -9))),
    "a cosignature cut short": ("7..10", at(SECOND, lambda line: line[:-9] + b"\n")),
    "the instant of a cosignature": ("7..10", at(SECOND, lambda line: line.replace(b"ppXv", b"ppXw"))),
    "a cosignature under another name": ("7..10", at(SECOND, lambda line: line.replace(W1, W2))),
    "a cosignature of a stranger": ("7..10", at(SECOND, lambda line: line.replace(W1, b"w9.example"))),
    "a cosignature without a name": ("7..10", at(SECOND, lambda line: line.replace(W1, b""))),
    "a cosignature before the log's signature": ("7..10", listed(swapped(FIRST, SECOND), HEAD)),
    "a cosignature twice": ("7..10", listed(lambda all_: all_.append(all_[SECOND]), HEAD)),
    "the log's signature twice": ("7..10", listed(lambda all_: all_.append(all_[FIRST]), HEAD)),
    "a cosignature of an earlier one twice": ("4..7", listed(lambda all_: all_.append(all_[SECOND]), "checkpoints/7")),
    "a hyphen for the dash": ("7..10", at(SECOND, lambda line: line.replace("—".encode(), b"-"))),
    "an empty line between signatures": ("7..10", listed(lambda all_: all_.insert(SECOND, b"\n"), HEAD)),
    "an empty line at the end": ("7..10", content(HEAD, lambda note: note + b"\n")),
    "the last newline gone": ("7..10", content(HEAD, lambda note: note[:-1])),
    "ends of lines as in Windows": ("7..10", content(HEAD, lambda note: note.replace(b"\n", b"\r\n"))),
    "a byte order mark": ("7..10", content(HEAD, lambda note: b"\xef\xbb\xbf" + note)),
    "no UTF-8": ("7..10", text(LOG, b"\xff", HEAD)),
    "nothing": ("7..10", content(HEAD, lambda _: b"")),
    "an earlier one in its place": ("7..10", copied("checkpoints/7", HEAD)),
    "the root of an earlier one": ("4..7", at(2, lambda line: another(line, 0), "checkpoints/7")),
    "the size of an earlier one": ("4..6", text(b"\n7\n", b"\n6\n", "checkpoints/7")),
    "the signature of an earlier one": ("0..4", at(FIRST, lambda line: another(line, -9), "checkpoints/4")),
    "every cosignature of an earlier one gone": (
        "4..7",
        listed(lambda all_: all_.__delitem__(slice(SECOND, None)), "checkpoints/7"),
    ),
    "an earlier one under another size": ("4..7", renamed("checkpoints/7", "checkpoints/8")),
    "an earlier one under no size": ("4..7", renamed("checkpoints/7", "checkpoints/7.old")),
    "two earlier ones swapped": (
        "0..4",
        also(copied("checkpoints/4", "x"), copied("checkpoints/7", "checkpoints/4"), renamed("x", "checkpoints/7")),
    ),
    "the newest among the earlier ones": ("7..10", copied(HEAD, "checkpoints/9")),
    "the newest among them under its own name": ("7..10", copied(HEAD, "checkpoints/checkpoint")),
    "a file that is none among them": ("7..10", content("checkpoints/notes", lambda _: b"hello\n")),
    "an empty one among them": ("7..9", content("checkpoints/9", lambda _: b"")),
}

KEYS_SPOILED: dict[str, tuple[str, Spoil]] = {
    "a byte of a key": ("0..10", at(0, lambda line: another(line, -9), KEYS)),
    "the id of a key": ("0..10", at(1, lambda line: line.replace(b"+4", b"+5"), KEYS)),
    "the name of a key": ("0..10", text(W1, b"w9.example", KEYS)),
    "a key in another spelling": ("0..10", text(b"+", b"+ ", KEYS)),
    "two of them swapped": ("0..10", listed(swapped(0, 1), KEYS)),
    "the log's key gone": ("0..10", listed(lambda all_: all_.pop(0), KEYS)),
    "the key of a witness gone": ("0..4", listed(lambda all_: all_.pop(1), KEYS)),
    "the log's key exchanged": ("0..4", at(0, lambda _: SAME_NAME, KEYS)),
    "another key of the log after it": ("0..10", listed(lambda all_: all_.insert(1, SAME_NAME), KEYS)),
    "the log's key twice": ("0..10", listed(lambda all_: all_.insert(1, all_[0]), KEYS)),
    "the key of another log before it": ("0..10", listed(lambda all_: all_.insert(0, OTHER_NAME), KEYS)),
    "an empty line": ("0..10", listed(lambda all_: all_.insert(1, b"\n"), KEYS)),
    "ends of lines as in Windows": ("0..10", content(KEYS, lambda keys: keys.replace(b"\n", b"\r\n"))),
    "nothing": ("0..10", content(KEYS, lambda _: b"")),
}

SINCE_SPOILED: dict[str, tuple[str, Spoil]] = {
    "a beginning that is later than the first line": ("3", content("since", lambda _: b"3\n")),
    "a beginning after the end": ("0", content("since", lambda _: b"11\n")),
    "no number": ("0", content("since", lambda _: b"x\n")),
    "a number with a zero before it": ("0", content("since", lambda _: b"00\n")),
    "a number without an end": ("0", content("since", lambda _: b"0")),
    "a number of 5,000 digits": ("0", content("since", lambda _: DIGITS + b"\n")),
    "nothing": ("0", content("since", lambda _: b"")),
}


@pytest.mark.parametrize(("place", "spoil"), HEADS_SPOILED.values(), ids=HEADS_SPOILED)
def test_a_spoiled_checkpoint_is_found(folder: Path, place: str, spoil: Spoil) -> None:
    spoil(folder)
    assert agreed(folder) == place


@pytest.mark.parametrize(("place", "spoil"), KEYS_SPOILED.values(), ids=KEYS_SPOILED)
def test_a_spoiled_key_is_found(folder: Path, place: str, spoil: Spoil) -> None:
    spoil(folder)
    assert agreed(folder) == place


@pytest.mark.parametrize(("place", "spoil"), SINCE_SPOILED.values(), ids=SINCE_SPOILED)
def test_a_spoiled_beginning_is_found(folder: Path, place: str, spoil: Spoil) -> None:
    spoil(folder)
    assert agreed(folder) == place


ACCEPTED: dict[str, tuple[str, Spoil]] = {
    "a cosignature of the newest checkpoint gone": (
        "ok: 10 events, root ROOT, 3 checkpoints, 5 cosignatures",
        listed(lambda all_: all_.pop(SECOND), HEAD),
    ),
    "one of two cosignatures of an earlier checkpoint gone": (
        "ok: 10 events, root ROOT, 3 checkpoints, 5 cosignatures",
        listed(lambda all_: all_.pop(SECOND), "checkpoints/7"),
    ),
    "an earlier checkpoint gone": (
        "ok: 10 events, root ROOT, 2 checkpoints, 4 cosignatures",
        without("checkpoints/7"),
    ),
    "the first entries gone, and said to be left out": (
        "ok: 7 events, root ROOT, 3 checkpoints, 6 cosignatures",
        also(listed(lambda all_: all_.__delitem__(slice(3))), content("since", lambda _: b"3\n")),
    ),
    "an opened field closed, as if its key were destroyed": (
        "ok: 10 events, root ROOT, 3 checkpoints, 6 cosignatures",
        opened(lambda o: o.pop("purpose")),
    ),
}
"""What no verifier can tell from an export that was made so. All but the last show in the numbers of the line."""


@pytest.mark.parametrize(("line", "spoil"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_could_have_been_exported_so_shows_in_the_numbers_at_most(folder: Path, line: str, spoil: Spoil) -> None:
    root = (folder / HEAD).read_text(encoding="utf-8").split("\n")[2]
    spoil(folder)
    assert agreed(folder) == line.replace("ROOT", root)


def cut_at_seven(folder: Path) -> None:
    """Make of the export what it was when it had seven events."""
    listed(lambda all_: all_.__delitem__(slice(7, None)), ENTRIES, HASHES)(folder)
    (folder / "checkpoints" / "7").rename(folder / HEAD)


def test_a_log_cut_off_at_an_earlier_head_is_found_by_who_kept_a_later_one(folder: Path, exported: Path) -> None:
    cut_at_seven(folder)
    assert agreed(folder).startswith("ok: 7 events, ")
    assert agreed(folder, exported / "checkpoints" / "4").startswith("ok: 7 events, ")
    assert agreed(folder, exported / HEAD) == "7..10"


def test_another_history_is_found_by_who_kept_a_checkpoint(exported: Path, tmp_path: Path) -> None:
    other = asyncio.run(exports.written(tmp_path))
    assert agreed(other).startswith("ok: 10 events, ")
    assert agreed(other, exported / "checkpoints" / "7") == "4..7"
    assert agreed(other, exported / HEAD) == "7..10"


def test_another_history_under_the_checkpoint_of_the_first_is_found(exported: Path, tmp_path: Path) -> None:
    other = asyncio.run(exports.written(tmp_path))
    shutil.copy(exported / HEAD, other / HEAD)
    assert agreed(other) == "7..10"
    shutil.rmtree(other / "checkpoints")
    assert agreed(other) == "0..10"


def test_a_history_under_other_keys_is_found_by_who_knows_the_keys(exported: Path, tmp_path: Path) -> None:
    """Whoever replaces everything replaces `keys` too: put your own copy there before you verify."""
    folder = Path(shutil.copytree(exported, tmp_path / "export"))
    at(0, lambda _: SAME_NAME, KEYS)(folder)
    resigned(folder)
    assert agreed(folder).startswith("ok: 10 events, ")
    shutil.copy(exported / KEYS, folder / KEYS)
    assert agreed(folder) == "0..10"


def test_a_second_key_of_the_log_cannot_sign_another_history_under_the_first(folder: Path) -> None:
    """Who compares only the first line of `keys` with the key that he knows is not fooled."""
    listed(lambda all_: all_.insert(1, SAME_NAME), KEYS)(folder)
    resigned(folder)
    assert agreed(folder) == "0..10"


def resigned(folder: Path) -> None:
    """Sign the newest head with a key of our own, and keep no other head."""
    own = SigningKey.from_seed(make.ORIGIN, bytes(32))
    checkpoint, _ = read_note((folder / HEAD).read_bytes())
    (folder / HEAD).write_text(sign_checkpoint(checkpoint, own), encoding="utf-8")
    shutil.rmtree(folder / "checkpoints")
