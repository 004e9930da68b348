"""Whatever is done to the bytes of an export: the three say the same, good or bad, and name the same place."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.verifiers.three import agreed

pytestmark = pytest.mark.server

FILES = ["entries.ndjson", "hashes", "checkpoint", "checkpoints/4", "checkpoints/7", "keys"]
TELLING = b'\n\r\t "\\{}[],:+=/-.0123456789eE\x00\xff\xc3ntf'
"""Bytes that mean something to one of the readers."""

places = st.floats(0, 1, exclude_max=True)
byte = st.sampled_from(list(TELLING)) | st.integers(0, 255)
acts = st.one_of(
    st.tuples(st.just("put"), places, byte),
    st.tuples(st.just("flip"), places, st.integers(0, 7)),
    st.tuples(st.just("drop"), places, st.integers(1, 3)),
    st.tuples(st.just("insert"), places, byte),
    st.tuples(st.just("cut"), places, st.just(0)),
    st.tuples(st.just("repeat"), places, st.integers(1, 60)),
)


def done(content: bytes, act: str, at: int, number: int) -> bytes:
    before, after = content[:at], content[at:]
    match act:
        case "put":
            return before + bytes((number,)) + after[1:]
        case "flip":
            return before + bytes((after[0] ^ 1 << number,)) + after[1:]
        case "drop":
            return before + after[number:]
        case "insert":
            return before + bytes((number,)) + after
        case "repeat":
            return before + after[:number] + after
        case _:
            return before


@contextmanager
def copy_of(exported: Path) -> Iterator[Path]:
    with TemporaryDirectory() as place:
        yield Path(shutil.copytree(exported, Path(place) / "export"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(FILES), acts), min_size=1, max_size=3))
@example(changes=[("entries.ndjson", ("drop", 0.99999999, 1))])
@example(changes=[("hashes", ("drop", 0.99999999, 1))])
@example(changes=[("keys", ("drop", 0.99999999, 1))])
@example(changes=[("checkpoint", ("drop", 0.99999999, 1))])
@example(changes=[("hashes", ("cut", 0.0625, 0)), ("checkpoint", ("cut", 0.0, 0))])
def test_the_three_agree_on_any_change_of_bytes(
    exported: Path, changes: list[tuple[str, tuple[str, float, int]]]
) -> None:
    with copy_of(exported) as folder:
        for name, (act, place, number) in changes:
            content = (folder / name).read_bytes()
            if content:
                (folder / name).write_bytes(done(content, act, int(place * len(content)), number))
        same = all((folder / name).read_bytes() == (exported / name).read_bytes() for name in FILES)
        told = agreed(folder)
        assert not same or told.startswith("ok: ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(FILES), place=places, bit=st.integers(0, 7))
def test_no_bit_of_an_export_can_turn_unseen(exported: Path, name: str, place: float, bit: int) -> None:
    with copy_of(exported) as folder:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(done(content, "flip", int(place * len(content)), bit))
        assert agreed(folder)[0].isdigit()
