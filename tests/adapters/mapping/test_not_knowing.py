"""Not knowing never opens: what cannot be read makes an element smaller or makes none."""

from dataclasses import replace
from typing import Any, Final

import pytest

from adapters.mapping.paths import MAX_ITEMS
from schemas.words import Category
from tests.adapters import make

GUARDED = [
    ("to: handling.told_in_confidence, from: X, as: boolean J/N", "j"),
    ("to: handling.told_in_confidence, from: X, as: boolean J/N", ""),
    ("to: handling.told_in_confidence, from: X, as: boolean J/N", None),
    ("to: handling.told_in_confidence, from: X, as: boolean J/N", ["J"]),
    ("to: handling.good_care_veto, from: X, as: boolean J/N", "misschien"),
    ("to: handling.restricted, from: X, as: boolean J/N", {"code": "N"}),
    ("to: handling.told_by, from: X, as: word", "buurvrouw"),
    ("to: handling.confidential_from, from: X, as: list ; person", f"{make.VADER};999990044"),
]


@pytest.mark.parametrize(("rule", "given"), GUARDED)
def test_a_flag_that_cannot_be_read_makes_no_element(rule: str, given: Any) -> None:
    mapped = make.read(make.goal(rule), make.row(X=given))
    assert not mapped.elements
    assert any(path == "X" and "the element is not made" in why for path, why in make.whys(mapped))


def test_an_empty_flag_has_the_value_that_the_mapping_says_and_an_unknown_one_has_none() -> None:
    loaded = make.goal('to: handling.told_in_confidence, from: X, as: boolean J/N, default: "false"')
    assert not make.only(loaded, make.row(X=" ")).handling.told_in_confidence
    assert not make.read(loaded, make.row(X="?")).elements


def test_one_yes_among_several_flags_is_a_yes() -> None:
    loaded = make.goal(
        "to: handling.restricted, from: X, as: boolean J/N",
        "to: handling.restricted, from: Y, as: boolean J/N",
    )
    assert make.only(loaded, make.row(X="N", Y="J")).handling.restricted
    assert make.only(loaded, make.row(X="J", Y="N")).handling.restricted
    assert not make.only(loaded, make.row(X="N", Y="N")).handling.restricted


@pytest.mark.parametrize("fields", [{"BSN": "999990044"}, {"BSN": ""}, {"BSN": None}, {"OP": "gisteren"}, {"OP": ""}])
def test_who_and_when_must_be_known(fields: dict[str, Any]) -> None:
    assert not make.read(make.goal(), make.row(**fields)).elements


@pytest.mark.parametrize("code", ["d", "Q", "GOALS"])
def test_an_unknown_category_makes_no_element_and_the_default_does_not_help(code: str) -> None:
    mapped = make.read(make.goal(), make.row(SOORT=code))
    assert not mapped.elements
    assert ("SOORT", "goal rule 2: unknown code for `soort`; the element is not made") in make.whys(mapped)


def test_an_unknown_regime_is_no_regime() -> None:
    element = make.only(make.goal("to: regime, from: R, as: code regime"), make.row(R="Q"))
    assert element.regime is None


def test_an_unknown_status_is_said_to_be_unknown() -> None:
    mapped = make.read(make.goal("to: status, from: S, as: code status"), make.row(S="Q"))
    assert mapped.elements[0].status == "unknown"
    assert make.whys(mapped) == [("S", "goal rule 4: unknown code for `status`")]


def test_a_code_for_which_the_plan_has_no_word_is_listed() -> None:
    mapped = make.read(make.goal("to: status, from: S, as: code status"), make.row(S="X"))
    assert make.whys(mapped) == [("S", "goal rule 4: the plan has no word for this code of `status`")]


def test_told_in_confidence_by_somebody_else_is_a_contradiction_and_makes_no_element() -> None:
    loaded = make.goal("to: handling.told_in_confidence, value: 'true'", "to: handling.told_by, value: parent")
    assert not make.read(loaded, make.row()).elements


