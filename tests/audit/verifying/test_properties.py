"""Any change to an export is found. The exports here are written by these few lines, not by `audit.export`."""

import json
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, sign_checkpoint
from audit.tree import Frontier
from audit.verifying.folder import verify_folder
from tests.audit import make

SIZE = 12
PREPARED = [make.log().build(make.event()) for _ in range(SIZE)]
LINES = [json.dumps({"seq": seq, "leaf": json.loads(one.leaf)}) for seq, one in enumerate(PREPARED)]


def _checkpoint() -> str:
    frontier = Frontier.empty()
    for one in PREPARED:
        frontier.append(one.leaf_hash)
    return sign_checkpoint(Checkpoint(make.ORIGIN, SIZE, frontier.root()), make.LOG_KEY)


def _verdict(lines: list[str]) -> str:
    files = {
        "entries.ndjson": "".join(f"{line}\n" for line in lines),
        "hashes": "".join(f"{b64encode(one.leaf_hash).decode()}\n" for one in PREPARED),
        "checkpoint": _checkpoint(),
        "keys": f"{make.LOG_KEY.verifier.encoded()}\n",
    }
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_text(content)
        return verify_folder(Path(folder)).line


places = st.integers(0, SIZE - 1)


def test_an_export_that_others_write_verifies() -> None:
    assert _verdict(LINES).startswith("ok: 12 events, ")


@given(seq=places, member=st.sampled_from(["at", "kind", "organisation", "outcome"]), value=st.text(max_size=5))
def test_any_changed_member_is_named(seq: int, member: str, value: str) -> None:
    entry = json.loads(LINES[seq])
    entry["leaf"][member] += f"{value}!"
    assert _verdict([*LINES[:seq], json.dumps(entry), *LINES[seq + 1 :]]).startswith(f"bad: seq {seq}: ")


@given(start=places, length=st.integers(1, SIZE))
def test_any_missing_run_is_named_by_its_first(start: int, length: int) -> None:
    assert _verdict(LINES[:start] + LINES[start + length :]).startswith(f"bad: seq {start}: ")


@given(order=st.permutations(range(SIZE)))
def test_any_other_order_is_named_by_its_first_difference(order: list[int]) -> None:
    first = next((seq for seq, place in enumerate(order) if seq != place), None)
    expected = "ok: " if first is None else f"bad: seq {first}: "
    assert _verdict([LINES[place] for place in order]).startswith(expected)


@given(seq=st.integers(0, SIZE), line=st.sampled_from(LINES) | st.text(st.characters(max_codepoint=90), max_size=9))
def test_any_inserted_line_is_named(seq: int, line: str) -> None:
    lines = [*LINES[:seq], line.replace("\n", " "), *LINES[seq:]]
    changed = next((n for n in range(SIZE) if lines[n] != LINES[n]), SIZE)
    assert _verdict(lines).startswith(f"bad: seq {changed}: ")


@given(seq=places, renumbered=st.integers(-1, 2**70))
def test_any_other_sequence_number_is_found(seq: int, renumbered: int) -> None:
    entry = json.loads(LINES[seq]) | {"seq": renumbered}
    expected = "ok: " if renumbered == seq else f"bad: seq {seq}: "
    assert _verdict([*LINES[:seq], json.dumps(entry), *LINES[seq + 1 :]]).startswith(expected)
