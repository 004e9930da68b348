from typing import Any

import pytest

from tests.adapters import make


def test_a_field_that_no_rule_reads_is_listed_and_an_empty_one_is_not() -> None:
    mapped = make.read(make.goal(), make.row(NIEUW="iets", LEEG="  ", NIETS=None, LIJST=[]))
    assert make.whys(mapped) == [("NIEUW", "not in the mapping")]


def test_a_field_that_is_ignored_with_a_reason_is_not_listed() -> None:
    loaded = make.goal(extra="    ignore: [{from: NIEUW, because: niet nodig}]")
    assert not make.read(loaded, make.row(NIEUW={"a": ["b"]})).leftovers


def test_members_and_items_below_are_listed_at_their_own_path() -> None:
    loaded = make.goal("to: text, from: a.tekst", 'to: progress, from: "b*.tekst", as: lines')
    content = make.row(a={"tekst": "x", "meer": {"nog": 1}}, b=[{"tekst": "y", "op": 2}, {"op": 3}])
    assert make.whys(make.read(loaded, content)) == [
        ("a.meer", "not in the mapping"),
        ("b*.op", "not in the mapping"),
    ]


def test_a_record_that_no_element_takes_has_its_fields_listed() -> None:
    loaded = make.mapping("""
records:
  - kind: doelen
    id: ID
    elements:
      - kind: goal
        when: SOORT is D or E
        rules:
          - {to: about, from: BSN, as: person}
          - {to: category, value: goals}
          - {to: handling.created_on, from: OP, as: date dd-mm-jjjj}
    ignore: [{from: V, because: proef}]
""")
    assert not make.read(loaded, make.row(SOORT="E")).leftovers
    mapped = make.read(loaded, make.row(SOORT="Z"))
    assert not mapped.elements
    assert [path for path, _ in make.whys(mapped)] == ["BSN", "OP", "SOORT"]


def test_a_rule_that_did_not_count_does_not_cover_its_field() -> None:
    loaded = make.goal("to: text, from: TEKST, when: SOORT is D", "to: progress, from: SOORT")
    assert not make.read(loaded, make.row(SOORT="D", TEKST="x")).leftovers
    assert make.whys(make.read(loaded, make.row(SOORT="G", TEKST="x"))) == [("TEKST", "not in the mapping")]


def test_a_kind_of_record_that_is_not_mapped_is_listed() -> None:
    mapped = make.goal().map([make.record({"a": 1}, kind="Onbekend")], make.permit(), "noord")
    assert [(each.record_kind, each.why) for each in mapped.leftovers] == [
        ("Onbekend", "this kind of record is not in the mapping")
    ]


def test_a_second_value_for_one_field_is_listed_and_the_first_counts() -> None:
    loaded = make.goal("to: text, from: A", "to: text, from: B")
    mapped = make.read(loaded, make.row(A="een", B="twee"))
    assert mapped.elements[0].text == "een"
    assert make.whys(mapped) == [("B", "goal rule 5: another rule has filled `text`")]
    assert not make.read(loaded, make.row(A="een", B="een")).leftovers
    assert make.only(loaded, make.row(B="twee")).text == "twee"


def test_several_texts_for_one_field_are_none_unless_the_rule_says_lines() -> None:
    mapped = make.read(make.goal('to: text, from: "A*"'), make.row(A=["een", "twee"]))
    assert mapped.elements[0].text is None
    assert make.whys(mapped) == [("A*", "goal rule 4: several values where one fits")]
    assert make.only(make.goal('to: text, from: "A*", as: lines'), make.row(A=["een", "twee"])).text == "een\ntwee"


def test_a_text_that_is_cut_is_listed() -> None:
    mapped = make.read(make.goal("to: text, from: A, as: text max 3"), make.row(A="abcd"))
    assert make.whys(mapped) == [("A", "goal rule 4: longer than 3, cut there")]


@pytest.mark.parametrize("name", ["Jan de Vries", "999990019", "a" * 41, "geheim!", "x1234567", ""])
def test_a_name_that_may_be_a_value_is_not_shown(name: str) -> None:
    mapped = make.read(make.goal(), make.row(**{name: "iets"}))
    assert make.whys(mapped) == [("?", "not in the mapping")]


def test_an_answer_full_of_nonsense_is_listed_up_to_a_limit() -> None:
    records = [make.record({"a": 1}, kind=f"K{chr(65 + n % 26)}{chr(65 + n // 26)}") for n in range(650)]
    content: dict[str, Any] = {f"x{chr(97 + n % 26)}{chr(97 + n // 26)}": 1 for n in range(650)}
    mapped = make.goal().map([*records, make.record(make.row(**content))], make.permit(), "noord")
    assert len(mapped.leftovers) == 1_001
    assert mapped.leftovers[-1].why == "more than 1000 places; the rest is not listed"
