"""A spoiled line of the entries: the three name the same number, and it is the right one.

The log has ten events; heads are signed and cosigned at 4, 7 and 10.
"""

from pathlib import Path

import pytest

from tests.verifiers.spoiling import ENTRIES, Spoil, also, content, entry, listed, swapped, text
from tests.verifiers.three import agreed

pytestmark = pytest.mark.server

BOM = b"\xef\xbb\xbf"

SPOILED: dict[str, tuple[str, Spoil]] = {
    "a byte of a member": ("5", text(b"team-noord", b"team-zoord", line=5)),
    "a byte of the first entry": ("0", text(b"team-noord", b"team-zoord", line=0)),
    "a byte of the last entry": ("9", text(b"team-noord", b"team-zoord", line=9)),
    "a byte of a commitment": ("5", entry(5, lambda e: e["leaf"]["commitments"].update(actor="A" * 43 + "="))),
    "a text that became null": ("5", entry(5, lambda e: e["leaf"].update(counterparty=None))),
    "a member too many": ("5", entry(5, lambda e: e["leaf"].update(more=1))),
    "a member that is gone": ("5", entry(5, lambda e: e["leaf"].pop("rule_set"))),
    "no leaf": ("5", entry(5, lambda e: e.pop("leaf"))),
    "no number": ("5", entry(5, lambda e: e.pop("seq"))),
    "a leaf that is a list": ("5", entry(5, lambda e: e.update(leaf=[e["leaf"]]))),
    "a note beside the leaf": ("5", entry(5, lambda e: e.update(note="checked by the inspector"))),
    "another number": ("5", entry(5, lambda e: e.update(seq=6))),
    "a number as text": ("5", entry(5, lambda e: e.update(seq="5"))),
    "a number as true": ("1", entry(1, lambda e: e.update(seq=True))),
    "a number as false": ("0", entry(0, lambda e: e.update(seq=False))),
    "the first removed": ("0", listed(lambda all_: all_.pop(0))),
    "one removed": ("5", listed(lambda all_: all_.pop(5))),
    "the last removed": ("9", listed(lambda all_: all_.pop())),
    "cut off": ("6", listed(lambda all_: all_.__delitem__(slice(6, None)))),
    "all removed": ("0", content(ENTRIES, lambda _: b"")),
    "a copy before the first": ("0", listed(lambda all_: all_.insert(0, all_[1]))),
    "a copy between two": ("5", listed(lambda all_: all_.insert(5, all_[1]))),
    "one twice": ("6", listed(lambda all_: all_.insert(5, all_[5]))),
    "a copy after the last": ("10", listed(lambda all_: all_.append(all_[1]))),
    "two swapped": ("3", listed(swapped(3, 6))),
    "two swapped and renumbered": (
        "3",
        also(listed(swapped(3, 6)), entry(3, lambda e: e.update(seq=3)), entry(6, lambda e: e.update(seq=6))),
    ),
    "two on one line": ("5", text(b"}\n", b"}", line=5)),
    "an empty line": ("5", listed(lambda all_: all_.insert(5, b"\n"))),
    "an empty line at the end": ("10", listed(lambda all_: all_.append(b"\n"))),
    "the last newline gone": ("9", content(ENTRIES, lambda all_: all_[:-1])),
    "the last line cut off": ("9", content(ENTRIES, lambda all_: all_[:-9])),
    "an end of line that only others know": ("5", text(b"}\n", b"}\r", line=5)),
    "a byte order mark": ("0", content(ENTRIES, lambda all_: BOM + all_)),
    "no UTF-8": ("5", text(b"team-noord", b"team-\xff", line=5)),
    "a slash spelled too long": ("5", text(b"team-noord", b"team\xc0\xafnoord", line=5)),
    "a member twice": ("5", text(b'"organisation":', b'"organisation":"x","organisation":', line=5)),
    "a member twice, once in escapes": ("5", text(b'"outcome":', b'"outc\\u006fme":"deny","outcome":', line=5)),
    "the number twice": ("5", text(b'"seq":5', b'"seq":4,"seq":5', line=5)),
    "the leaf twice": ("5", text(b'"leaf":', b'"leaf":{},"leaf":', line=5)),
    "a comma too many": ("5", text(b"}\n", b",}\n", line=5)),
    "no JSON": ("5", text(b'"leaf"', b"'leaf'", line=5)),
    "a control character in a text": ("5", text(b"team-noord", b"team-\x01noord", line=5)),
    "something after the entry": ("5", text(b"}\n", b"} {}\n", line=5)),
}


@pytest.mark.parametrize(("place", "spoil"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_entry_is_named(folder: Path, place: str, spoil: Spoil) -> None:
    spoil(folder)
    assert agreed(folder) == place
