"""`schakel register import`: its exit codes, what it prints, and the examples of the documentation."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.gateway.rules.world import installed

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples" / "registers"
GI = '[[organisations]]\nid = "gi-west"\nname = "GI West"\nkind = "certified-institution"\n'


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch)
    (tmp_path / "gi.toml").write_text(GI, encoding="utf-8")
    for operator in ("O. Perator", "S. Econd"):
        assert run("org", "add", str(tmp_path / "gi.toml"), "--as", operator)[0] == 0


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def bring(kind: str, file: Path, *more: str, by: str = "O. Perator") -> tuple[int, str, str]:
    return run("register", "import", kind, str(file), "--as", by, *more)


def last(said: tuple[int, str, str]) -> str:
    assert said[0] == 0, said[2]
    return said[1].splitlines()[-1]


def test_the_examples_go_in_one_after_the_other() -> None:
    assert last(bring("persons", EXAMPLES / "persons.csv")) == "imported: 7 new, 0 changes, 0 ends, 0 nothing"
    assert last(bring("authority", EXAMPLES / "authority.csv")) == "imported: 3 new, 0 changes, 0 ends, 0 nothing"
    assert last(bring("authority", EXAMPLES / "authority.json")) == "imported: 0 new, 3 changes, 0 ends, 0 nothing"
    assert last(bring("orders", EXAMPLES / "orders.csv")) == "imported: 1 new, 0 changes, 0 ends, 1 nothing"
    assert last(bring("orders", EXAMPLES / "orders.csv")) == "imported: 0 new, 0 changes, 0 ends, 2 nothing"


def test_a_preview_stores_nothing() -> None:
    for _ in range(2):
        said = last(bring("persons", EXAMPLES / "persons.csv", "--preview"))
        assert said == "preview: 7 new, 0 changes, 0 ends, 0 nothing; nothing was stored"


def test_no_number_and_no_path_is_printed() -> None:
    code, told, failed = bring("persons", EXAMPLES / "persons.csv")
    assert code == 0
    assert "9999" not in told + failed
    assert "persons.csv" not in told + failed


def test_a_file_that_cannot_be_read_is_2_and_one_that_does_not_fit_is_1(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("bsn\n", encoding="utf-8")
    assert bring("persons", wrong)[0] == 2
    assert bring("persons", tmp_path / "nowhere.csv") == (2, "", "file: is not there, or is no plain file\n")
    assert bring("persons", EXAMPLES / "persons.csv", by=" ")[0] == 2
    assert bring("persons", EXAMPLES / "persons.csv")[0] == 0
    other = (EXAMPLES / "persons.csv").read_text(encoding="utf-8").replace("2012-05-04", "2002-05-04")
    wrong.write_text(other.replace("11-02T", "11-03T"), encoding="utf-8")
    assert bring("persons", wrong)[0] == 1


def test_a_pipe_without_an_end_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert bring("persons", pipe)[0] == 2


def test_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as opened:
        opened.truncate(2**30)  # a file with a hole: one line of zeros
    code, _, failed = bring("persons", large)
    assert (code, failed.partition(";")[0]) == (2, "file: is too large")
