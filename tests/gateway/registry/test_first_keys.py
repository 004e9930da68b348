"""The first `org add` makes the key files of an installation, and none beside a database that was used with another."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import Settings
from tests.gateway.rules.world import installed

WEST = '[[organisations]]\nid = "west"\nname = "Team West"\nkind = "local-team"\n'


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "west.toml").write_text(WEST, encoding="utf-8")
    return installed(tmp_path, monkeypatch)


def add(settings: Settings, operator: str) -> tuple[int, str, str]:
    file = settings.key_file.parents[1] / "west.toml"
    result = CliRunner().invoke(app, ["org", "add", str(file), "--as", operator])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", ["key_file", "log_key_file"])
def test_a_key_that_a_database_was_used_with_is_put_back_and_not_made_anew(settings: Settings, name: str) -> None:
    assert add(settings, "O. Perator")[0] == 0
    lost: Path = getattr(settings, name)
    kept = lost.rename(lost.with_name("kept"))
    code, said, wrong = add(settings, "S. Econd")
    assert (code, said) == (1, "")
    assert (
        wrong == f"{lost} does not exist, and this database was used with one: put it back (SCHAKEL_{name.upper()})\n"
    )
    assert not lost.exists()
    kept.rename(lost)
    assert add(settings, "S. Econd") == (0, "registered organisation west\n", "")


def test_of_an_installation_that_was_never_used_all_three_are_made(settings: Settings) -> None:
    for each in (settings.key_file, settings.log_key_file, settings.token_key_file):
        each.unlink()
    code, said, _ = add(settings, "O. Perator")
    assert (code, said.count("made key file")) == (0, 3)


def test_tokens_of_before_are_dead_with_their_key_and_a_new_one_is_made(settings: Settings) -> None:
    assert add(settings, "O. Perator")[0] == 0
    settings.token_key_file.unlink()
    code, said, _ = add(settings, "S. Econd")
    assert (code, said.splitlines()) == (
        0,
        [f"made key file {settings.token_key_file}", "registered organisation west"],
    )
