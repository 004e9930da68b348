"""Elements of every kind for the tests of the plan: named by hand, or drawn from the types of their fields."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import EnumType
from functools import cache
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from schemas.plan import KINDS, Element, Handling, Period, Source
from schemas.words import Category, Regime

Kind = TypeVar("Kind", bound=Element)

DAY: Final = date(2026, 11, 26)
NOW: Final = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PERSONS: Final = ("moeder", "sem", "zus")
IDS: Final = tuple("abcdefgh")
SOURCE: Final = Source(organisation="ggz-west", system="dossier", record="1", version=None, retrieved_at=NOW)
HANDLING: Final = Handling(created_on="2026-11-01")


def element(kind: type[Kind], name: str, /, **more: Any) -> Kind:
    """Return an element of `kind` about Sem, changed by `more`."""
    plain: dict[str, Any] = {
        "id": name,
        "about": ("sem",),
        "category": Category.GOALS,
        "regime": Regime.JEUGDWET,
        "source": SOURCE,
        "handling": HANDLING,
    }
    return kind(**plain | more)


def several(most: int = 8) -> st.SearchStrategy[list[Element]]:
    """Draw elements of any kind, each with an id of its own."""
    return st.lists(st.sampled_from(list(KINDS)).flatmap(drawn), max_size=most).map(
        lambda found: [replace(each, id=name) for name, each in zip(IDS, found, strict=False)]
    )


@cache
def drawn(kind: str) -> st.SearchStrategy[Element]:
    """Draw an element of `kind`; each field holds anything that its type allows."""
    hints = get_type_hints(KINDS[kind], include_extras=True)
    names = [each.name for each in fields(KINDS[kind])]
    return st.builds(
        KINDS[kind], **{name: _FIELDS[name] if name in _FIELDS else _values(hints[name]) for name in names}
    )


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, EnumType):
        return st.sampled_from(list(hint))
    if get_origin(hint) is Annotated:
        return st.integers(hint.__metadata__[0].ge, hint.__metadata__[0].le)
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=2).map(tuple)
    if hint in _PLAIN:
        return _PLAIN[hint]
    return st.one_of(*(_values(each) for each in get_args(hint)))


_WORDS: Final = st.sampled_from(["een", "twee", "drie"])
_PEOPLE: Final = st.sets(st.sampled_from(PERSONS), min_size=1).map(lambda found: tuple(sorted(found)))
_PLAIN: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    str: _WORDS,
    bool: st.booleans(),
    date: st.integers(-300, 300).map(lambda days: DAY + timedelta(days)),
    datetime: st.just(NOW),
    Decimal: st.decimals(-2, 2, places=2),
    type(None): st.none(),
    Period: st.just(Period()),
}
_FIELDS: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "id": st.sampled_from(IDS),
    "about": _PEOPLE,
    "source": st.sampled_from([SOURCE, replace(SOURCE, organisation="school-1")]),
    "handling": st.just(HANDLING),
    "goals": st.lists(st.sampled_from(IDS), max_size=2, unique=True).map(tuple),
    "speaker": st.none() | st.sampled_from(PERSONS),
}
