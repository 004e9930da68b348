"""`schakel demo` as somebody types it: exit codes, one clean stop, and nothing left behind."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[3]
SCHAKEL = [str(Path(sys.executable).with_name("schakel"))]
pytestmark = pytest.mark.server

WITHOUT = """
import sys
from gateway.demo import command, family
told = family.facts
def without(*, today):
    facts = told(today=today)
    return {**facts, "consents": [each for each in facts["consents"] if each["id"] != "ja-milan-school"]}
family.facts = without
sys.exit(command.run_demo(once=True, language="en", export=None))
"""


def schakel(*arguments: str, folder: Path, program: list[str] = SCHAKEL) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(HOUSE), "COLUMNS": "120"}
    return subprocess.run(
        [*program, *arguments], cwd=HOUSE, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


def test_once_ends_with_0_and_leaves_a_log_that_verifies_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "log"
    done = schakel("demo", "--once", "--lang", "nl", "--export", str(export), folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Alle 8 stappen gingen zoals het moet" in done.stdout
    assert list(folder.iterdir()) == []
    assert processes_with(folder) == []
    verified = schakel("audit", "verify", str(export), folder=folder)
    assert verified.returncode == 0
    assert verified.stdout.strip() in done.stdout


def test_a_folder_for_the_export_that_exists_is_told_before_anything_starts(folder: Path, tmp_path: Path) -> None:
    done = schakel("demo", "--once", "--export", str(tmp_path), folder=folder)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["file/log", "long" * 100])
def test_an_export_that_cannot_be_written_is_told(name: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = schakel("demo", "--once", "--export", str(tmp_path / name), folder=folder)
    assert done.returncode == 1
    assert "--export" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []


def test_once_with_one_consent_left_out_ends_with_1_and_names_the_step(folder: Path) -> None:
    done = schakel(folder=folder, program=[sys.executable, "-c", WITHOUT])
    assert done.returncode == 1
    assert re.search(r"^step 2 school: ", done.stderr, re.MULTILINE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_on_answers_the_line_that_it_prints_and_stops_cleanly(folder: Path, number: signal.Signals) -> None:
    with serving(folder) as (process, line):
        called = shlex.split(line)
        assert called[0].endswith("schakel")
        answer = schakel(*called[1:], folder=folder)
        assert (answer.returncode, answer.stdout[:8]) == (0, '{"plan":')
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(folder.iterdir()) == []
    assert processes_with(folder) == []


def test_stopped_in_the_middle_it_ends_with_1_and_leaves_nothing(folder: Path) -> None:
    with started(folder, "--once") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Step 1"):
                break
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 1
        assert process.stderr is not None
        assert process.stderr.read() == "Stopped before the end.\n"
    assert list(folder.iterdir()) == []
    assert processes_with(folder) == []


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [*SCHAKEL, "demo", *arguments],
        cwd=HOUSE,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def serving(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Run `schakel demo` until it has printed the line to paste."""
    with started(folder) as process:
        assert process.stdout is not None
        yield process, next(line for line in process.stdout if " call --credentials " in line)


def processes_with(folder: Path) -> list[str]:
    """Return the command lines of processes that name `folder`, once those that are ending had a moment."""
    found: list[str] = []
    for _ in range(20):
        found = [line for line in _command_lines() if str(folder) in line]
        if not found:
            break
        time.sleep(0.1)
    return found


def _command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue  # it ended while we looked
