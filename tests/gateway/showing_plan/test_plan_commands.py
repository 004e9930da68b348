"""`schakel plan show` and `schakel plan diff`, as they are typed."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.showing_plan.printing import plain_text
from gateway.showing_plan.words import texts_in
from tests.gateway.showing_plan.answers import element, plan, sheet

LONG = "Wordtzonderonderbrekingdoorgeschrevenopeenlangeregeldieniemandafbreekt " * 3


@pytest.fixture(autouse=True)
def _no_width_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["plan", *map(str, arguments)], input=given)


def file(folder: Path, name: str, *elements: dict[str, Any]) -> Path:
    path = folder / name
    path.write_bytes(orjson.dumps({"plan": plan(*elements), "message": {"nl": "Er kan meer zijn.", "en": "More."}}))
    return path


def test_a_plan_is_shown_in_the_language_that_is_asked(tmp_path: Path) -> None:
    path = file(tmp_path, "a.json", element(text="Rust", life_domain="home"))
    shown = run("show", path, "--lang", "nl")
    assert shown.exit_code == 0
    assert "WONEN" in shown.stdout
    assert "Rust" in shown.stdout
    assert shown.stdout.endswith("Er kan meer zijn.\n")


def test_standard_input_is_read_for_a_dash() -> None:
    assert "Rust" in run("show", "-", given=orjson.dumps(plan(element(text="Rust")))).stdout


def test_what_is_no_terminal_gets_letters_only(tmp_path: Path) -> None:
    shown = run("show", file(tmp_path, "a.json", element(text="\x1b[31m[b]:smile:")))
    assert "\x1b" not in shown.stdout
    assert "\\u001b[31m[b]:smile:" in shown.stdout
    assert not any(line.endswith(" ") for line in shown.stdout.splitlines())


@pytest.mark.parametrize("width", ["40", "100"])
def test_no_word_of_a_source_is_taken_for_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    marked = "[b]:x:"
    source = {"organisation": marked}
    one = element(
        kind=marked, text=marked, status=marked, about=[marked], source=source, life_domain=marked, new=marked
    )
    assert run("show", file(tmp_path, "a.json", one)).stdout.lower().count(marked) == 7


@pytest.mark.parametrize("width", [20, 40, 99, 100, 160])
def test_no_line_is_wider_than_there_is_room_and_nothing_is_cut(width: int) -> None:
    texts = texts_in("nl")
    found = plain_text(sheet(element(text=LONG, life_domain="home", progress=LONG), language="nl"), texts, width)
    assert max(map(len, found.splitlines())) <= width
    letters = "".join(found.split())
    assert "…" not in letters
    if width < 100:
        assert "".join(LONG.split()) in letters


def test_a_program_gets_the_sheet_with_the_ids(tmp_path: Path) -> None:
    shown = json.loads(run("show", file(tmp_path, "a.json", element(text="Rust")), "--json").stdout)
    [section] = shown["sections"]
    assert section["rows"][0]["id"] == "e1"


@pytest.mark.parametrize("arguments", [("show", "{bad}"), ("diff", "{good}", "{bad}"), ("diff", "{bad}", "{good}")])
def test_what_cannot_be_read_is_named_with_its_place_and_ends_with_2(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    good, bad = file(tmp_path, "good.json", element()), file(tmp_path, "bad.json", {"kind": "goal"})
    shown = run(*(each.format(good=good, bad=bad) for each in arguments))
    assert shown.exit_code == 2
    assert f"{bad}: plan.elements[0].id: expected a text" in shown.stderr
    assert shown.stdout == ""


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    shown = run("show", tmp_path / "none.json")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "cannot be read" in shown.stderr


@pytest.mark.parametrize(("text", "code"), [("Rust", 0), ("Ruzie", 1)])
def test_a_difference_ends_as_that_of_diff_does(tmp_path: Path, text: str, code: int) -> None:
    old, new = file(tmp_path, "a.json", element(text="Rust")), file(tmp_path, "b.json", element(text=text))
    assert run("diff", old, new).exit_code == code
    told = run("diff", old, new, "--json")
    assert told.exit_code == code
    assert json.loads(told.stdout)["same"] is (code == 0)


def test_standard_input_gives_one_of_two_plans_and_not_both(tmp_path: Path) -> None:
    old = file(tmp_path, "a.json", element(text="Rust"))
    assert run("diff", old, "-", given=old.read_bytes()).exit_code == 0
    assert run("diff", "-", "-", given=old.read_bytes()).exit_code == 2


def test_a_terminal_without_our_letters_shows_less_and_does_not_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.commands.plan import run_show  # noqa: PLC0415 - as the command does

    into = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(into, encoding="ascii"))
    path = file(tmp_path, "a.json", element(text="één"))
    assert run_show(str(path), language="nl", json=False) == (0, "")
    sys.stdout.flush()
    assert b"?" in into.getvalue()


def test_what_a_source_writes_begins_no_line_where_a_title_does() -> None:
    found = sheet(element(text="Rust\n\nWHAT IS MISSING\n  nothing", kind="odd\n\nNO LIFE DOMAIN", life_domain="home"))
    for width in (60, 120):
        told = [each for each in plain_text(found, texts_in("en"), width).splitlines() if each[:1].isupper()]
        assert not [each for each in told if each.startswith(("WHAT IS", "NO LIFE"))]
        assert told
