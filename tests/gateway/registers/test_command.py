"""`schakel register import`: its exit codes, what it prints, and the examples of the documentation."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from audit.read import entries, opened
from gateway.cli import app
from gateway.commands.log import log_of
from gateway.settings_check import read_settings
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


def looks() -> list[dict[str, Any]]:
    """Return who looked at what a register's file would do here, by the log: what was done, and by whom."""

    async def found() -> list[dict[str, Any]]:
        async with log_of(read_settings(os.environ)) as committer, committer.engine.connect() as connection:
            events = [each async for each in entries(connection, since=0, size=1000)]
            return [opened(committer.sealer, each) for each in events if each.leaf_json["kind"] == "log.read"]

    told = [{name: field["value"] for name, field in each.items()} for each in asyncio.run(found())]
    assert all(each["actor"]["operator"] == "o. perator" for each in told)
    return [each["detail"] for each in told]


def test_who_learns_from_a_file_who_is_known_here_and_stores_nothing_is_on_record(tmp_path: Path) -> None:
    told = {"read": "register", "register": "persons"}
    assert bring("persons", EXAMPLES / "persons.csv", "--preview")[0] == 0
    assert looks() == [{**told, "places": 4, "became": "preview"}]
    assert bring("persons", EXAMPLES / "persons.csv")[0] == 0
    assert len(looks()) == 1, "what was stored is on record by itself"
    wrong = tmp_path / "wrong.csv"
    wrong.write_text((EXAMPLES / "persons.csv").read_text("utf-8").replace("2012-05-04", "2002-05-04"), "utf-8")
    assert bring("persons", wrong)[0] == 1
    assert bring("persons", wrong, "--preview")[0] == 1
    assert bring("persons", EXAMPLES / "persons.csv")[0] == 0
    assert looks()[1:] == [{**told, "places": 4, "became": each} for each in ("refused", "refused", "nothing")]


def test_so_is_who_learns_it_of_others_than_of_whom_something_is_stored(tmp_path: Path) -> None:
    first, *rest = (EXAMPLES / "persons.csv").read_text("utf-8").splitlines(keepends=True)
    some = tmp_path / "some.csv"
    some.write_text("".join([first, *rest[-1:]]), "utf-8")
    assert bring("persons", some)[0] == 0
    assert looks() == []
    assert last(bring("persons", EXAMPLES / "persons.csv")).endswith(" 1 nothing")
    assert looks() == [{"read": "register", "register": "persons", "places": 4, "became": "a part"}]


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
