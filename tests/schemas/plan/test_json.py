"""A plan in JSON: every kind by its fields, decimals with their digits, and nothing that is not there."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from schemas.plan import KINDS, Element, Evaluation, FamilyHousehold, Gap, Housemate, Measured, Missing, Plan
from schemas.plan_json import VERSION, decimal_text, element_json, json_schema, plan_json
from tests.schemas.plan.make import element, several
from tests.thoroughness import examples

SCHEMA = json_schema()


def written(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


@pytest.mark.parametrize("text", ["1.10", "-2", "0", "0.000000000001", "100"])
def test_a_decimal_keeps_the_digits_of_its_source(text: str) -> None:
    told = written(element_json(element(Evaluation, "e", measure=Measured.GOAL_ATTAINMENT, score=Decimal(text))))
    assert told["score"] == text


def test_a_decimal_is_written_without_an_exponent() -> None:
    assert decimal_text(Decimal("1E+2")) == "100"


@settings(max_examples=examples(50), deadline=None)
@given(several())
def test_every_element_has_the_members_of_the_schema_and_no_others(elements: list[Element]) -> None:
    for each in elements:
        told = written(element_json(each))
        schema = SCHEMA["$defs"][f"{each.kind}-element"]
        assert told["kind"] == each.kind
        assert told.keys() <= schema["properties"].keys()
        assert told.keys() | {"regime"} >= set(schema["required"])
        assert None not in told.values()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_schema_has_every_field_of_a_kind_but_its_handling(kind: type[Element]) -> None:
    shown = SCHEMA["$defs"][f"{kind.kind}-element"]["properties"].keys() - {"kind"}
    assert shown == {each.name for each in fields(kind)} - {"handling"}


def test_a_plan_says_its_version_its_households_and_its_gaps() -> None:
    member = Housemate("sem", None, "h1")
    plan = Plan(
        family=("sem",),
        coordinators=(),
        team=(),
        elements=(),
        households=(FamilyHousehold("h-7", "ggz-west", "dossier", (member,)),),
        gaps=(Gap(Missing.NO_COORDINATOR, ("sem",), ()),),
    )
    told = written(plan_json(plan))
    assert told["version"] == VERSION
    assert told["households"] == [
        {
            "household": "h-7",
            "organisation": "ggz-west",
            "system": "dossier",
            "members": [{"person": "sem", "element": "h1"}],
        }
    ]
    assert told["gaps"] == [{"gap": "no-coordinator", "about": ["sem"], "elements": []}]
    assert told.keys() == SCHEMA["properties"].keys()
