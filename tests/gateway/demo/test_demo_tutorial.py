"""The tutorial of the first minutes does what it says, line by line."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ready import ready

HOUSE = Path(__file__).resolve().parents[3]
TUTORIAL = HOUSE / "docs" / "tutorials" / "first-minutes.md"
COMMAND = ".venv/bin/schakel "
SCHAKEL = str(Path(sys.executable).with_name("schakel"))

pytestmark = pytest.mark.server


def blocks(language: str = "") -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [text for kind, text in found if kind == language]


def commands() -> list[list[str]]:
    """Return the commands of the tutorial in order, on another port than a reader may have in use."""
    lines = [line for block in blocks() for line in block.splitlines() if line.startswith(COMMAND)]
    return [shlex.split(line.removeprefix(COMMAND).replace("--port 8421", "--port 0")) for line in lines]


def run(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([SCHAKEL, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    [world] = blocks("yaml")
    (tmp_path / "sam.yaml").write_text(world, encoding="utf-8")
    demo, decide, sandbox, ask, close, why = commands()
    assert demo == ["demo"]
    decided = json.loads(run(decide, tmp_path).stdout)["elements"]
    assert {name: each["result"] for name, each in decided.items()} == {
        "doel": "release",
        "school": "release",
        "risico": "withhold",
    }
    with ready([SCHAKEL, *sandbox], tmp_path, {**os.environ, "TMPDIR": str(tmp_path)}):
        assert set(json.loads(run(ask, tmp_path).stdout)["released"]) == {"doel", "school"}
        assert run(close, tmp_path).returncode == 0
        refused = run(ask, tmp_path)
        assert refused.returncode == 1
        request_id = json.loads(refused.stdout)["request_id"]
        seen = json.loads(run([each.replace("REQUEST_ID", request_id) for each in why], tmp_path).stdout)
    withdrawn = {each["category"] for each in seen["not_asked"] if each["reason"] == "CONSENT_WITHDRAWN"}
    assert withdrawn == {"goals", "school"}
