"""Within v1 of the plan nothing that a reader relies on is taken away: the schema of each version holds the next."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.plan_json import VERSION, json_schema
from tests.schemas.plan.compatibility import broken

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"
KEPT = {path.name.removesuffix(".schema.json"): path for path in (REFERENCE / "plan").glob("*.schema.json")}

Schema = dict[str, Any]


def _kept(version: str) -> Schema:
    schema: Schema = orjson.loads(KEPT[version].read_bytes())
    return schema


def _today() -> Schema:
    schema: Schema = orjson.loads(orjson.dumps(json_schema()))
    return schema


@pytest.mark.parametrize("version", sorted(KEPT))
def test_the_schema_of_today_keeps_what_each_kept_one_promised(version: str) -> None:
    assert list(broken(_kept(version), _today())) == []


def test_the_first_version_is_kept() -> None:
    assert {"1.0", VERSION} <= KEPT.keys()


def test_a_schema_that_has_changed_has_a_new_version() -> None:
    assert _today() == _kept(VERSION), (
        "raise VERSION in schemas/plan_json.py and keep `schakel schema` beside the others"
    )


def test_the_newest_version_is_the_one_that_is_printed() -> None:
    assert max(KEPT, key=lambda name: tuple(map(int, name.split(".")))) == VERSION


def test_the_page_of_versions_names_each_kept_schema() -> None:
    page = (REFERENCE / "plan-versions.md").read_text(encoding="utf-8")
    assert [name for name in sorted(KEPT) if f"(plan/{name}.schema.json)" not in page] == []


def _without_a_member(schema: Schema) -> None:
    del schema["$defs"]["activity-element"]["properties"]["stage"]


def _without_a_kind(schema: Schema) -> None:
    schema["properties"]["elements"]["items"]["oneOf"].pop()


def _with_a_narrower_type(schema: Schema) -> None:
    schema["$defs"]["goal-element"]["properties"]["progress"] = {"type": "null"}


def _with_a_wider_type(schema: Schema) -> None:
    schema["$defs"]["goal-element"]["properties"]["id"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _with_a_condition(schema: Schema) -> None:
    schema["$defs"]["goal-element"]["properties"]["id"]["maxLength"] = 10


def _with_a_new_duty(schema: Schema) -> None:
    schema["required"].append("gaps")


def _without_a_guarantee(schema: Schema) -> None:
    schema["$defs"]["goal-element"]["required"].remove("source")


def _without_a_word(schema: Schema) -> None:
    schema["$defs"]["Status"]["enum"].remove("on-hold")


def _without_a_choice_of_types(schema: Schema) -> None:
    schema["$defs"]["goal-element"]["properties"]["text"]["anyOf"].pop()


@pytest.mark.parametrize(
    "change",
    [
        _without_a_member,
        _without_a_kind,
        _with_a_narrower_type,
        _with_a_wider_type,
        _with_a_condition,
        _with_a_new_duty,
        _without_a_guarantee,
        _without_a_word,
        _without_a_choice_of_types,
    ],
)
def test_a_change_that_a_reader_would_feel_is_seen(change: Callable[[Schema], None]) -> None:
    changed = deepcopy(_kept("1.0"))
    change(changed)
    assert list(broken(_kept("1.0"), changed))


def test_new_members_kinds_and_words_are_no_break() -> None:
    changed = deepcopy(_kept("1.0"))
    changed["$defs"]["new-element"] = {"type": "object", "required": ["kind"]}
    changed["properties"]["elements"]["items"]["oneOf"].append({"$ref": "#/$defs/new-element"})
    changed["$defs"]["goal-element"]["properties"]["new"] = {"type": "string", "maxLength": 3}
    changed["$defs"]["Status"]["enum"].append("new")
    assert list(broken(_kept("1.0"), changed)) == []
