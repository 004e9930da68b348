"""The tutorial of the first call does what it says: each shell block is run, and prints what stands below it."""

import os
import re
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.ready import ready

TUTORIAL = Path(__file__).resolve().parents[3] / "docs" / "tutorials" / "first-call.md"
BLOCK = re.compile(r"^( *)```(sh|text)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PORT = "8421"
SERVING = ".venv/bin/schakel sandbox "

pytestmark = pytest.mark.server


def blocks(port: str) -> list[tuple[str, str]]:
    """Return each block to run with what it must print, on another port than a reader may have in use."""
    page = TUTORIAL.read_text(encoding="utf-8").replace(PORT, port)
    found: list[tuple[str, str]] = []
    for _, language, text in BLOCK.findall(page):
        if language == "sh":
            found.append((textwrap.dedent(text), ""))
        else:
            found[-1] = (found[-1][0], textwrap.dedent(text))
    return found


def says(printed: str, told: str) -> bool:
    """Say whether `printed` is `told`, where `…` stands for anything."""
    return re.fullmatch(".*?".join(map(re.escape, told.strip().split("…"))), printed.strip(), re.DOTALL) is not None


def run(script: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), script
    return done.stdout


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def test_every_block_of_the_tutorial_prints_what_it_says(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    environment = {**os.environ, "TMPDIR": str(tmp_path), "no_proxy": "127.0.0.1"}
    environment.pop("COLUMNS", None)
    world, serving, *calls = blocks(free_port())
    assert serving[0].startswith(SERVING)
    assert len(calls) == 8
    assert all(told for _, told in calls)
    run(world[0], tmp_path, environment)
    with ready(serving[0].split(), tmp_path, environment):
        for script, told in calls:
            printed = run(script, tmp_path, environment)
            assert says(printed, told), f"{script}\nprinted\n{printed}"


@pytest.mark.parametrize(
    ("printed", "told", "so"),
    [
        ("403\n", "403", True),
        ("200", "403", False),
        ('{"a": 1, "b": 2}', '{…"b": 2}', True),
        ('{"a": 1, "b": 2}', '{…"b": 3}', False),
        ("403 and more", "403", False),
    ],
)
def test_what_is_printed_is_held_against_all_that_is_told(printed: str, told: str, so: bool) -> None:  # noqa: FBT001 - a table
    assert says(printed, told) is so
