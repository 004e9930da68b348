"""What differs between two answers, element by element and field by field."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.showing_plan.differences import FieldChange, differences
from gateway.showing_plan.reading import Answer, read_answer
from gateway.showing_plan.telling import difference_lines
from gateway.showing_plan.words import texts_in
from tests.gateway.showing_plan.answers import SOURCE, answer, element, plan

MEMBERS = st.dictionaries(st.sampled_from(["text", "progress", "role"]), st.text("ab", max_size=2))
ELEMENTS = st.dictionaries(st.sampled_from(["e1", "e2", "e3"]), MEMBERS)


def of(elements: dict[str, dict[str, Any]]) -> Answer:
    return answer(*(element(name, **members) for name, members in elements.items()))


def lines(old: Answer, new: Answer, language: Any = "en") -> list[str]:
    return list(difference_lines(differences(old, new), ("old", old), ("new", new), texts_in(language)))


def test_what_came_went_and_changed_is_told_apart() -> None:
    old = answer(element("e1", text="a"), element("e2", text="b"), element("e3"))
    new = answer(element("e2", text="c"), element("e3"), element("e4"))
    found = differences(old, new)
    assert [each["id"] for each in found.came] == ["e4"]
    assert [each["id"] for each in found.went] == ["e1"]
    assert [(each.element["id"], each.fields) for each in found.changed] == [("e2", (FieldChange("text", "b", "c"),))]


def test_members_of_members_are_compared_one_by_one_and_those_of_a_newer_version_too() -> None:
    old = answer(element(period={"start": "2026-01-01"}, x={"y": 1}))
    new = answer(element(period={"start": "2026-01-01", "end": "2026-02-01"}, x={"y": 2}))
    [changed] = differences(old, new).changed
    assert changed.fields == (FieldChange("period.end", None, "2026-02-01"), FieldChange("x.y", 1, 2))


def test_when_it_was_fetched_is_no_difference_and_the_version_at_its_source_is() -> None:
    later = {**SOURCE, "retrieved_at": "2026-11-27T10:00:00Z"}
    assert not differences(answer(element()), answer(element(source=later)))
    assert differences(answer(element()), answer(element(source={**later, "version": "2"})))


def test_the_terms_on_which_an_element_may_be_seen_are_compared() -> None:
    old, new = (answer(element(), released={"e1": {"basis": basis}}) for basis in ("LB-01", "LB-07"))
    [changed] = differences(old, new).changed
    assert changed.fields == (FieldChange("released.basis", "LB-01", "LB-07"),)


def test_what_follows_from_elements_is_compared_and_nothing_equals_an_empty_list() -> None:
    old = Answer(plan(element()) | {"gaps": None})
    assert not differences(old, answer(element()))
    gap = {"gap": "no-coordinator", "about": ["milan"], "elements": []}
    assert [each.path for each in differences(old, answer(element(), gaps=[gap])).plan] == ["gaps"]


@given(ELEMENTS, ELEMENTS)
def test_a_difference_is_none_for_the_same_and_turns_round_with_its_sides(
    one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]
) -> None:
    there, back = differences(of(one), of(other)), differences(of(other), of(one))
    assert bool(there) is (one != other)
    assert there.came == back.went
    assert {(each.element["id"], one.path, one.old) for each in there.changed for one in each.fields} == {
        (each.element["id"], one.path, one.new) for each in back.changed for one in each.fields
    }


def test_that_something_is_gone_is_not_told_as_its_end() -> None:
    told = lines(answer(element(text="Rust")), answer())
    assert told[0] == "- goal: Rust, de-waard [e1]"
    assert told[-1].startswith("No longer to be seen does not mean that it ended.")


def test_a_source_that_was_silent_is_named_as_another_reason() -> None:
    silent = [{"organisation": "de-waard", "status": "silent"}]
    assert "new" in lines(answer(element()), answer(sources=silent))[-1]
    assert "de-waard" in lines(answer(element()), answer(sources=silent))[-1]


def test_each_change_stands_on_one_line_in_the_words_of_the_plan() -> None:
    told = lines(answer(element(status="active")), answer(element(status="on-hold", progress="a\nb")), "nl")
    assert told[1:3] == ["    hoe het staat: “loopt” → “ligt stil”", "    hoe het gaat: niets → “a↵b”"]


def test_two_that_say_the_same_are_told_as_that_and_no_more() -> None:
    assert lines(answer(element()), answer(element())) == ["Both say the same."]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.50", "1.5"),
        ("0.123456789012345678901", "0.123456789012345678902"),
        ("1", "true"),
        ("1", "1.0"),
        ("[0]", "[false]"),
    ],
)
def test_what_a_program_may_hold_for_equal_is_a_difference(one: str, other: str) -> None:
    written = orjson.dumps({"plan": plan(element(score=7))}).decode()
    old, new = (read_answer(written.replace('"score":7', f'"score":{each}').encode()) for each in (one, other))
    assert not differences(old, old)
    [changed] = differences(old, new).changed
    assert [each.path for each in changed.fields] == ["score"]


def test_a_gap_that_is_told_twice_is_a_difference() -> None:
    gap = {"gap": "no-coordinator", "about": ["milan"], "elements": []}
    found = differences(answer(element(), gaps=[gap]), answer(element(), gaps=[gap, gap]))
    assert found.plan == (FieldChange("gaps", None, gap),)


def test_a_line_in_the_name_of_a_source_begins_no_line_of_its_own() -> None:
    silent = [{"organisation": "de-waard\n+ goal: made up", "status": "silent"}]
    assert not any("\n" in each for each in lines(answer(element()), answer(sources=silent)))
