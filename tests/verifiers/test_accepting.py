"""What our export says, anybody can check: two programs of the docs say the same line as the product."""

import ast
import sys
from pathlib import Path

import pytest

from tests.verifiers import exports
from tests.verifiers.three import NODE, PYTHON, THREE, Judged, agreed, started_node, started_python

pytestmark = pytest.mark.server


def test_the_three_accept_an_export_with_the_same_line(folder: Path) -> None:
    line = agreed(folder)
    assert started_python(folder) == started_node(folder) == Judged(0, line)
    assert line.startswith("ok: 10 events, root ")
    assert line.endswith(", 3 checkpoints, 6 cosignatures")


async def test_the_three_accept_an_export_that_begins_later(tmp_path: Path) -> None:
    assert agreed(await exports.written(tmp_path, since=7)).startswith("ok: 3 events, ")


async def test_the_three_accept_that_what_was_erased_stays_closed(tmp_path: Path) -> None:
    folder = await exports.written(tmp_path, erased="person-0")
    lines = (folder / "entries.ndjson").read_text(encoding="utf-8").splitlines()
    assert "coordinate-plan" not in lines[0]
    assert "coordinate-plan" in lines[1]
    assert agreed(folder).startswith("ok: 10 events, ")


def test_the_three_accept_a_checkpoint_that_was_kept(folder: Path, exported: Path) -> None:
    for name in ("checkpoint", "checkpoints/4"):
        assert agreed(folder, exported / name).endswith(", 4 checkpoints, 8 cosignatures")


def test_a_kept_checkpoint_may_bear_signatures_of_keys_that_we_do_not_know(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text((folder / "checkpoint").read_text() + "— stranger.example AAAABBBB\n")
    assert agreed(folder, kept).endswith(", 4 checkpoints, 8 cosignatures")


def test_the_programs_take_the_checkpoint_that_was_kept(folder: Path, exported: Path) -> None:
    spoiled = folder / "spoiled"
    spoiled.write_bytes((exported / "checkpoint").read_bytes().replace(b"10", b"11", 1))
    for judge in (started_python, started_node):
        assert judge(exported, exported / "checkpoints" / "4").line.endswith(", 4 checkpoints, 8 cosignatures")
        assert judge(exported, spoiled).place() == "10..11"


def test_spaces_between_the_members_change_nothing(folder: Path, exported: Path) -> None:
    path = folder / "entries.ndjson"
    path.write_bytes(path.read_bytes().replace(b'{"seq":', b'{ "seq" :\t').replace(b"\n", b" \r\n"))
    assert agreed(folder) == agreed(exported)


@pytest.mark.parametrize("name", ["checkpoint", "hashes", "entries.ndjson", "keys"])
def test_a_folder_without_one_of_its_files_cannot_be_read(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert {judge(folder).code for judge in THREE.values()} == {2}


def test_a_folder_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    assert {judge(tmp_path / "nothing").code for judge in (*THREE.values(), started_python, started_node)} == {2}


def test_the_python_program_imports_the_standard_library_and_cryptography_only() -> None:
    tree = ast.parse(PYTHON.read_text(encoding="utf-8"))
    plain = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    named = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in plain | named}
    assert tops - set(sys.stdlib_module_names) == {"cryptography"}


def test_the_node_program_imports_nodes_own_library_only() -> None:
    text = NODE.read_text(encoding="utf-8")
    sources = [line.rpartition(" from ")[2] for line in text.splitlines() if line.startswith("import ")]
    assert sources
    assert all(source.startswith('"node:') for source in sources)
    assert "require(" not in text
    assert "import(" not in text
