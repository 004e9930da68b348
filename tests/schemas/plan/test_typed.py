"""An element holds exactly what its fields say, whoever made it."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from schemas.plan import (
    Activity,
    Appointment,
    BigFive,
    Element,
    Evaluation,
    Goal,
    Measured,
    OwnWords,
    Period,
    RelianceDomain,
    SafetyAgreement,
    SelfReliance,
    holds_its_types,
    renamed,
    source_holds,
)
from tests.schemas.plan.make import DAY, NOW, SOURCE, element, several
from tests.thoroughness import examples

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - of no zone is the point
ZRM = element(SelfReliance, "z", domain=RelianceDomain.HOUSING, score=3)


def held(element: Element) -> bool:
    return holds_its_types(element) and source_holds(element.source)


@settings(max_examples=examples(40), deadline=None)
@given(several())
def test_whatever_the_types_allow_is_held(elements: list[Element]) -> None:
    assert all(map(held, elements))


@settings(max_examples=examples(40), deadline=None)
@given(several())
def test_a_renamed_element_is_the_same_but_for_its_id_and_goals(elements: list[Element]) -> None:
    for each in elements:
        before = repr(each), each.text, each.handling
        assert renamed(each, "anders", ["doel"]) == replace(each, id="anders", goals=("doel",))
        assert (repr(each), each.text, each.handling) == before


@pytest.mark.parametrize(
    ("whole", "wrong"),
    [
        (ZRM, {"score": 0}),
        (ZRM, {"score": 6}),
        (ZRM, {"score": True}),
        (ZRM, {"score": 3.0}),
        (ZRM, {"domain": "housing"}),
        (element(Evaluation, "e", measure=Measured.OTHER), {"score": Decimal("NaN")}),
        (element(Evaluation, "e", measure=Measured.OTHER), {"score": 1.5}),
        (element(Evaluation, "e", measure=Measured.OTHER), {"measure": None}),
        (element(BigFive, "b", pillar="living", arranged="open"), {}),
        (element(Activity, "a"), {"referrer_told_on": NOW}),
        (element(Activity, "a"), {"stage": "stopped-early"}),
        (element(OwnWords, "o"), {"speaker": 1}),
        (element(SafetyAgreement, "s"), {"steps": ["bellen"]}),
        (element(SafetyAgreement, "s"), {"steps": ("bellen", None)}),
        (element(Goal, "g"), {"target_date": datetime(2026, 1, 1)}),  # noqa: DTZ001 - of the wrong type is the point
        (element(Goal, "g"), {"about": "sem"}),
        (element(Goal, "g"), {"text": DAY}),
        (element(Goal, "g"), {"about": ()}),
        (element(Goal, "g"), {"about": ("sem", "moeder")}),
        (element(Goal, "g"), {"about": ("sem", "sem")}),
        (element(Goal, "g"), {"period": Period("2026", None)}),  # type: ignore[arg-type] # on purpose
        (element(Goal, "g"), {"period": Period(NOW, None)}),
        (element(Goal, "g"), {"source": replace(SOURCE, record={"reference": "Patient/1"})}),  # type: ignore[arg-type] # idem
        (element(Goal, "g"), {"source": replace(SOURCE, system=["a"])}),  # type: ignore[arg-type] # idem
        (element(Goal, "g"), {"source": replace(SOURCE, version=1.5)}),  # type: ignore[arg-type] # idem
        (element(Goal, "g"), {"source": replace(SOURCE, retrieved_at="gisteren")}),  # type: ignore[arg-type] # idem
        (element(Goal, "g"), {"source": replace(SOURCE, retrieved_at=NAIVE)}),
        (element(Appointment, "a"), {"begins_at": NAIVE}),
        (element(Evaluation, "e", measure=Measured.OTHER), {"score": Decimal("1E+30000000")}),
        (element(Evaluation, "e", measure=Measured.OTHER), {"lowest": Decimal("1E-31")}),
        (element(Evaluation, "e", measure=Measured.OTHER), {"highest": Decimal("1" * 31)}),
    ],
)
def test_another_type_is_not(whole: Element, wrong: dict[str, Any]) -> None:
    assert not held(replace(whole, **wrong))


def test_a_thing_that_is_no_element_is_not() -> None:
    class Own(Goal):
        """A kind that the plan does not know."""

    assert not holds_its_types(element(Own, "g"))
    assert not holds_its_types(object())
