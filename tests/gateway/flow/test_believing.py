"""What of a source's answer is believed, and what can be written: each element by itself, whatever others share."""

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.flow.believing import Believing, writable
from schemas.permits import Permit
from schemas.plan import Appointment, Element, Goal, Handling
from schemas.plan_json import decimal_text
from schemas.words import Category, RecordSource
from tests.schemas.plan.make import HANDLING, SOURCE, element, several
from tests.thoroughness import examples

HALF = "half \ud83d"
PERMIT = Permit(
    request_id="vraag",
    holder=SOURCE.organisation,
    system=SOURCE.system,
    categories={"sem": frozenset({Category.GOALS})},
    identifiers={"sem": "999990019"},
    family={"sem": "999990019", "moeder": "999990020", "vader": "999990032"},
)


def fits(each: Element) -> bool:
    try:
        orjson.dumps(each, default=decimal_text)
    except orjson.JSONEncodeError:
        return False
    return True


def broken(each: Element, name: str) -> Element:
    """Return `each` with half a character in the field `name`, where it holds a text or several."""
    value: Any = getattr(each, name)
    if type(value) not in {str, tuple}:
        return each
    change: dict[str, Any] = {name: HALF if type(value) is str else (*value, HALF)}
    return replace(each, **change)


@settings(max_examples=examples(60), deadline=None)
@given(several(), st.data())
def test_what_can_be_written_is_what_json_can_hold_whole(elements: list[Element], data: st.DataObject) -> None:
    given_ = []
    for each in elements:
        name = data.draw(st.sampled_from([field.name for field in fields(each)]))
        given_.append(broken(each, name) if data.draw(st.booleans()) else each)
    assert writable(given_) == [each for each in given_ if fits(each)]


@pytest.mark.parametrize(
    "odd",
    [
        element(Goal, "a", source=replace(SOURCE, record=HALF)),
        element(Goal, "a", source=replace(SOURCE, version=HALF)),
        element(Goal, "a", handling=replace(HANDLING, confidential_from=(HALF,))),
        element(Goal, "a", progress=HALF),
        element(Appointment, "a", participants=("sem", HALF)),
    ],
)
def test_half_a_character_anywhere_keeps_one_element_out_and_no_other(odd: Element) -> None:
    whole = element(Goal, "b")
    assert writable([odd, whole]) == [whole]


def test_an_odd_offset_is_written_as_json_writes_it() -> None:
    odd = element(Appointment, "a", begins_at=datetime(2026, 1, 1, tzinfo=timezone(timedelta(seconds=1))))
    assert writable([odd]) == ([odd] if fits(odd) else [])


def test_a_part_that_many_share_is_judged_for_each_as_if_it_were_its_own() -> None:
    told = replace(HANDLING, told_by=RecordSource.PARENT, told_in_confidence=True)
    others = replace(SOURCE, organisation="school")
    elements = [
        element(Goal, "a"),
        element(Goal, "b", handling=told),
        element(Goal, "c", source=others),
        element(Goal, "d", handling=told),
        element(Goal, "e", source=others),
        element(Goal, "f"),
        element(Goal, "g", source=replace(SOURCE, version=7)),  # type: ignore[arg-type] # on purpose
    ]
    believing = Believing(PERMIT, ())
    assert [each.id for each in elements if believing.believes(each)] == ["a", "f"]


def test_a_part_that_is_gone_says_nothing_of_the_next_that_lies_in_its_place() -> None:
    believing, believed = Believing(PERMIT, ()), []
    for number in range(200):
        # Nobody but the element holds its parts, and nobody holds the element.
        well, of_us = number % 2 == 0, number % 3 == 0
        handling = Handling(created_on="2026-11-01" if well else "gisteren")
        source = replace(SOURCE, version="1" if of_us else 1)  # type: ignore[arg-type] # on purpose
        believed.append(believing.believes(element(Goal, str(number), handling=handling, source=source)))
        del handling, source
    assert believed == [number % 6 == 0 for number in range(200)]


@pytest.mark.parametrize("about", [("sem",), ("moeder", "sem"), ("sem", "vader")])
def test_what_was_asked_about_one_of_the_family_is_believed(about: tuple[str, ...]) -> None:
    assert Believing(PERMIT, ()).believes(element(Goal, "a", about=about))


@pytest.mark.parametrize(
    ("about", "category"),
    [
        (("moeder",), Category.GOALS),
        (("sem",), Category.HEALTH),
        (("niemand", "sem"), Category.GOALS),
        (("sem", "zus"), Category.GOALS),
        ((), Category.GOALS),
    ],
)
def test_nothing_else_is(about: tuple[str, ...], category: Category) -> None:
    assert not Believing(PERMIT, ()).believes(element(Goal, "a", about=about, category=category))
