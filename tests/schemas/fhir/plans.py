"""Draws plans of every kind of element, from nothing but the classes themselves."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from gateway.flow.assembling import assemble
from schemas.plan import KINDS, Element, Goal, Handling, OwnWords, Period, Plan, Source
from tests.schemas.fhir.whole import HANDLING

PERSONS = ("kim", "mother_1", "brør", "p-4")
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9, minutes=30))])
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  # zones are drawn
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8)
WORDS = st.sampled_from(["1", "Ons", "e-1/2", "ünïcode 👪"])
DECIMALS = st.decimals(-1000, 1000, places=3) | st.sampled_from([Decimal("1.10"), Decimal(-2), Decimal("1E+2")])

_OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    bool: st.booleans(),
    date: DAYS,
    datetime: MOMENTS,
    Decimal: DECIMALS,
    int: st.integers(1, 5),
    Period: st.builds(Period, st.none() | DAYS, st.none() | DAYS),
    Source: st.builds(
        Source, organisation=WORDS, system=WORDS, record=WORDS, version=st.none() | WORDS, retrieved_at=MOMENTS
    ),
    Handling: st.just(HANDLING),
}


def _drawn(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _OF_TYPE:
        return _OF_TYPE[hint]
    if hint is NoneType:
        return st.none()
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if get_origin(hint) is tuple:
        return st.lists(_drawn(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is UnionType:
        return st.one_of([_drawn(each) for each in get_args(hint)])
    raise TypeError(f"nothing to draw for {hint}")


def elements(kind: type[Element]) -> st.SearchStrategy[Element]:
    """Draw an element of `kind`; who it is about and which goals it serves are put right by `plans`."""
    hints = get_type_hints(kind)
    own = {each.name: _drawn(hints[each.name]) for each in fields(kind) if each.name not in {"id", "about", "goals"}}
    about = st.lists(st.sampled_from(PERSONS), min_size=1, max_size=3, unique=True).map(
        lambda each: tuple(sorted(each))
    )
    return st.builds(kind, id=st.just(""), about=about, goals=st.just(()), **own)


@st.composite
def plans(draw: st.DrawFn, kinds: Iterable[type[Element]] = tuple(KINDS.values())) -> Plan:
    """Draw a plan as the gateway makes it, of elements of some of `kinds`."""
    drawn = draw(st.lists(st.one_of([elements(each) for each in kinds]), min_size=1, max_size=6))
    names = draw(st.lists(TEXTS, min_size=len(drawn), max_size=len(drawn), unique=True))
    goals = [name for name, each in zip(names, drawn, strict=True) if isinstance(each, Goal)]
    served = st.lists(st.sampled_from(goals), unique=True).map(tuple) if goals else st.just(())
    made = []
    for name, each in zip(names, drawn, strict=True):
        told = {one.name: getattr(each, one.name) for one in fields(each)} | {"id": name, "goals": draw(served)}
        if isinstance(each, OwnWords):
            told["speaker"] = draw(st.none() | st.sampled_from(each.about))
        made.append(type(each)(**told))
    return assemble(made, draw(DAYS))
