"""`schakel org …` as it is typed."""

from typing import get_args

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.commands.of_organisations import What
from gateway.registry.rows import EntryKind


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["org", *arguments])
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("add", "west.toml"), "--as"),
        (("end", "west", "--because", "it ended"), "--as"),
        (("end", "west", "--as", "anna"), "--because"),
    ],
)
def test_nobody_adds_or_ends_without_a_name_or_ends_without_a_reason(arguments: tuple[str, ...], asked: str) -> None:
    code, error = run(*arguments)
    assert code == 2
    assert f"Missing option '{asked}'" in error


@pytest.mark.parametrize(("operator", "because"), [(" ", "it ended"), ("anna", " ")])
def test_an_empty_name_or_reason_is_none(operator: str, because: str) -> None:
    code, error = run("end", "west", "--as", operator, "--because", because)
    assert code == 2
    assert "--as: an operator has a name" in error or "--because is empty" in error


def test_every_kind_that_is_registered_can_be_ended() -> None:
    # Who is barred, or stands in for whom, is his own organisation's to say.
    assert {each.value for each in What} == {*get_args(EntryKind), "crisis-set"} - {"barred", "replacement"}


def test_of_a_crisis_set_too_a_name_and_a_reason_are_asked() -> None:
    assert run("end", "west", "--kind", "crisis-set", "--as", "anna", "--because", " ")[0] == 2
    assert run("end", "west", "--kind", "crisis-set", "--as", " ", "--because", "it ended")[0] == 2
