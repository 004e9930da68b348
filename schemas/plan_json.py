"""The plan as plain JSON values and as a JSON Schema; both follow from the dataclasses in `schemas.plan`."""

from dataclasses import asdict, fields
from typing import Any, Final

from schemas.plan import KINDS, Element, Period, Plan, TeamMember

SCHEMA_ID: Final = "urn:schakel:plan/v1"

_OPEN: Final = Period()
_NEVER_SHOWN: Final = frozenset({"handling"})
_SHOWN: Final = {
    kind: tuple(each.name for each in fields(kind) if each.name not in _NEVER_SHOWN) for kind in KINDS.values()
}


def element_json(element: Element) -> dict[str, Any]:
    """Return `element` as a mapping for orjson: its kind first, what it does not have left out.

    Dates, enumerations and the nested source and period are left to orjson, which writes them as JSON.
    """
    shown: dict[str, Any] = {"kind": element.kind}
    for name in _SHOWN[type(element)]:
        value = getattr(element, name)
        if value is None or value == () or (type(value) is Period and value == _OPEN):
            continue
        shown[name] = value
    return shown


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return `plan` as a mapping for orjson."""
    return {
        "schema": SCHEMA_ID,
        "family": plan.family,
        "coordinators": [_member_json(each) for each in plan.coordinators],
        "team": [_member_json(each) for each in plan.team],
        "elements": [element_json(each) for each in plan.elements],
    }


def _member_json(member: TeamMember) -> dict[str, Any]:
    return {name: value for name, value in asdict(member).items() if value is not None}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `plan_json` gives, for integrators and editors."""
    # Imported here: only `schakel schema` and the tests need pydantic's generator.
    from pydantic import TypeAdapter  # noqa: PLC0415

    kinds: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for word, kind in KINDS.items():
        schema = TypeAdapter(kind).json_schema(ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        kinds[word] = _shown_schema(word, kind, schema)
    member = TypeAdapter(TeamMember).json_schema(ref_template="#/$defs/{model}")
    definitions |= member.pop("$defs", {})
    definitions.pop("Handling", None)
    definitions |= {f"{word}-element": schema for word, schema in kinds.items()}
    definitions["TeamMember"] = member | {"required": ["element", "period"], "additionalProperties": False}
    members = {"type": "array", "items": {"$ref": "#/$defs/TeamMember"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "One family, one plan",
        "description": "The shared plan as one requester may see it: every element with its source.",
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA_ID},
            "family": {"type": "array", "items": {"type": "string"}},
            "coordinators": members,
            "team": members,
            "elements": {"type": "array", "items": {"oneOf": [{"$ref": f"#/$defs/{word}-element"} for word in kinds]}},
        },
        "required": ["schema", "family", "coordinators", "team", "elements"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _shown_schema(word: str, kind: type[Element], schema: dict[str, Any]) -> dict[str, Any]:
    shown = {name: schema["properties"][name] for name in _SHOWN[kind]}
    return schema | {
        "title": f"Element of kind {word}",
        "properties": {"kind": {"const": word}, **shown},
        "required": ["kind", *(name for name in schema["required"] if name not in _NEVER_SHOWN)],
        "additionalProperties": False,
    }