def test_two_records_of_one_id_that_differ_are_both_left_out() -> None:
    loaded = make.goal('to: handling.told_in_confidence, from: X, as: boolean J/N, default: "false"')
    mapped = make.read(loaded, make.row(X="J"), make.row(X=""))
    assert not mapped.elements
    assert ("", "two different records have one id; neither is used") in make.whys(mapped)


def test_one_record_twice_is_one_record() -> None:
    assert len(make.read(make.goal(), make.row(), make.row()).elements) == 1


def test_a_number_that_two_persons_have_names_nobody() -> None:
    family = make.FAMILY | {"tweeling": make.SEM}
    leave = make.permit(about=("sem", "tweeling"), family=family)
    assert not make.read(make.goal(), make.row(), leave=leave).elements


def test_several_categories_at_once_are_none() -> None:
    loaded = make.goal()
    text = loaded.kinds["doelen"]
    assert text.makers
    mapped = make.read(
        make.mapping("""
tables:
  soort: [{source: D, target: goals, match: equal}, {source: G, target: health, match: equal}]
records:
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        rules:
          - {to: about, from: BSN, as: person}
          - {to: category, from: "SOORT*", as: code soort}
          - {to: handling.created_on, from: OP, as: date dd-mm-jjjj}
"""),
        make.row(SOORT=["D", "G"]),
    )
    assert not mapped.elements


def test_what_was_not_asked_is_dropped_and_listed() -> None:
    leave = make.permit(categories=frozenset({Category.HEALTH}))
    mapped = make.read(make.goal(), make.row(), leave=leave)
    assert not mapped.elements
    assert ("", "goal: not asked") in make.whys(mapped)


def test_a_category_counts_only_for_the_person_it_was_asked_about() -> None:
    leave = replace(make.permit(), categories={"moeder": frozenset(Category)})
    assert not make.read(make.goal(), make.row(), leave=leave).elements
    assert make.read(make.goal(), make.row(BSN=make.MOEDER), leave=leave).elements


def test_a_goal_that_was_not_asked_is_not_even_linked_to() -> None:
    loaded = make.goal("to: goals, from: DOEL, as: element of doelen")
    leave = make.permit(categories=frozenset({Category.HEALTH}))
    mapped = make.read(loaded, make.row(SOORT="G", DOEL="18"), make.row(ID="18"), leave=leave)
    assert [each.goals for each in mapped.elements] == [()]


def test_what_is_absent_fits_only_where_the_mapping_says_so() -> None:
    loaded = make.goal("to: text, from: TEKST, when: NIET is N or absent")
    assert make.only(loaded, make.row(TEKST="x")).text == "x"
    assert make.only(loaded, make.row(TEKST="x", NIET=" ")).text == "x"
    assert make.only(loaded, make.row(TEKST="x", NIET="J")).text is None
    assert make.only(loaded, make.row(TEKST="x", NIET=["N"])).text is None
    assert make.only(make.goal("to: text, from: TEKST, when: NIET is N"), make.row(TEKST="x")).text is None


def test_the_first_date_that_is_there_says_when_it_was_written() -> None:
    loaded = make.goal("to: handling.created_on, from: VERSIE_OP, as: day-with-zone")
    assert make.only(loaded, make.row(VERSIE_OP="2026-02-20")).handling.created_on == "2026-02-10"
    assert make.only(loaded, make.row(OP=None, VERSIE_OP="2026-02-20")).handling.created_on == "2026-02-20"
    assert not make.read(loaded, make.row(OP="?", VERSIE_OP="2026-02-20")).elements


TWO_CATEGORIES = """
tables:
  soort: [{source: D, target: goals, match: equal}, {source: G, target: health, match: equal}]
records:
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        rules:
          - {to: about, from: BSN, as: person}
          - {to: category, from: A, as: code soort}
          - {to: category, from: B, as: code soort}
          - {to: handling.created_on, from: OP, as: date dd-mm-jjjj}
          - {to: text, from: TEKST}
"""


def test_two_rules_that_disagree_about_the_category_make_no_element() -> None:
    loaded = make.mapping(TWO_CATEGORIES)
    assert make.only(loaded, make.row(A="D", B="D")).category is Category.GOALS
    assert make.only(loaded, make.row(B="G")).category is Category.HEALTH
    assert not make.read(loaded, make.row(A="D", B="G")).elements


