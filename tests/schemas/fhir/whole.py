"""One plan in which every field of every kind says something, and one in which nothing does that need not."""

from dataclasses import MISSING, fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from gateway.flow.assembling import assemble
from schemas.fhir import Origin
from schemas.plan import KINDS, Contact, Element, Handling, Period, Plan, Source, Status
from schemas.words import Category, Regime

HANDLING = Handling(created_on="2026-01-01", confidential_from=("SECRET-HANDLING",))
NOW = datetime(2026, 11, 26, 12, 0, 0, 250000, tzinfo=UTC)
ORIGIN = Origin("elsewhere", "their-fhir", NOW, HANDLING)
DAY = date(2026, 11, 26)
BASE = "https://schakel.example/fhir"

_PLAIN: dict[Any, Any] = {
    str: "tekst",
    bool: True,
    int: 3,
    date: DAY,
    datetime: NOW,
    Decimal: Decimal("1.10"),
    NoneType: None,
    Period: Period(date(2026, 1, 1), date(2026, 12, 1)),
}


def source(record: str = "1") -> Source:
    """Return a source."""
    return Source(organisation="ggz-west", system="dossier", record=record, version="7", retrieved_at=NOW)


def full(kind: type[Element], name: str, **more: Any) -> Element:
    """Return an element of which every field says something."""
    hints = get_type_hints(kind)
    told = {each.name: _value(hints[each.name]) for each in fields(kind)}
    return kind(**told | _common(name) | {"regime": Regime.WGBO, "goals": ("goal",)} | more)


def bare(kind: type[Element], name: str, **more: Any) -> Element:
    """Return an element that says no more than it must."""
    hints = get_type_hints(kind)
    told = {each.name: _value(hints[each.name]) for each in fields(kind) if _needed(each)}
    return kind(**told | _common(name) | {"regime": None} | more)


def everything() -> Plan:
    """Return a plan of all kinds, full and bare, in every status."""
    found = [replace(bare(kind, f"{word}-bare"), about=("kim", "mother")) for word, kind in _KINDS.items()]
    found += [bare(kind, f"{word}-{status}", status=status) for word, kind in _KINDS.items() for status in Status]
    return assemble([*_full(), *found, bare(Contact, "nobody")], DAY)


def all_full() -> Plan:
    """Return a plan of one full element of each kind."""
    return assemble(_full(), DAY)


def _full() -> list[Element]:
    found = [full(kind, word) for word, kind in _KINDS.items()]
    return [*found, full(Contact, "aunt"), full(Contact, "worker", relation=None)]


_KINDS = {word: kind for word, kind in KINDS.items() if word != "contact"}


def _common(name: str) -> dict[str, Any]:
    told = {"id": name, "about": ("kim",), "category": Category.GOALS, "source": source(name), "handling": HANDLING}
    return told | ({"speaker": "kim"} if name == "own-words" else {})


def _needed(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _value(hint: Any) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) is tuple:
        return (_value(get_args(hint)[0]), "nog een")
    if get_origin(hint) is UnionType:
        return _value(get_args(hint)[0])
    return list(hint)[-1] if hint not in {Source, Handling} else None
