"""`schakel decide` and `schakel scenarios`: what is printed where, and the exit codes."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.commands.decide import decide_file, run_scenarios
from gateway.simulator.deciding import decided
from tests.consent.make import consent, world

RELEASED = {"outcome": "permit", "elements": {"r1": {"result": "release", "basis": "LB-01"}}}


def written(folder: Path, name: str, value: Any) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return str(path)


def yes(**more: Any) -> dict[str, Any]:
    return world(age=16, consents=[consent("sem")]) | more


def test_a_decision_is_printed_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide_file(written(tmp_path, "w.json", yes())) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["outcome"] == "permit"
    assert err == ""


def test_many_requests_give_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = yes()
    value["requests"] = [value.pop("request")]
    assert decide_file(written(tmp_path, "w.json", value)) == 0
    assert [one["outcome"] for one in json.loads(capsys.readouterr().out)] == ["permit"]


def test_the_explanation_is_added_and_nothing_else_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "w.json", yes())
    assert decide_file(path, decided) == 0
    plain = json.loads(capsys.readouterr().out)
    assert decide_file(path) == 0
    told = json.loads(capsys.readouterr().out)
    explanation = told.pop("explanation")
    assert told == plain
    assert {audience: set(texts) for audience, texts in explanation.items()} == {
        "requester": {"nl", "en"},
        "officer": {"nl", "en"},
        "client": {"nl", "en"},
    }


def test_each_of_many_requests_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = yes()
    request = value.pop("request")
    value["requests"] = [request, request | {"categories": ["risk"]}]
    assert decide_file(written(tmp_path, "w.json", value)) == 0
    officers = [one["explanation"]["officer"]["en"] for one in json.loads(capsys.readouterr().out)]
    assert [text.split(".")[0] for text in officers] == ["Outcome: permitted", "Outcome: denied"]


def test_the_command_prints_the_whole_decision_unless_it_is_asked_not_to_explain(tmp_path: Path) -> None:
    path = written(tmp_path, "w.json", yes())
    whole, told, plain = (
        CliRunner().invoke(app, ["decide", path, *more]) for more in ([], ["--explain"], ["--no-explain"])
    )
    assert (whole.exit_code, told.exit_code, plain.exit_code) == (0, 0, 0)
    assert whole.stdout == told.stdout
    assert "explanation" in json.loads(whole.stdout)
    assert "explanation" not in json.loads(plain.stdout)


def test_a_file_that_is_invalid_has_nothing_to_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide_file(written(tmp_path, "w.json", yes(records=3))) == 2
    assert capsys.readouterr().out == ""


def test_a_refusal_exits_zero_too(tmp_path: Path) -> None:
    assert decide_file(written(tmp_path, "w.json", world())) == 0


def test_an_invalid_file_says_all_that_is_wrong_and_prints_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "w.yaml", "schakel: world/1\nrecords: 3\n")
    assert decide_file(path) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f"{path}: request: expected one of `request` and `requests`",
        f"{path}: records: expected a list",
    ]


def test_a_file_that_is_not_there_exits_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide_file(str(tmp_path / "nothing.yaml")) == 2
    assert capsys.readouterr().err.endswith("cannot be read: No such file or directory\n")


def test_a_dash_reads_stdin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(yes()).encode())))
    assert decide_file("-") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "permit"


def test_scenarios_are_counted_by_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = yes()
    request = value.pop("request")
    value["requests"] = [request, request | {"expect": RELEASED}, request | {"expect": RELEASED}]
    written(tmp_path, "deep/er/many.json", value)
    written(tmp_path, "one.yml", json.dumps(yes(expect=RELEASED)))
    written(tmp_path, "none.json", yes())
    assert run_scenarios([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed\n"


def test_a_difference_is_told_in_one_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "w.json", yes(expect={"outcome": "deny", "elements": {"r1": {"expires_at": None}}}))
    assert run_scenarios([path]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: outcome: expected deny, got permit; r1.expires_at: expected None, got 2027-02-01T00:00:00+01:00",
        "0 passed, 1 failed",
    ]


def test_an_expected_element_that_was_not_asked_for_fails(tmp_path: Path) -> None:
    value = yes(expect={"elements": {"r1": {"result": "release"}}})
    value["request"]["categories"] = ["risk"]
    assert run_scenarios([written(tmp_path, "w.json", value)]) == 1


def test_an_invalid_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "a.yaml", "schakel: world/1\nschakel: world/1\n")
    written(tmp_path, "b.json", yes(expect=RELEASED))
    assert run_scenarios([str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == "1 passed, 0 failed\n"
    assert f"{tmp_path / 'a.yaml'}: schakel: doubled key" in err.splitlines()


def test_files_that_are_no_world_are_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "compose.yaml", "services: {a: &x {}}\n")
    written(tmp_path, "broken.json", "{")
    written(tmp_path, "old.yaml", "schakel: world/0\n")
    written(tmp_path, "README.md", "schakel: world/1")
    assert run_scenarios([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 passed, 0 failed\n"


def test_a_path_that_is_not_there_exits_two(tmp_path: Path) -> None:
    assert run_scenarios([str(tmp_path / "nothing")]) == 2


def test_a_path_that_is_too_long_exits_two_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / ("long" * 100)
    assert run_scenarios([str(path)]) == 2
    assert capsys.readouterr().err == f"{path}: cannot be read: File name too long\n"