def test_a_category_that_one_rule_reads_twice_is_not_settled_by_another_rule() -> None:
    loaded = make.mapping(TWO_CATEGORIES.replace("from: A,", 'from: "A*",'))
    assert make.only(loaded, make.row(A=["D"], B="D")).category is Category.GOALS
    assert not make.read(loaded, make.row(A=["D", "G"], B="D")).elements
    assert not make.read(loaded, make.row(A=["D", "G"])).elements


def test_a_list_of_more_items_than_are_looked_at_is_not_read() -> None:
    loaded = make.mapping(TWO_CATEGORIES.replace("from: A,", 'from: "A*",'))
    assert make.only(loaded, make.row(A=["D"] * MAX_ITEMS)).category is Category.GOALS
    mapped = make.read(loaded, make.row(A=["D"] * (MAX_ITEMS + 1)))
    assert not mapped.elements
    assert any(f"more than {MAX_ITEMS} items" in why for _, why in make.whys(mapped))


def test_half_a_character_is_no_text_and_no_id() -> None:
    loaded = make.mapping(TWO_CATEGORIES)
    mapped = make.read(loaded, make.row(A="D", TEKST="half \ud800"))
    assert [each.text for each in mapped.elements] == [None]
    assert ("TEKST", "goal rule 5: half a character") in make.whys(mapped)
    assert loaded.record("doelen", make.row(ID="half \ud800"), make.NOW) is None


OF_A_CLIENT: Final = """
records:
  - {kind: clienten, id: NR}
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        rules:
          - {to: about, from: CLIENT, as: person via clienten}
          - {to: category, value: goals}
          - {to: handling.created_on, from: OP, as: date dd-mm-jjjj}
"""
STRANGER: Final = "999990044"
"""Nobody's of the family, so perhaps of another."""


def made_of(persons: str, client: dict[str, Any]) -> int:
    """Return how many goals are made of one that points at a client, whom `persons` explains."""
    loaded = make.mapping(f"{persons}{OF_A_CLIENT}")
    records = [make.record({"NR": "5", **client}, "clienten", "5"), make.record(make.row(CLIENT=5))]
    return len(loaded.map(records, make.permit(about=("sem", "moeder")), "noord").elements)


@pytest.mark.parametrize(
    ("numbers", "made"),
    [
        ([make.SEM], 1),
        ([make.SEM, make.SEM], 1),
        ([make.SEM, make.MOEDER], 0),
        ([STRANGER], 0),
        ([make.SEM, STRANGER], 0),
    ],
)
def test_a_record_with_the_numbers_of_two_persons_explains_nobody(numbers: list[str], made: int) -> None:
    persons = """
persons:
  - {record: clienten, from: "BSN*", as: person}"""
    assert made_of(persons, {"BSN": numbers}) == made


@pytest.mark.parametrize(
    ("numbers", "why"),
    [([make.SEM, STRANGER], "names two persons"), ([STRANGER], "person unknown"), ([], "person unknown")],
)
def test_why_a_record_explains_nobody_is_left_over(numbers: list[str], why: str) -> None:
    loaded = make.mapping(f"""
persons:
  - {{record: clienten, from: "BSN*", as: person}}{OF_A_CLIENT}""")
    records = [make.record({"NR": "5", "BSN": numbers}, "clienten", "5")]
    assert ("BSN*", why) in make.whys(loaded.map(records, make.permit(), "noord"))


@pytest.mark.parametrize(
    ("other", "made"), [(None, 1), ("", 1), ("  ", 1), (make.SEM, 1), (make.MOEDER, 0), (STRANGER, 0), ({"nr": "5"}, 0)]
)
def test_a_record_that_two_rules_explain_as_two_persons_explains_nobody(other: Any, made: int) -> None:
    persons = """
persons:
  - {record: clienten, from: BSN, as: person}
  - {record: clienten, from: ANDER, as: person}"""
    assert made_of(persons, {"BSN": make.SEM, "ANDER": other}) == made
    assert made_of(persons, {"BSN": other, "ANDER": make.SEM}) == made
