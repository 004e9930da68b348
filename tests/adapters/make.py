"""Makers of mappings, records and permits for the tests of the mapping wing. All persons are invented."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.contract import Mapped, SourceRecord
from adapters.mapping import LoadedMapping, read_mapping
from schemas.permits import Permit
from schemas.words import Category

BSN = "http://fhir.nl/fhir/NamingSystem/bsn"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEM, MOEDER, VADER = "999990019", "999990020", "999990032"
FAMILY = {"sem": SEM, "moeder": MOEDER, "vader": VADER}

HEAD = f"""
mapping: proef
version: 1
source: {{system: dossier, identifier_system: {BSN}}}
"""


def permit(
    *,
    about: tuple[str, ...] = ("sem",),
    categories: frozenset[Category] = frozenset(Category),
    family: Mapping[str, str] = FAMILY,
    system: str = "dossier",
) -> Permit:
    return Permit(
        request_id="r-1",
        holder="noord",
        system=system,
        categories=dict.fromkeys(about, categories),
        identifiers={person: family[person] for person in about},
        family=family,
    )


def mapping(text: str) -> LoadedMapping:
    return read_mapping((HEAD + text).encode(), "proef.yaml", Path())


def goal(*rules: str, extra: str = "") -> LoadedMapping:
    """Return a mapping of records `doelen` to goals, with `rules` beside the ones that every element needs."""
    lines = "\n".join(f"          - {{{rule}}}" for rule in rules)
    return mapping(f"""
tables:
  status:
    - {{source: A, target: active, match: equal}}
    - {{source: B, target: completed, match: equal}}
    - {{source: X, match: none}}
  soort: [{{source: D, target: goals, match: equal}}, {{source: G, target: health, match: equal}}]
  regime: [{{source: J, target: jeugdwet, match: equal}}]
records:
  - kind: doelen
    id: ID
    version: V
    elements:
      - kind: goal
        rules:
          - {{to: about, from: BSN, as: person}}
          - {{to: category, from: SOORT, as: code soort, default: goals}}
          - {{to: handling.created_on, from: OP, as: date dd-mm-jjjj}}
{lines}
{extra}
""")


def row(**fields: Any) -> dict[str, Any]:
    """Return a row of `doelen` that becomes a goal about sem, changed by `fields`."""
    return {"ID": "17", "V": "3", "BSN": SEM, "OP": "10-02-2026"} | fields


def record(content: dict[str, Any], kind: str = "doelen", identity: str = "17") -> SourceRecord:
    return SourceRecord(kind=kind, id=identity, version="3", retrieved_at=NOW, content=content)


def read(loaded: LoadedMapping, *contents: dict[str, Any], leave: Permit | None = None) -> Mapped:
    """Map `contents` as records of `doelen`."""
    records = [record(content, identity=str(content.get("ID"))) for content in contents]
    return loaded.map(records, leave or permit(), "noord")


def only(loaded: LoadedMapping, content: dict[str, Any]) -> Any:
    """Return the one element that `content` gives."""
    mapped = read(loaded, content)
    assert len(mapped.elements) == 1, mapped.leftovers
    return mapped.elements[0]


def whys(mapped: Mapped) -> list[tuple[str, str]]:
    return [(each.path, each.why) for each in mapped.leftovers]
