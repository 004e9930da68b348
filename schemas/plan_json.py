"""The plan as plain JSON values and as a JSON Schema; both follow from the dataclasses in `schemas.plan`."""

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

import orjson

from schemas.plan import KINDS, Element, FamilyHousehold, Gap, Period, Plan, TeamMember

SCHEMA_ID: Final = "urn:schakel:plan/v1"
VERSION: Final = "1.1"
"""Of the plan's form. What may change with it, and what never does, stands in `docs/reference/plan-versions.md`."""

_NEVER_SHOWN: Final = frozenset({"handling"})
_DERIVED: Final = {
    "TeamMember": ["element", "period"],
    "FamilyHousehold": ["household", "organisation", "system", "members"],
    "Housemate": ["person", "element"],
    "Gap": ["gap", "about", "elements"],
}
"""What follows from elements, and the members that each always has."""
_SHOWN: Final = {
    kind: tuple(each.name for each in fields(kind) if each.name not in _NEVER_SHOWN) for kind in KINDS.values()
}


def element_json(element: Element) -> dict[str, Any]:
    """Return `element` as a mapping for orjson: its kind first, what it does not have left out.

    Dates, enumerations and the nested source and period are left to orjson, which writes them as JSON. A decimal is a
    text, so that no reader's floating point takes digits away.
    """
    shown: dict[str, Any] = {"kind": element.kind}
    for name in _SHOWN[type(element)]:
        value = getattr(element, name)
        if value is None:
            continue
        held = type(value)
        if (held is tuple and not value) or (held is Period and (value.start or value.end) is None):
            continue
        shown[name] = decimal_text(value) if held is Decimal else value
    return shown


def decimal_text(value: Decimal) -> str:
    """Return `value` with every digit that its source wrote, and no exponent."""
    return format(value, "f")


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return `plan` as a mapping for orjson."""
    return {
        "schema": SCHEMA_ID,
        "version": VERSION,
        "family": plan.family,
        "households": [_household_json(each) for each in plan.households],
        "coordinators": [_told(each) for each in plan.coordinators],
        "team": [_told(each) for each in plan.team],
        "gaps": plan.gaps,
        "elements": _elements_json(plan.elements),
    }


def _elements_json(elements: Iterable[Element]) -> list[dict[str, Any]]:
    # All elements of a record have one source, which is longer than most of what each says: it is written once.
    written: dict[int, orjson.Fragment] = {}
    told = []
    for each in elements:
        shown = element_json(each)
        source = written.get(id(each.source))
        if source is None:
            source = written[id(each.source)] = orjson.Fragment(orjson.dumps(each.source))
        shown["source"] = source
        told.append(shown)
    return told


def _household_json(household: FamilyHousehold) -> dict[str, Any]:
    return _told(household) | {"members": [_told(each) for each in household.members]}


def _told(value: Any) -> dict[str, Any]:
    named = ((each.name, getattr(value, each.name)) for each in fields(value))
    return {name: found for name, found in named if found is not None}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `plan_json` gives, for integrators and editors."""
    # Imported here: only `schakel schema` and the tests need pydantic's generator.
    from pydantic import TypeAdapter  # noqa: PLC0415

    kinds: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for word, kind in KINDS.items():
        schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        kinds[word] = _shown_schema(word, kind, schema)
    for derived in (TeamMember, FamilyHousehold, Gap):
        schema = TypeAdapter(derived).json_schema(mode="serialization", ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        definitions[derived.__name__] = schema
    for name, required in _DERIVED.items():
        definitions[name] |= {"required": required, "additionalProperties": False}
    definitions.pop("Handling", None)
    definitions |= {f"{word}-element": schema for word, schema in kinds.items()}
    members = _array("TeamMember")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "One family, one plan",
        "description": "The shared plan as one requester may see it: every element with its source.",
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA_ID},
            "version": {"type": "string", "pattern": r"^1\.[0-9]+$"},
            "family": {"type": "array", "items": {"type": "string"}},
            "households": _array("FamilyHousehold"),
            "coordinators": members,
            "team": members,
            "gaps": _array("Gap"),
            "elements": {"type": "array", "items": {"oneOf": [{"$ref": f"#/$defs/{word}-element"} for word in kinds]}},
        },
        # What 1.0 did not have is always sent, and yet not required: a kept plan of 1.0 stays a plan.
        "required": ["schema", "family", "coordinators", "team", "elements"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _array(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


def _shown_schema(word: str, kind: type[Element], schema: dict[str, Any]) -> dict[str, Any]:
    shown = {name: schema["properties"][name] for name in _SHOWN[kind]}
    return schema | {
        "title": f"Element of kind {word}",
        "properties": {"kind": {"const": word}, **shown},
        "required": ["kind", *(name for name in schema["required"] if name not in _NEVER_SHOWN)],
        "additionalProperties": False,
    }
