"""Events as lines of NEN 7513: the columns, the code book, and nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.events import Field, Kind
from audit.part import WHOLE, Part
from audit.renderings.csv_safe import as_text, line
from audit.renderings.nen7513 import COLUMNS, code_book, header, row
from gateway.log.code_book import WORDS
from schemas.texts import LANGUAGES, Texts, read_catalogue
from schemas.texts import WORDS as CONTRACT
from tests.audit.gone import facts_gone
from tests.audit.renderings import make
from tests.audit.renderings.make import NODE, TEXT, decided, everything, seen

NAMES = [each.name for each in COLUMNS]
DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1")  # noqa: RUF001 - a wide form


def texts(language: str = "nl") -> Texts:
    catalogue = read_catalogue([WORDS, CONTRACT])
    return Texts("nl", {key: each[language] for key, each in catalogue.items()})


def cells(written: str) -> list[str]:
    [found] = csv.reader(io.StringIO(written), delimiter=";")
    return found


def told(each: Part) -> dict[str, str]:
    return dict(zip(NAMES, cells(row(each, NODE)), strict=True))


def test_the_header_is_that_of_the_mapping_table() -> None:
    assert cells(header()) == NAMES
    asked = {
        "gebeurteniscode", "actiecode", "datum en tijd", "resultaat", "gebruikers-ID", "gebruikersrol",
        "verantwoordelijke gebruiker", "toegangspunt", "doel", "objecttype", "objectrol", "levenscyclus",
        "identificator cliënt", "gevoeligheid", "zoekvraag", "autorisatieprotocol", "behandelrelatieprotocol",
        "toestemmingsprofiel", "controles", "bron", "noodprocedure",
    }  # fmt: skip
    assert asked <= set(NAMES)


def test_that_the_facts_are_gone_is_not_that_a_decision_rested_on_none() -> None:
    event = decided()
    gone = facts_gone(event)
    rests_on = ("behandelrelatieprotocol", "toestemmingsprofiel", "controles")
    assert {told(seen(gone))[each] for each in rests_on} == {"gewist"}
    # Who never sees what it rests on learns nothing of it.
    assert {told(seen(gone, "ggz-west"))[each] for each in rests_on} == {""}
    erased = replace(event, fields={Field.ACTOR: event.fields[Field.ACTOR]}, person=None, facts_gone=True)
    assert {told(seen(erased))[each] for each in rests_on} == {""}


def test_a_disclosure_fills_the_columns_that_the_standard_asks_of_it() -> None:
    line_of_it = told(seen(decided()))
    assert line_of_it["gebeurteniscode"] == "110106"
    assert line_of_it["actiecode"] == "R"
    assert line_of_it["datum en tijd"] == "2026-11-26T09:00:00.123Z"
    assert line_of_it["resultaat"] == "0"
    assert line_of_it["gebruikers-ID"] == "anna"
    assert line_of_it["identificator cliënt"] == "A1B2C3D4"
    assert line_of_it["gevoeligheid"] == "goals, school"
    assert line_of_it["toestemmingsprofiel"] == "ja-moeder, nee-sem"
    assert line_of_it["controles"] == "gezag-moeder"
    assert line_of_it["noodprocedure"] == "nee"
    assert "withhold school-1/health THIRD_PARTY_PRIVACY" in line_of_it["besluit"]


def test_the_emergency_procedure_is_told_of_its_opening_and_of_what_was_asked_in_it() -> None:
    opened = next(each for each in make.EVERY if each.kind is Kind.EMERGENCY_OPENED)
    assert told(seen(opened))["noodprocedure"] == "ja"
    assert told(seen(decided(fields={"purpose": "emergency"})))["noodprocedure"] == "ja"


def test_every_event_makes_a_whole_line_for_everybody_who_sees_it_and_tells_nothing_that_was_written() -> None:
    for each in everything():
        line_of_it = row(each, NODE)
        assert len(cells(line_of_it)) == len(COLUMNS)
        assert TEXT not in line_of_it
        assert '"sem"' not in line_of_it
        if each.viewer != WHOLE and each.kind is Kind.EXCHANGE_DISCLOSED:
            assert "ja-moeder" not in line_of_it


def test_an_event_without_fields_makes_a_line_with_empty_cells() -> None:
    for event in make.EVERY:
        assert told(seen(replace(event, person=None, fields={})))["identificator cliënt"] == ""


@pytest.mark.parametrize("begins", DANGEROUS, ids=range(len(DANGEROUS)))
def test_no_cell_begins_a_formula(begins: str) -> None:
    actor = make.ANNA | {"id": begins, "client": begins, "role": begins}
    event = decided(organisation=begins, counterparties=(begins,), rule_set=begins)
    event = replace(event, fields={**event.fields, Field.ACTOR: actor, Field.PURPOSE: begins})
    found = cells(row(seen(event), NODE))
    assert not [each for each in found if each.startswith(tuple("=+-@\t\r\n＝"))]  # noqa: RUF001 - a wide form
    assert found.count(f"'{begins}") >= 4


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_a_line_is_read_back_as_it_was_but_for_the_apostrophe(texts_of_a_line: list[str]) -> None:
    [found] = csv.reader(io.StringIO(line(texts_of_a_line), newline=""), delimiter=";")
    assert found == [as_text(each) for each in texts_of_a_line]
    assert all(
        each.removeprefix("'") == one.removeprefix("'") for each, one in zip(found, texts_of_a_line, strict=True)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_book_says_what_every_code_in_the_lines_means(language: str) -> None:
    book = {tuple(cells(each)[:2]) for each in code_book(texts(language))}
    coded = ("gebeurteniscode", "gebeurtenis", "actiecode", "resultaat", "gebruikersrol", "doel", "objecttype",
             "objectrol")  # fmt: skip
    assert {(name, "") for name in NAMES} <= book
    for each in everything():
        line_of_it = told(each)
        assert not [name for name in coded if line_of_it[name] and (name, line_of_it[name]) not in book]
