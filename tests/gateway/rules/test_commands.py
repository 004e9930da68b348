"""`schakel rules …` and `check-settings`: what they print, and what they refuse."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consent.law.listing import rows
from gateway.cli import app
from gateway.commands import rules as cli_rules
from gateway.commands.operating import Said, run_check_settings
from gateway.settings import Settings
from gateway.settings_check import SettingsError, load_settings
from schemas.calendar import parse_moment
from tests.gateway.rules.world import WHY, installed

DO = "(`schakel rules confirm 2027-01`)"
WITHHELD = "everything is withheld until it is confirmed"


def clock(at: str) -> Callable[[], datetime]:
    return lambda: parse_moment(at)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCHAKEL_PUBLIC_URL", raising=False)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return installed(tmp_path, monkeypatch)


def confirm(officer: str, *, name: str = "2027-01", because: str = WHY) -> Said:
    return cli_rules.run_confirm(name, officer=officer, because=because)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["rules", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_show_tells_a_rule_with_its_conditions_in_order() -> None:
    code, said, _ = run("show", "LB-07")
    lines = said.splitlines()
    assert code == 0
    assert lines[:3] == [
        "LB-07",
        "nl            Gecertificeerde instelling vraagt bij ondertoezichtstelling",
        "en            Institution asks under supervision",
    ]
    assert "in force      from 2015-01-01" in lines
    answers = [line.rpartition(": ")[2] for line in lines if line[:4].strip().isdigit() and line[4] == "."]
    assert answers == [
        "withhold NO_BASIS",
        "withhold ORDER_TYPE_NO_BASIS",
        "withhold NO_BASIS",
        "withhold ORDER_WRONG_GI",
        "withhold REQUESTER_UNTRUSTED",
        "withhold ORDER_NOT_YET_VALID",
        "withhold ORDER_EXPIRED",
        "review EVIDENCE_INSUFFICIENT",
        "review NOT_NECESSARY",
        "withhold CATEGORY_EXCLUDED",
        "withhold RESTRICTED",
    ]


@pytest.mark.parametrize("number", sorted({each.number for each in rows()}))
def test_show_knows_every_number_that_the_code_has_a_row_for(number: str) -> None:
    code, said = cli_rules.run_show(number.lower())
    assert code == 0
    assert said.startswith(f"{number}\n")


def test_show_tells_who_carries_an_obligation() -> None:
    assert "carried by    LB-05, LB-10, LB-27" in cli_rules.run_show("OB-EXP")[1].splitlines()


def test_show_tells_a_whole_rule_set() -> None:
    code, said = cli_rules.run_show("2026-11")
    assert code == 0
    assert said.startswith("rule set 2026-11\nin force      2015-01-01 until 2027-01-01\n")
    assert "  billing                   LB-15" in said.splitlines()


@pytest.mark.parametrize("name", ["LB-99", "", "2026", "LB-07 ", "always"])
def test_show_of_what_is_not_there_says_where_the_numbers_are(name: str) -> None:
    code, _, error = run("show", name)
    assert code == 2
    assert error == f"there is no rule `{name}`; `schakel rules show 2026-11` lists them\n"


def test_diff_tells_period_and_status_and_that_no_rule_differs() -> None:
    code, said, _ = run("diff", "2026-11", "2027-01")
    assert code == 0
    assert said.splitlines() == [
        "2026-11 -> 2027-01",
        "  since: 2015-01-01 -> 2027-01-01",
        "  until: 2027-01-01 -> none",
        "  status: none -> unconfirmed",
        "  no rule differs",
    ]


def test_diff_with_an_unknown_rule_set_names_those_there_are() -> None:
    assert run("diff", "2026-11", "2028-01")[::2] == (
        2,
        "there is no rule set `2028-01`; there are 2026-11, 2027-01\n",
    )


def test_list_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCHAKEL_SETTINGS_FILE", raising=False)
    code, said = cli_rules.run_list(now=clock("2026-12-31"))
    assert code == 0
    assert said.splitlines() == [
        "2026-11     2015-01-01 until 2027-01-01   in force now, needs no confirmation",
        "2027-01     from 2027-01-01               unconfirmed (its confirmations cannot be read here)",
    ]


@pytest.mark.usefixtures("settings")
def test_list_tells_who_confirmed_when_and_why() -> None:
    confirm("anna")
    told = cli_rules.run_list(now=clock("2027-01-01"))[1].splitlines()
    assert told[1].endswith("in force now, unconfirmed: 1 of 2 officers confirmed it")
    confirm("bert")
    told = cli_rules.run_list(now=clock("2027-01-01"))[1].splitlines()
    assert told[1].endswith("in force now, confirmed")
    assert [line.split(",")[0].strip() for line in told[2:]] == ["anna", "bert"]
    assert all(line.endswith(f": {WHY}") for line in told[2:])


@pytest.mark.usefixtures("settings")
def test_confirm_takes_two_officers() -> None:
    told = [run("confirm", "2027-01", "--as", officer, "--because", WHY) for officer in ("anna", "anna", "bert", "x")]
    assert [code for code, _, _ in told] == [0, 1, 0, 1]
    assert told[0][1] == "recorded: anna proposes rule set 2027-01; a second officer must confirm it\n"
    assert told[1][2] == "`anna` confirmed rule set `2027-01` already; the second must be another person\n"
    assert told[2][1] == "rule set 2027-01 is confirmed, by anna and bert; running gateways go by it at once\n"
    assert told[3][2] == "rule set `2027-01` is confirmed already, by `anna` and `bert`\n"


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("name", "officer", "because", "code", "said"),
    [
        ("2028-01", "anna", WHY, 2, "there is no rule set `2028-01`; there are 2026-11, 2027-01"),
        ("2026-11", "anna", WHY, 1, "rule set `2026-11` needs no confirmation"),
        ("2027-01", " ", WHY, 2, "an officer has a name of 1 to 100 characters; say whose word this is"),
        (
            "2027-01",
            "anna",
            " ",
            2,
            "--because is empty, too long or unreadable; say in 1 to 2000 characters what was checked",
        ),
    ],
)
def test_confirm_says_what_is_wrong(name: str, officer: str, because: str, code: int, said: str) -> None:
    assert confirm(officer, name=name, because=because) == (code, said)


def test_confirm_without_settings_names_what_is_missing() -> None:
    code, said = confirm("anna")
    assert code == 2
    assert "SCHAKEL_KEY_FILE: is missing; it has no default" in said.splitlines()


def test_confirm_before_the_tables_are_there_says_what_to_run(settings: Settings) -> None:
    Path(settings.database_url.removeprefix("sqlite+aiosqlite:///")).unlink()
    code, said = confirm("anna")
    assert code == 1
    assert said.endswith("did you run `schakel migrate`?")


@pytest.mark.usefixtures("settings")
def test_where_the_settings_name_the_officers_nobody_else_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHAKEL_OFFICERS", "Anna, bert")
    assert confirm("carla") == (2, "`carla` is not among the officers in the settings (SCHAKEL_OFFICERS)")
    assert [confirm(officer)[0] for officer in ("anna", "Bert")] == [0, 0]


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("named", ["anna", "anna,ANNA", "anna, Anna "])
def test_one_officer_alone_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("SCHAKEL_OFFICERS", named)
    assert run_check_settings(now=clock("2026-10-01")) == (
        1,
        "SCHAKEL_OFFICERS: names fewer than two persons, so nobody could confirm a rule set; name a second",
    )


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("named", ["", "anna,,bert", "anna,\u202ebert"])
def test_an_officer_without_a_name_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("SCHAKEL_OFFICERS", named)
    with pytest.raises(SettingsError) as wrong:
        load_settings(os.environ)
    assert wrong.value.problems[0].startswith("SCHAKEL_OFFICERS: ")


@pytest.mark.usefixtures("settings")
def test_settings_are_right_without_a_warning_before_it_is_time() -> None:
    assert run_check_settings(now=clock("2026-11-01T23:59:59+01:00")) == (0, "the settings are right")


@pytest.mark.usefixtures("settings")
def test_check_settings_warns_of_a_rule_set_that_ends_and_still_exits_with_0() -> None:
    ends = "the settings are right\nwarning: rule set 2026-11 ends on 2027-01-01, in 60 days; 2027-01 follows, and"
    at = clock("2026-11-02T00:00:00+01:00")
    assert run_check_settings(now=at) == (0, f"{ends} two officers must confirm it {DO}")
    confirm("anna")
    assert run_check_settings(now=at) == (0, f"{ends} a second officer must confirm it {DO}")
    confirm("bert")
    assert run_check_settings(now=at) == (0, f"{ends} is confirmed")


@pytest.mark.usefixtures("settings")
def test_check_settings_warns_after_the_end_until_it_is_confirmed() -> None:
    at = clock("2027-01-01")
    code, said = run_check_settings(now=at)
    assert code == 0
    assert said.splitlines()[1:] == [
        f"warning: rule set 2027-01 is in force, and two officers must confirm it {DO}; {WITHHELD}"
    ]
    confirm("anna")
    confirm("bert")
    assert run_check_settings(now=at) == (0, "the settings are right")


def test_check_settings_makes_no_database_and_says_that_it_could_not_look(settings: Settings) -> None:
    path = Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    path.unlink()
    code, said = run_check_settings(now=clock("2026-12-01"))
    assert (code, path.exists()) == (0, False)
    assert said.endswith(f"2027-01 follows, and whether it is confirmed cannot be read {DO}")
