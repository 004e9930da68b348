"""`schakel forecast`: the forecast of a world file as JSON, and what is wrong with a file or a day."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.consent.make import consent, world


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["forecast", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "gezin.json"
    path.write_text(json.dumps(world(age=16, consents=[consent("sem", until="2026-06-01")])), encoding="utf-8")
    return str(path)


def test_it_tells_what_lies_ahead_of_the_instant_of_the_request(file: str) -> None:
    code, out, err = run(file)
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert (told["at"], told["until"]) == ("2026-03-02T10:00:00+01:00", "2027-03-02T00:00:00+01:00")
    assert [(each["fact"], each["why"]) for each in told["ahead"] if each["effect"] == "ends"] == [("c-sem", "until")]


def test_it_looks_as_far_as_is_said(file: str) -> None:
    assert "c-sem" in run(file, "--until", "2026-06-01")[1]
    assert "c-sem" not in run(file, "--until", "2026-05-31")[1]


@pytest.mark.parametrize("until", ["morgen", "2026-02-30", "2026-06-01T10:00:00"])
def test_a_day_that_is_none_is_told(file: str, until: str) -> None:
    assert run(file, "--until", until) == (
        2,
        "",
        "--until: expected a day or an instant with an offset\n",
    )


def test_an_invalid_file_is_told_with_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "stuk.json"
    path.write_text('{"schakel": "world/1", "request": {}}', encoding="utf-8")
    code, out, err = run(str(path))
    assert (code, out) == (2, "")
    assert f"{path}: request" in err
    assert run(str(tmp_path / "weg.yaml"))[0] == 2
