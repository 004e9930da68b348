"""The national register's own tables and scenarios go through the import of registers."""

import json
from pathlib import Path

import pytest

from consent.registers.gezag_codes import MEANINGS, read_codes
from consent.registers.problems import RegisterError
from consent.registers.said import NUMBER_SYSTEM
from consent.registers.text_table import read_table
from consent.store.recording import record, register_person
from gateway.database.engine import write_transaction
from tests.gateway.registers.stage import FIRST, NOW, Town, town_at
from tests.third_party.gezag_features import Scenario, scenarios
from tests.third_party.test_foreign_gezag import readable

TABLES = "02-dutch/brp-testset-csv"
EVERY = 6
"""One scenario in so many is brought in; each is a town of its own."""


def table(data: Path, number: int) -> bytes:
    [found] = (data / TABLES).glob(f"Tabel{number} *.csv")
    return found.read_bytes()


def test_the_table_of_authority_has_exactly_the_codes_that_are_understood(data: Path) -> None:
    codes = read_codes(table(data, 61))
    assert codes.keys() == MEANINGS.keys()
    assert all(each.holds_on(NOW.date()) for each in codes.values())


def test_a_code_says_in_the_words_of_the_table_who_has_authority(data: Path) -> None:
    for code, each in read_codes(table(data, 61)).items():
        words = each.words.lower()
        assert [n for n in (1, 2) if f"ouder{n}" in words] == list(MEANINGS[code].parents)
        assert ("derde" in words) == MEANINGS[code].third


def test_another_national_table_is_read_and_not_taken_for_it(data: Path) -> None:
    assert len(read_table(table(data, 60)).rows) == 8
    with pytest.raises(RegisterError, match="line 1: is not the table of authority"):
        read_codes(table(data, 60))


async def test_the_scenarios_of_authority_go_in_as_answers(data: Path, tmp_path: Path) -> None:
    for n, scenario in enumerate(readable(scenarios(data / "02-dutch" / "brp-gezag"))[::EVERY]):
        async with town_at(f"sqlite+aiosqlite:///{tmp_path / str(n)}.db") as town:
            await brought_in(town, scenario)


async def brought_in(town: Town, scenario: Scenario) -> None:
    """Bring everybody of a scenario in as one family, then the answer, twice."""
    # Their numbers are the register's own and fail the eleven test, so they come past the file of persons.
    async with write_transaction(town.engine) as connection:
        for number, name in {number: name for name, number in scenario.numbers.items()}.items():
            await register_person(connection, town.facts, name, family="f", identifiers={NUMBER_SYSTEM: number})
            family = await town.facts.held(connection, name)
            told = {"id": name, "born": "2018-05-04"}
            await record(connection, town.facts, family, "persons", told, recorded_by={"form": "register", "id": "p"})
    asked = scenario.asked_about
    number = scenario.numbers.get(asked, asked)
    answers = [{"burgerservicenummer": number, "answered_on": FIRST, "gezag": scenario.answer}]
    content = json.dumps({"answers": answers}).encode()
    await town.bring("authority", content)
    before = await town.rows()
    await town.bring("authority", content)
    assert await town.rows() == before, scenario.name
