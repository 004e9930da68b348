"""`schakel org …` as it is typed."""

from typing import get_args

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.commands.of_organisations import What
from gateway.commands.org import told_ended
from gateway.registry.rows import Entry, EntryKind


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
    assert {each.value for each in What} == set(get_args(EntryKind))


def test_who_ends_a_record_system_hears_that_it_is_asked_until_a_restart() -> None:
    client = Entry(kind="client", key="c1", organisation="west", body=None)
    source = Entry(kind="source", key="west/ehr", organisation="west", body=None)
    first, second, still = told_ended([client, source])
    assert (first, second) == ("ended client c1 of west", "ended source west/ehr of west")
    assert "restart it now" in still
    assert told_ended([client]) == [first]
