"""What the pages of tasks have somebody type in a sandbox is done there, in the order of the page."""

import json
import os
import re
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.live.asking import PLAN
from tests.ready import ready

HOUSE = Path(__file__).resolve().parents[3]
PAGES = HOUSE / "docs" / "how-to"
SCHAKEL = str(Path(sys.executable).with_name("schakel"))
CALL = "schakel call --credentials keys.json "
NAMED = re.compile(r"\b(REQUEST_ID|ID)\b")
WAITS = 30
"""Seconds for what is opened behind the log."""

pytestmark = pytest.mark.server


def calls(page: str) -> list[list[str]]:
    """Return what follows `schakel call` in each command of a page, in order."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", (PAGES / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    commands = [each for block in blocks for each in re.split(r"^(?=schakel )", block, flags=re.MULTILINE)]
    return [shlex.split(each.removeprefix(CALL)) for each in commands if each.startswith(CALL)]


def world(page: str) -> list[str]:
    """Return the world file that a page names, and what else its sandbox is told."""
    [found] = re.findall(r"`schakel sandbox (.+) --credentials keys.json`", (PAGES / page).read_text(encoding="utf-8"))
    return shlex.split(found)


def found_in(answer: dict[str, Any]) -> str | None:
    """Return the id of what an answer is about: its own, or that of the first that it lists."""
    listed = [each[0] for each in answer.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
    held = [answer, answer.get("item"), *listed]
    return next((each["id"] for each in held if isinstance(each, dict) and "id" in each), None)


def typed(credentials: Path, words: list[str]) -> dict[str, Any]:
    """Type one call, and again while a list is still empty; return what it answers."""
    until = time.monotonic() + WAITS
    while True:
        done = CliRunner().invoke(app, ["call", "--credentials", str(credentials), *words])
        answer: dict[str, Any] = json.loads(done.stdout_bytes)
        refused = PLAN in words and answer.get("type") == "urn:schakel:problem:not-available"
        assert done.exit_code == 0 or refused, f"{words}\n{done.output}"
        if "GET" not in words or found_in(answer) is not None or time.monotonic() > until:
            return answer
        time.sleep(0.2)


@pytest.mark.parametrize(
    "pages",
    [("emergency.md", "review.md"), ("administer-an-organisation.md",), ("answer-a-question.md",)],
    ids=" ".join,
)
def test_each_call_of_a_page_is_done(pages: tuple[str, ...], tmp_path: Path) -> None:
    assert all(calls(page) for page in pages)
    credentials = tmp_path / "keys.json"
    known: dict[str, str] = {}
    command = [SCHAKEL, "sandbox", *world(pages[0]), "--credentials", str(credentials)]
    with ready(command, HOUSE, {**os.environ, "TMPDIR": str(tmp_path)}):
        for words in (each for page in pages for each in calls(page)):
            answer = typed(credentials, [NAMED.sub(lambda place: known[place[0]], each) for each in words])
            if "plan" in answer:
                known["REQUEST_ID"] = answer["request_id"]
            elif (found := found_in(answer)) is not None:
                known["ID"] = found
