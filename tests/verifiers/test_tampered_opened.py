"""A spoiled opened value: the three name the number of its entry.

The log has ten events; heads are signed and cosigned at 4, 7 and 10.
"""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from audit.leaf import commit
from schemas.canonical_json import canonical
from tests.verifiers.spoiling import Spoil, entry, forged, listed, loosely, opened, text
from tests.verifiers.three import agreed

pytestmark = pytest.mark.server

OTHER = {"salt": b64encode(bytes(32)).decode(), "value": 1}
MANY_DIGITS = b"1" * 5000
DEEP = b"[" * 100_000 + b"]" * 100_000


def recommitted(read: dict[str, Any]) -> None:
    """Open the purpose to another value, and commit to that."""
    read["opened"]["purpose"] = OTHER
    read["leaf"]["commitments"]["purpose"] = commit("purpose", bytes(32), canonical(1))


def with_opened_of(line: bytes, other: bytes) -> bytes:
    read = json.loads(line) | {"opened": json.loads(other)["opened"]}
    return json.dumps(read).encode() + b"\n"


SPOILED: dict[str, tuple[str, Spoil]] = {
    "a value": ("5", opened(lambda o: o.update(purpose={**o["purpose"], "value": "give-help"}))),
    "a byte of a value": ("5", text(b'"goals"', b'"goalz"', line=5)),
    "the order in a list": ("5", opened(lambda o: o["categories"]["value"].reverse())),
    "a member of a value twice": ("5", text(b'"role":', b'"role":"judge","role":', line=5)),
    "a number in a value": ("5", text(b'"numbers":[0,', b'"numbers":[1,', line=5)),
    "a number that doubles cannot hold": ("5", text(b'"numbers":[0,', b'"numbers":[1e999,', line=5)),
    "a number of 5,000 digits": ("5", text(b'"numbers":[0,', b'"numbers":[' + MANY_DIGITS + b",", line=5)),
    "no number": ("5", text(b'"numbers":[0,', b'"numbers":[NaN,', line=5)),
    "half a character": ("5", text(b'"goals"', b'"\\ud800"', line=5)),
    "true for one": ("5", text(b'"1":1', b'"1":true', line=5)),
    "a value that lies very deep": ("5", text(b'"numbers":[0,', b'"numbers":[' + DEEP + b",", line=5)),
    "a salt": ("5", opened(lambda o: o["purpose"].update(salt=OTHER["salt"]))),
    "a salt that is too short": ("5", opened(lambda o: o["purpose"].update(salt=o["purpose"]["salt"][:40]))),
    "a salt in another spelling": ("5", opened(lambda o: o["purpose"].update(salt=o["purpose"]["salt"] + "\n"))),
    "an unused bit in a salt": (
        "5",
        opened(lambda o: o["purpose"].update(salt=loosely(o["purpose"]["salt"].encode()).decode())),
    ),
    "a salt that is a number": ("5", opened(lambda o: o["purpose"].update(salt=1))),
    "no salt": ("5", opened(lambda o: o["purpose"].pop("salt"))),
    "no value": ("5", opened(lambda o: o["purpose"].pop("value"))),
    "a note beside a value": ("5", opened(lambda o: o["purpose"].update(note="seen"))),
    "one field under the name of another": ("5", opened(lambda o: o.update(purpose=o["categories"]))),
    "a field that was not committed to": ("5", opened(lambda o: o.update(network=OTHER))),
    "a field with a name of JavaScript's own": ("5", opened(lambda o: o.update(constructor=OTHER))),
    "a field without a name": ("5", opened(lambda o: o.update({"": OTHER}))),
    "a field of another event": (
        "5",
        listed(lambda all_: all_.__setitem__(5, with_opened_of(all_[5], all_[8]))),
    ),
    "a value and its commitment": ("5", entry(5, recommitted)),
    "a value, its commitment and the hash": ("4..7", forged(5, recommitted)),
    "nothing, as null": ("5", entry(5, lambda e: e.update(opened=None))),
    "nothing, as a list": ("5", entry(5, lambda e: e.update(opened=[]))),
    "nothing, as a text": ("5", entry(5, lambda e: e.update(opened=""))),
    "a field that is a list": ("5", opened(lambda o: o.update(purpose=["a", "b"]))),
}


@pytest.mark.parametrize(("place", "spoil"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_value_is_named(folder: Path, place: str, spoil: Spoil) -> None:
    spoil(folder)
    assert agreed(folder) == place
