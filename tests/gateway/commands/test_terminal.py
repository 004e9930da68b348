"""What a command is started with need not be a terminal: it says what is wrong, in words, and by its code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.commands.terminal import FAULT, READER_GONE, UNUSABLE, at_a_terminal

_MAIN = "from gateway.cli import main; main()"


def _run(*typed: str | bytes, before: str = "", encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    """Run the command line; `before` is what a shell does first, such as closing a stream."""
    command = f'{before} exec "$0" -c "{_MAIN}" "$@"'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *typed],
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )


def test_letters_that_a_terminal_has_not_stop_nobody() -> None:
    ran = _run("doctor", encoding="ascii")
    assert ran.stderr == b""
    assert b"\\u2192 correct them" in ran.stdout


@pytest.mark.parametrize("typed", [("schema",), ("rules", "list")])
def test_what_cannot_be_written_is_told_and_is_no_success(typed: tuple[str, ...]) -> None:
    ran = _run(*typed, before="exec >/dev/full;")
    assert (ran.returncode, ran.stderr) == (UNUSABLE, b"cannot go on: No space left on device\n")
    assert _run(*typed, before="exec >/dev/full 2>&1;").returncode == UNUSABLE


@pytest.mark.parametrize("typed", [("schema",), ("doctor",), ("rules", "list"), ("rules", "show", "LB-07")])
def test_a_reader_that_went_away_is_told_by_the_code_alone(typed: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-c", _MAIN, *typed], stdout=writing, stderr=subprocess.PIPE, timeout=300, check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (READER_GONE, b"")


def test_closed_streams_are_as_good_as_empty_ones(tmp_path: Path) -> None:
    assert _run("schema", before="exec >&-;").returncode == 0
    ran = _run("plan", "show", "-", before="exec <&-;")
    assert ran.returncode == UNUSABLE
    assert ran.stderr.startswith(b"-: ")
    database = f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}"
    ran = _run("audit", "verify", "--database", database, before="exec >&- <&-;")
    assert b"SCHAKEL_KEY_FILE" in ran.stderr


def test_a_fault_of_ours_is_told_and_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    def faulty() -> None:
        raise KeyError("what was not thought of")

    with pytest.raises(SystemExit) as ended:
        at_a_terminal(faulty)
    assert ended.value.code == FAULT
    assert capsys.readouterr().err.endswith("KeyError: 'what was not thought of'\n")


def test_what_is_typed_and_is_no_text_is_told_by_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["schakel", "keys", "renew", os.fsdecode(b"a\xff")])
    with pytest.raises(SystemExit) as ended:
        at_a_terminal(lambda: pytest.fail("it ran"))
    assert ended.value.code == UNUSABLE
    assert capsys.readouterr().err.startswith("argument 3 is not UTF-8; ")
