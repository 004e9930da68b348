"""Every number and reason is reached: an own example shows each, and no decision carries one that nobody explains."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from consent import cover
from consent import gates as gate_rules
from consent.decide import decide
from consent.decision import Decision
from consent.explanation.catalogue import LANGUAGES, Language
from consent.explanation.numbered import NUMBERS, ROWS
from consent.law.numbers import Standing
from consent.world.file import read_world
from docs.rules.conditions import conditions, gates
from docs.rules.naming import named_by
from docs.rules.page import rules_page
from docs.rules.reach import EXAMPLES, places, said, said_both_ways, shown
from docs.rules.words import own_words, words_in
from gateway.commands.decide import decide_file, run_scenarios
from schemas.words import Reason, Result
from tests.beside import SCENARIOS, SHARED, needs_shared

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = SHARED / "decision-contract.md"
OUTSIDE = {str(Reason.LOG_UNAVAILABLE)}
"""What only the gateway answers (decision contract, 2.1)."""
NUMBER = re.compile(r"(?:LB|G|CV|OB)-(?:[0-9]{2}|[A-Z]+[0-9]?(?:\([0-9]+w?d\))?)")
IN_DECISIONS = {number for number, row in NUMBERS.items() if row.standing in {Standing.WRITTEN, Standing.OFF}}
UNWRITTEN = {number for number, row in NUMBERS.items() if row.standing is Standing.UNWRITTEN}
NOT_IN_SET = {number for number, row in NUMBERS.items() if row.standing is Standing.NOT_IN_SET}
CARRIED = {*ROWS, *IN_DECISIONS, *map(str, Reason)} - OUTSIDE
"""All that a decision can carry."""


@cache
def contract() -> str:
    return CONTRACT.read_text(encoding="utf-8")


def numbers_in(text: str) -> set[str]:
    """Return the numbers in a text, `LB-01/02` as two."""
    apart = re.sub(r"LB-([0-9]{2})/([0-9]{2})", r"LB-\1 LB-\2", text)
    return set(NUMBER.findall(apart))


def constants(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def said_by_the_core() -> set[str]:
    """Return the numbers that stand in the code as a text of their own, the rows that explain them left out."""
    rows = {"rows_gates.py", "rows_consents.py", "rows_beside.py"}
    paths = [path for path in (ROOT / "consent").rglob("*.py") if path.name not in rows]
    return {each for path in paths for each in constants(path) if NUMBER.fullmatch(each)}


@cache
def decided() -> tuple[tuple[str, Decision], ...]:
    """Return the decision on each request of the examples, and of the scenario pack where it is there."""
    folders = [EXAMPLES, *([SCENARIOS] if SCENARIOS.exists() else [])]
    found = []
    for path in sorted(path for folder in folders for path in folder.rglob("*.yaml")):
        world = read_world(path.read_bytes())
        found += [(path.stem, decide(request, world.facts, request.at)) for request in world.requests]
    return tuple(found)


@pytest.mark.parametrize("number", sorted(CARRIED | UNWRITTEN))
def test_an_example_shows_it(number: str) -> None:
    place = shown()[number]
    assert place.expected, "an example says what it expects"
    world = read_world((EXAMPLES / f"{place.example}.yaml").read_bytes())
    reached = said_both_ways(world.requests[place.position - 1], world.facts)
    assert number in reached | ({place.named} if number in UNWRITTEN else set())


def test_every_expectation_of_the_examples_comes_true(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_scenarios([str(EXAMPLES)]) == 0
    passed, failed = capsys.readouterr().out.split(" passed, ")
    assert int(passed) >= sum(place.expected for place in places()) > 0
    assert failed == "0 failed\n"


@pytest.mark.parametrize("name", sorted({place.example for place in places()}))
def test_a_reader_can_run_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide_file(str(EXAMPLES / f"{name}.yaml")) == 0
    assert capsys.readouterr().err == ""


def test_a_note_that_begins_with_a_number_is_about_it() -> None:
    wrong = [place for place in places() if place.named is not None and place.named not in place.reached]
    assert wrong == []


@needs_shared
def test_every_number_of_the_contract_is_explained() -> None:
    assert numbers_in(contract()) - ROWS.keys() - NUMBERS.keys() == set()


@needs_shared
def test_no_number_of_the_contract_is_left_out_of_the_rules() -> None:
    assert numbers_in(contract()) & NOT_IN_SET == set()


@needs_shared
def test_the_reasons_are_those_of_the_contract() -> None:
    (listed,) = re.findall(r"\*\*reason\*\* \(closed list\):(.*?)\n\n", contract(), flags=re.DOTALL)
    assert set(re.findall(r"`([A-Z_]+)`", listed)) == set(Reason)


@needs_shared
def test_every_number_and_reason_of_the_contract_is_reached() -> None:
    assert (numbers_in(contract()) | set(map(str, Reason))) - OUTSIDE - shown().keys() == set()


def test_every_number_that_the_core_says_is_explained_and_carried() -> None:
    assert said_by_the_core() - ROWS.keys() - IN_DECISIONS == {"OB-DELAY", "OB-WARN"}
    assert IN_DECISIONS - said_by_the_core() == set()


def test_no_decision_carries_a_number_that_nobody_explains() -> None:
    assert {each for _, decision in decided() for each in said(decision)} - CARRIED == set()


@needs_shared
def test_the_scenarios_carry_nothing_that_no_example_shows() -> None:
    assert {each for _, decision in decided() for each in said(decision)} - shown().keys() == set()


def test_what_is_reviewed_has_a_reason_that_the_page_lists_with_its_basis() -> None:
    words = words_in("en")
    after = {step.otherwise for step in gates(words)}
    told = {number: {step.otherwise for step in conditions(row, words)} | after for number, row in ROWS.items()}
    reviewed = {
        (str(one.basis), str(one.reason))
        for _, decision in decided()
        for one in decision.elements.values()
        if one.result is Result.REVIEW
    }
    assert reviewed
    missing = [(basis, reason) for basis, reason in reviewed if not any(f"`{reason}`" in each for each in told[basis])]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gates_name_the_bases_that_the_code_names(language: Language) -> None:
    named = {
        "the_category_may_go_there": set(gate_rules._OPENS_JUSTICE),
        "no_informant_is_betrayed": {gate_rules._SUPERVISION},
        "cover_of_all": cover._SUPERVISION | cover._HOUSEHOLD,
        "good_care_allows_it": {number for number, row in ROWS.items() if row.is_duty},
    }
    words = words_in(language)
    assert {gate: numbers_in(words(f"gate.{gate}")) & ROWS.keys() for gate in named} == named


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_place_for_each_number_and_reason(language: Language) -> None:
    page = rules_page(language)
    for each in (*ROWS, *NUMBERS, *Reason):
        anchor = re.sub(r"[^a-z0-9]+", "-", each.lower()).strip("-")
        assert page.count(f'<a id="{anchor}"></a>') == 1, each


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_page_leads_somewhere(language: Language) -> None:
    page = rules_page(language)
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', page))
    assert set(re.findall(r"\(#([^)]+)\)", page)) <= anchors
    files = set(re.findall(r"\(\.\./examples/([^)]+)\)", page))
    assert files
    assert {name for name in files if not (EXAMPLES / name).exists()} == set()


def test_every_word_of_the_page_stands_in_both_languages() -> None:
    poor = {key for key, said in own_words().items() if said.keys() != set(LANGUAGES) or not all(said.values())}
    assert poor == set()


def test_a_test_names_what_lies_outside_the_decision() -> None:
    at_the_door = [number for number, row in NUMBERS.items() if row.standing is Standing.AT_THE_DOOR]
    assert at_the_door
    assert [number for number in (*at_the_door, *OUTSIDE) if not named_by(number)] == []
