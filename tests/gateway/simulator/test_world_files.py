"""World files on disk: what cannot be read, what never ends, and what lies in a folder beside them."""

import io
import json
import os
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from consent.world.documents import LARGEST
from consent.world.shape import WorldError
from gateway.commands.decide import decide_file, run_scenarios
from gateway.commands.sandbox import run_sandbox_file
from gateway.simulator.world_files import read_world_file, world_files, world_in_file
from tests.consent.make import consent, world

RELEASED = {"outcome": "permit", "elements": {"r1": {"result": "release", "basis": "LB-01"}}}
TOO_LARGE = "(file): larger than 4 MB"


def written(path: Path, value: Any = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value or right()), encoding="utf-8")
    return path


def right() -> dict[str, Any]:
    return world(age=16, consents=[consent("sem")], expect=RELEASED)


class Endless(io.RawIOBase):
    """A stream that gives as long as anybody reads."""

    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.given += len(buffer)
        buffer[:] = b" " * len(buffer)
        return len(buffer)


def test_a_world_is_read_from_a_file_and_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "w.json")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))
    assert read_world_file("-") == read_world_file(path)


def test_no_more_than_a_world_can_have_is_read_of_what_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Endless()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(endless)))
    with pytest.raises(WorldError) as caught:
        read_world_file("-")
    assert caught.value.problems == (TOO_LARGE,)
    assert endless.given < LARGEST + 2 * io.DEFAULT_BUFFER_SIZE


def test_a_pipe_that_never_ends_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "w.yaml"
    os.mkfifo(pipe)
    written_bytes = []

    def write() -> None:
        with pipe.open("wb", buffering=0) as file:
            try:
                while True:
                    written_bytes.append(file.write(b"# nog meer\n" * 1000))
            except BrokenPipeError:
                return

    writer = threading.Thread(target=write)
    writer.start()
    began = time.process_time()
    with pytest.raises(WorldError, match="larger than 4 MB"):
        read_world_file(pipe)
    writer.join(timeout=10)
    assert time.process_time() - began < 1
    assert sum(written_bytes) < 2 * LARGEST


def test_where_there_is_no_standard_input_it_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert decide_file("-") == 2
    assert capsys.readouterr().err == "-: cannot be read: there is no standard input\n"


def test_a_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide_file(str(tmp_path)) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{tmp_path}: cannot be read: Is a directory\n")


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # A link to itself: unlike a mode without any right, root cannot open that either.
    path = tmp_path / "w.json"
    path.symlink_to(path)
    assert decide_file(str(path)) == 2
    assert capsys.readouterr().err == f"{path}: cannot be read: Too many levels of symbolic links\n"


def test_a_folder_that_cannot_be_read_is_told_and_the_others_still_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # As any other user than root meets it, and root too where the tests run as root.
    written(tmp_path / "open" / "w.json")
    closed = written(tmp_path / "closed" / "w.json").parent
    listed = os.scandir

    def scandir(path: str) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert run_scenarios([str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("1 passed, 0 failed\n", f"{closed}: cannot be read: Permission denied\n")


def test_files_come_by_name_and_pipes_and_folders_are_none(tmp_path: Path) -> None:
    for name in ("b.yaml", "a/c.yml", "a.json", "z.txt"):
        written(tmp_path / name)
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert list(world_files(tmp_path)) == [tmp_path / name for name in ("a/c.yml", "a.json", "b.yaml")]


def test_a_file_in_a_folder_tells_all_its_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        tmp_path / "w.yaml",
        "schakel: world/1\nrequest: {}\npersons: [{id: a, id: b}]\norders: {}\nfamily: [{person: &x b}]\n",
    )
    written(tmp_path / "z.json")
    assert run_scenarios([str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == "1 passed, 0 failed\n"
    told = [line.removeprefix(f"{path}: ").partition(": ")[0] for line in err.splitlines()]
    assert told[:2] == ["persons[0].id", "family[0].person"]
    assert {"persons[0].born", "orders", "family[0].of", "request.at", "request.purpose"} <= set(told)


@pytest.mark.parametrize("first", [True, False], ids=["at its beginning", "at its end"])
def test_a_world_that_is_too_large_is_not_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, first: bool
) -> None:
    said, filling = '"schakel": "world/1"', '"note": "' + "a" * 3 * LARGEST + '"'
    path = written(tmp_path / "w.json", "{" + ", ".join([said, filling] if first else [filling, said]) + "}")
    assert run_scenarios([str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{path}: {TOO_LARGE}\n"


def test_what_says_it_is_a_world_is_found_across_parts(tmp_path: Path) -> None:
    for cut in range(1, 20):
        value = "{" + " " * (LARGEST - cut) + '"schakel": "world/1"' + " " * LARGEST + "}"
        with pytest.raises(WorldError):
            world_in_file(written(tmp_path / "w.json", value))


def test_a_large_file_that_is_no_world_is_passed_over(tmp_path: Path) -> None:
    assert world_in_file(written(tmp_path / "w.json", "[" + "1," * LARGEST + "1]")) is None


def test_the_sandbox_reads_as_strictly(tmp_path: Path) -> None:
    large = written(tmp_path / "large.json", " " * (LARGEST + 1))
    wrong = written(tmp_path / "wrong.yaml", "schakel: world/1\nrequest: {}\norders: {}\n")
    assert run_sandbox_file(large, request=0, port=0, credentials=None) == (2, f"{large}: {TOO_LARGE}")
    assert run_sandbox_file(tmp_path, request=0, port=0, credentials=None) == (
        2,
        f"{tmp_path}: cannot be read: Is a directory",
    )
    code, said = run_sandbox_file(wrong, request=0, port=0, credentials=None)
    assert code == 2
    assert f"{wrong}: orders: expected a list" in said.splitlines()
    assert f"{wrong}: request.at: missing" in said.splitlines()
