"""A row: one element of a plan as texts, with nothing left out for being unknown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.showing_plan.reading import Members
from gateway.showing_plan.words import as_day, called, member_called, plain, told
from schemas.texts import Texts

Name = Callable[[str], str]
"""What a person or an organisation of the plan is called."""

_IN_COLUMNS: Final = frozenset(
    {"kind", "text", "about", "status", "stage", "arranged", "period", "target_date", "due", "begins_at", "ends_at"}
)
_NOT_SHOWN: Final = frozenset({"id", "category", "regime", "source", "life_domain"})
"""What a reader knows already, as each element is under its life domain and names its source; or what is no reading for
people, in a table or as `--json`: the answer itself has it."""
_SAME: Final = {"waiting": "proposed", "started": "active", "stopped-early": "cancelled", "completed": "completed"}
"""The status that says no more than a stage does."""
_IN_ITS_NAME: Final = {"need": "direction", "big-five": "pillar", "self-reliance": "domain"}
"""The member that says better than its kind alone what an element is."""
_STANDS: Final = {
    "support-level": "level",
    "client-profile": "profile",
    "placement": "form",
    "legal-status": "measure",
    "self-reliance": "score",
}
"""The member that says how it stands where a kind is for just that."""
_STAGES: Final = ("arranged", "stage", "status")
_UNSAID: Final = (None, "unknown")


@dataclass(frozen=True, slots=True)
class Row:
    """One element. `more` holds what has no column, by what it is called; `id` is the element's own."""

    id: str
    kind: str
    what: str
    text: str = field(repr=False)
    who: str
    stands: str
    when: tuple[str, ...]
    source: str
    organisation: str
    more: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def as_written(id_: str) -> str:
    """Return an id as it is, where nobody is known by name."""
    return id_


def element_label(element: Members, texts: Texts) -> str:
    """Return what an element says, or what it is where it says nothing."""
    said = element.get("text") or element.get("title") or element.get("name")
    return str(said or called("kind", element["kind"], texts))


def row_of(element: Members, terms: Members, goals: Members, texts: Texts, name: Name) -> Row:
    """Return the row of `element`, seen on `terms`; `goals` are the texts of the plan's goals by id."""
    kind = element["kind"]
    said = "text" if element.get("text") else next((each for each in ("title", "name") if element.get(each)), "")
    organisation = plain(element.get("source", {}).get("organisation"), texts)
    return Row(
        id=element["id"],
        kind=kind,
        what=_what(element, texts),
        text=plain(element.get(said), texts),
        who=", ".join(name(each) for each in element.get("about", ())),
        stands=_stands(element, texts),
        when=tuple(_when(element, terms, texts)),
        source=name(organisation),
        organisation=organisation,
        more=tuple(_more(element, said, goals, texts, name)),
    )


def _what(element: Members, texts: Texts) -> str:
    kind = element["kind"]
    own = _IN_ITS_NAME.get(kind, "")
    called_so = called("kind", kind, texts)
    if element.get(own) is None:
        return called_so
    word = told(kind, own, element[own], texts)
    return word if kind == "need" else f"{called_so}: {word}"


def _stands_by(element: Members) -> str:
    """Return the member that says how an element stands."""
    members = (_STANDS.get(element["kind"], ""), *_STAGES)
    return next((each for each in members if element.get(each) not in _UNSAID), "status")


def _stands(element: Members, texts: Texts) -> str:
    member = _stands_by(element)
    value = element.get(member)
    return "" if value in _UNSAID else told(element["kind"], member, value, texts)


def _when(element: Members, terms: Members, texts: Texts) -> Iterator[str]:
    period = element.get("period", {})
    for key, found in (
        ("when.since", element.get("begins_at") or period.get("start")),
        ("when.until", element.get("ends_at") or period.get("end")),
        ("when.by", element.get("target_date") or element.get("due")),
        ("when.shared", terms.get("expires_at")),
    ):
        if found:
            yield texts(key, day=plain(found, texts) if key != "when.shared" else as_day_text(found, texts))


def as_day_text(found: Any, texts: Texts) -> str:
    """Return the day of a moment; what is none is shown as it came."""
    day = as_day(found)
    return plain(found, texts) if day is None else texts.day(day)


def _more(element: Members, said: str, goals: Members, texts: Texts, name: Name) -> Iterator[tuple[str, str]]:
    kind = element["kind"]
    passed = (_IN_COLUMNS | {said, _IN_ITS_NAME.get(kind, ""), _stands_by(element)}) - _told_beside(element)
    # Of two days that would stand in one place of the column, the second is told here.
    passed -= {"period"} | ({"due"} if element.get("target_date") else set())
    for member, value in element.items():
        if member in passed or member in _NOT_SHOWN:
            continue
        if member == "coordinator" and value is False:
            continue  # hardly anybody is; that somebody is not says nothing
        if member == "period":
            shown = plain(_beside_the_column(element), texts)
        elif member == "goals":
            shown = "; ".join(plain(goals.get(each, each), texts) for each in value)
        elif member == "speaker" and isinstance(value, str):
            shown = name(value)
        else:
            shown = told(kind, member, value, texts)
        if shown:
            yield member_called(kind, member, texts), shown


def _told_beside(element: Members) -> set[str]:
    """Return the members that say how it stands otherwise than the one that the column has."""
    member = _stands_by(element)
    same = (*_UNSAID, _SAME.get(str(element.get(member))))
    return {each for each in _STAGES if each != member and element.get(each) not in same}


def _beside_the_column(element: Members) -> Members:
    """Return what of a period has no place in the column: what a newer version says, and the end of a moment told."""
    told_there = {name for name, instead in (("start", "begins_at"), ("end", "ends_at")) if not element.get(instead)}
    found = {name: each for name, each in element.get("period", {}).items() if name not in told_there}
    return {name: each for name, each in found.items() if each is not None}
