"""Spoiled hashes, with their entries or without: the three name the same stretch between two heads.

The log has ten events; heads are signed and cosigned at 4, 7 and 10.
"""

from base64 import b64encode
from pathlib import Path

import pytest

from tests.verifiers.spoiling import ENTRIES, HASHES, Spoil, also, content, forged, listed, loosely, swapped, text
from tests.verifiers.three import agreed

pytestmark = pytest.mark.server

NO_EVENT = b64encode(bytes(32)) + b"\n"
BOM = b"\xef\xbb\xbf"

SPOILED: dict[str, tuple[str, Spoil]] = {
    "an entry and its hash, below 4": ("0..4", forged(2, lambda e: e["leaf"].update(outcome="deny"))),
    "an entry and its hash, below 7": ("4..7", forged(5, lambda e: e["leaf"].update(outcome="deny"))),
    "an entry and its hash, below 10": ("7..10", forged(8, lambda e: e["leaf"].update(outcome="deny"))),
    "two entries and their hashes": (
        "0..4",
        also(forged(8, lambda e: e["leaf"].update(v=2)), forged(3, lambda e: e["leaf"].update(v=2))),
    ),
    "one removed with its hash": ("4..7", listed(lambda all_: all_.pop(5), ENTRIES, HASHES)),
    "the first removed with its hash": ("0..4", listed(lambda all_: all_.pop(0), ENTRIES, HASHES)),
    "the last removed with its hash": ("7..10", listed(lambda all_: all_.pop(), ENTRIES, HASHES)),
    "cut off at a head": ("7..10", listed(lambda all_: all_.__delitem__(slice(7, None)), ENTRIES, HASHES)),
    "cut off between heads": ("4..7", listed(lambda all_: all_.__delitem__(slice(6, None)), ENTRIES, HASHES)),
    "one added with its hash": ("4..7", listed(lambda all_: all_.insert(5, all_[1]), ENTRIES, HASHES)),
    "one added with its hash after the last": ("10..11", listed(lambda all_: all_.append(all_[1]), ENTRIES, HASHES)),
    "two swapped with their hashes": ("4..7", listed(swapped(4, 6), ENTRIES, HASHES)),
    "a byte": ("4..7", listed(lambda all_: all_.__setitem__(5, NO_EVENT), HASHES)),
    "another spelling": ("4..7", text(b"=\n", b"\n", HASHES, line=5)),
    "an unused bit": ("4..7", listed(lambda all_: all_.__setitem__(5, loosely(all_[5])), HASHES)),
    "no base64": ("4..7", listed(lambda all_: all_.__setitem__(5, b"*" * 44 + b"\n"), HASHES)),
    "one too many": ("10..11", listed(lambda all_: all_.append(NO_EVENT), HASHES)),
    "three too many": ("10..13", listed(lambda all_: all_.extend([NO_EVENT] * 3), HASHES)),
    "an empty line at the end": ("10..11", listed(lambda all_: all_.append(b"\n"), HASHES)),
    "no hashes at the end": ("10..12", listed(lambda all_: all_.extend([b"x\n", b"y\n"]), HASHES)),
    "the last newline gone": ("7..10", content(HASHES, lambda all_: all_[:-1])),
    "ends of lines as in Windows": ("0..4", content(HASHES, lambda all_: all_.replace(b"\n", b"\r\n"))),
    "a byte order mark": ("0..4", content(HASHES, lambda all_: BOM + all_)),
    "all removed": ("0..4", content(HASHES, lambda _: b"")),
}


@pytest.mark.parametrize(("place", "spoil"), SPOILED.values(), ids=SPOILED)
def test_spoiled_hashes_are_found_between_two_heads(folder: Path, place: str, spoil: Spoil) -> None:
    spoil(folder)
    assert agreed(folder) == place
