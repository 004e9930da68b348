"""What is no plan is told with its place; what is one is read whole, and moves no terminal."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.showing_plan.differences import differences
from gateway.showing_plan.printing import plain_text
from gateway.showing_plan.reading import UnreadableError, read_answer
from gateway.showing_plan.sheet import sheet_of
from gateway.showing_plan.telling import difference_lines
from gateway.showing_plan.words import texts_in
from tests.gateway.showing_plan.answers import DAY, answer, element, plan

FOLLOWS = ("gaps", "households", "team", "coordinators", "family", "version", "mood")
MEMBERS = (
    *(
        "kind",
        "about",
        "form",
        "level",
        "status",
        "stage",
        "period",
        "start",
        "goals",
        "source",
        "organisation",
        "text",
    ),
    *("element", "elements", "gap", "members", "person", "share", "due", "begins_at", "target_date", "household"),
)


@pytest.mark.parametrize("at", ["9999-12-31T23:30:00Z", "morgen", 3, None])
def test_an_answer_of_no_day_here_is_one_without_a_day(at: Any) -> None:
    assert read_answer(orjson.dumps({"plan": plan(element()), "receipt": {"at": at}})).day is None


def test_a_plan_alone_is_read_as_an_answer_is() -> None:
    assert read_answer(orjson.dumps(plan(element()))).elements == answer(element()).elements


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (b"", "not JSON"),
        (b"HTTP/1.1 200 OK\r\n\r\n{}", "without its headers"),
        (b"[" * 1000 + b"]" * 1000, "nested too deeply"),
        (b"[]", "the whole: expected an object"),
        (b"{}", "plan: missing"),
        (b'{"plan": []}', "plan: expected an object"),
        (b'{"plan": {}}', "plan.elements: expected a list"),
        (b'{"elements": 3}', "the plan.elements: expected a list"),
        (b'{"type": "urn:schakel:problem:not-available", "status": 403}', "this is a refusal"),
        (b'{"resourceType": "Patient"}', "no element of a plan in this FHIR"),
        (b'{"resourceType": "Bundle", "entry": {}}', "no element of a plan in this FHIR"),
        (b'{"resourceType": "Bundle", "meta": []}', "not FHIR R4 in JSON"),
    ],
)
def test_what_is_no_plan_is_told_with_its_place(document: bytes, place: str) -> None:
    with pytest.raises(UnreadableError, match=place):
        read_answer(document)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", None),
        ("id", ""),
        ("kind", 3),
        ("text", ["a"]),
        ("status", {}),
        ("life_domain", 1),
        ("about", "milan"),
        ("about", [1]),
        ("goals", {}),
        ("source", ["x"]),
        ("period", "2026"),
    ],
)
def test_an_element_of_another_shape_is_told_with_its_place(member: str, value: Any) -> None:
    with pytest.raises(UnreadableError, match=rf"plan\.elements\[1\]\.{member}: expected"):
        answer(element("e1"), {**element("e2"), member: value})


def test_an_element_that_stands_in_a_plan_twice_is_told() -> None:
    with pytest.raises(UnreadableError, match=r"plan\.elements\[2\]\.id: plan\.elements\[0\] has the same"):
        answer(element("e1"), element("e2"), element("e1"))


def test_another_version_of_the_plan_is_not_taken_for_this_one() -> None:
    with pytest.raises(UnreadableError, match="expected urn:schakel:plan/v1"):
        answer(schema="urn:schakel:plan/v2")


@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\r", "\x9b", "\u202e", "\u2066", "\u2028", "\u200b", "\ufeff"])
def test_no_letter_that_a_terminal_obeys_comes_through(letter: str) -> None:
    newer: dict[str, Any] = {f"new{letter}er": [{"x": letter}]}
    found = answer(element(text=f"a{letter}b", **newer))
    assert not _holds(found.plan, letter)


def test_a_letter_above_the_first_plane_is_shown_with_all_its_digits() -> None:
    (shown,) = [each["text"] for each in answer(element(text="a\U000e0001b")).plan["elements"]]
    assert shown == "a\\U000e0001b"


def _holds(value: Any, letter: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(each, letter) for each in (*value, *value.values()))
    if isinstance(value, list):
        return any(_holds(each, letter) for each in value)
    return isinstance(value, str) and letter in value


def test_lines_and_joined_letters_of_a_text_stay() -> None:
    assert answer(element(text="één\n👩\u200d👧")).elements[0]["text"] == "één\n👩\u200d👧"


def test_a_source_that_gave_less_than_all_is_silent() -> None:
    asked = [{"organisation": name, "status": status} for name, status in (("a", "answered"), ("b", "silent"))]
    assert answer(element(), sources=asked).silent() == ["b"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("a2-T:", max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=3),
    max_leaves=6,
)


@given(one=st.dictionaries(st.sampled_from(MEMBERS), JSON), of_the_plan=st.dictionaries(st.sampled_from(FOLLOWS), JSON))
def test_whatever_stands_in_a_file_is_shown_and_compared_or_told_to_be_no_plan(
    one: dict[str, Any], of_the_plan: dict[str, Any]
) -> None:
    try:
        found = answer(element("e1"), {**element("e2", kind="placement"), **one}, **of_the_plan)
    except UnreadableError:
        return
    texts = texts_in("nl")
    plain_text(sheet_of(found, texts, day=DAY), texts, 60)
    same = answer(element("e1"))
    assert list(difference_lines(differences(same, found), ("a", same), ("b", found), texts))


def test_a_list_of_housemates_that_is_none_is_told_by_its_place() -> None:
    with pytest.raises(UnreadableError, match=r"plan.households\[0\].members: expected a list"):
        answer(element(), households=[{"household": "h1", "members": 5}])


def test_what_had_no_place_is_told_of_fhir_only() -> None:
    assert read_answer(orjson.dumps({"plan": plan(element()), "left": 5})).left == ()


def test_half_a_letter_is_shown_as_what_it_is_and_not_printed() -> None:
    document = orjson.dumps({"plan": plan(element(text="ZZ"))}).replace(b"ZZ", b"\\ud800")
    assert read_answer(document).elements[0]["text"] == "\\ud800"
