"""RFC 8785 by the two programs: its own examples, and numbers, which the product's values never are but yours may be.

The product is not asked here: it commits to no fraction and to no number that a double cannot hold.
"""

import json
import random
import struct
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from audit.checkpoint import Checkpoint, sign_checkpoint
from audit.leaf import commit
from audit.tree import leaf_hash
from schemas.canonical_json import canonical
from tests.audit import make
from tests.verifiers.three import PROGRAM, node, python

NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
"""RFC 8785 appendix B: a double, and how it is written."""


def told(raw: str, committed: bytes, folder: Path) -> Path:
    """Write the export of one event that committed to the bytes `committed`, opened to the JSON `raw`."""
    leaf = json.loads(make.log().build(make.event(fields={})).leaf)
    leaf["commitments"] = {"detail": commit("detail", bytes(32), committed)}
    hashed = leaf_hash(canonical(leaf))
    opened = f'{{"detail":{{"salt":"{b64encode(bytes(32)).decode()}","value":{raw}}}}}'
    files = {
        "entries.ndjson": f'{{"seq":0,"leaf":{json.dumps(leaf)},"opened":{opened}}}\n',
        "hashes": f"{b64encode(hashed).decode()}\n",
        "checkpoint": sign_checkpoint(Checkpoint(make.ORIGIN, 1, hashed), make.LOG_KEY),
        "keys": f"{make.LOG_KEY.verifier.encoded()}\n",
    }
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def double(bits: str) -> float:
    value: float = struct.unpack(">d", bytes.fromhex(bits))[0]
    return value


def some_doubles() -> list[float]:
    dice = random.Random(8785)  # noqa: S311  # a test's dice
    doubles = (struct.unpack(">d", dice.randbytes(8))[0] for _ in range(3000))
    near = (dice.randrange(10**6) * 10.0 ** dice.randint(-12, 24) for _ in range(3000))
    return [each for each in (*doubles, *near) if abs(each) < float("inf")]


def read(text: str) -> Any:
    return json.loads(text, parse_int=float)


@pytest.mark.parametrize(("bits", "expected"), NUMBERS.items())
def test_a_number_is_written_as_the_standard_shows(bits: str, expected: str) -> None:
    assert PROGRAM.canonical(double(bits)) == expected


def test_numbers_are_written_as_the_reference_library_does() -> None:
    for each in some_doubles():
        assert PROGRAM.canonical(each) == rfc8785.dumps(each).decode(), each.hex()


@pytest.mark.server
def test_both_programs_take_numbers_in_any_spelling_for_what_the_standard_makes_of_them(tmp_path: Path) -> None:
    raw = [repr(double(bits)) for bits in NUMBERS] + ["1e2", "1E2", "100.0", "0.1e+3", "-0", "-0.0e5", str(2**53 + 1)]
    committed = [*NUMBERS.values(), "100", "100", "100", "100", "0", "0", str(2**53)]
    folder = told(f"[{','.join(raw)}]", f"[{','.join(committed)}]".encode(), tmp_path / "export")
    assert python(folder) == node(folder)
    assert python(folder).line.startswith("ok: 1 events, ")


@pytest.mark.server
def test_both_programs_write_any_number_alike(tmp_path: Path) -> None:
    doubles = some_doubles()
    folder = told(json.dumps(doubles), PROGRAM.canonical(doubles).encode(), tmp_path / "export")
    assert python(folder) == node(folder)
    assert python(folder).code == 0


@pytest.mark.server
@pytest.mark.parametrize("name", ["arrays", "french", "structures"])
def test_both_programs_write_the_examples_of_the_standard(name: str, shared: Path, tmp_path: Path) -> None:
    vectors = shared / "data" / "06-crypto-audit-vectors" / "rfc8785-jcs"
    given, expected = vectors / "input" / f"{name}.json", vectors / "output" / f"{name}.json"
    raw = given.read_text(encoding="utf-8")
    assert PROGRAM.canonical(read(raw)).encode() == expected.read_bytes()
    folder = told(" ".join(raw.split("\n")), expected.read_bytes(), tmp_path / "export")
    assert (python(folder).code, node(folder).code) == (0, 0)


@pytest.mark.server
@pytest.mark.parametrize(
    "raw", ["1e999", "-1e999", "9" * 400, '"\\ud800"', '{"\\udc00":1}', "01", "+1", ".5", "1.", "NaN"]
)
def test_what_the_standard_cannot_write_is_refused(raw: str, tmp_path: Path) -> None:
    folder = told(raw, b"0", tmp_path / "export")
    assert (python(folder).place(), node(folder).place()) == ("0", "0")


@pytest.mark.server
@pytest.mark.parametrize(
    ("raw", "careless"),
    [("1e999", "null"), ("-1e999", "null"), ('"\\ud800"', '"\\ud800"'), ('{"\\udc00":1}', '{"\\udc00":1}')],
)
def test_what_a_careless_writer_makes_of_it_is_refused_too(raw: str, careless: str, tmp_path: Path) -> None:
    folder = told(raw, careless.encode(), tmp_path / "export")
    assert (python(folder).place(), node(folder).place()) == ("0", "0")


@pytest.mark.server
def test_bytes_that_are_no_text_are_not_taken_for_the_sign_of_lost_text(tmp_path: Path) -> None:
    folder = told('"\ufffd"', '"\ufffd"'.encode(), tmp_path / "export")
    assert (python(folder).code, node(folder).code) == (0, 0)
    path = folder / "entries.ndjson"
    path.write_bytes(path.read_bytes().replace("\ufffd".encode(), b"\xff"))
    assert (python(folder).place(), node(folder).place()) == ("0", "0")
