"""What members and words of a plan are called, whatever version of the plan they are of."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from schemas.calendar import local_day
from schemas.plan import KINDS, Element
from schemas.plan.texts import CATALOGUES, PREFIXES
from schemas.texts import WORDS, Catalogue, Language, Texts, in_language, read_catalogue

CATALOGUE: Final = Path(__file__).with_name("texts.yaml")
_LINE: Final = "↵"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)")


def _words_of(kind: type[Element]) -> Mapping[str, str]:
    """Return the first half of the key of each member's words, for the members that hold one of a closed list."""
    hints = get_type_hints(kind)
    found = {name: [hint, *get_args(hint)] for name, hint in hints.items()}
    return {
        name: PREFIXES[hint]
        for name, hints_ in found.items()
        for hint in hints_
        if isinstance(hint, type) and issubclass(hint, StrEnum) and hint in PREFIXES
    }


_WORDS: Final = {word: _words_of(kind) for word, kind in KINDS.items()}
_EVERY: Final = _words_of(Element)


@cache
def _catalogue() -> Catalogue:
    return read_catalogue((WORDS, *CATALOGUES, CATALOGUE))


def texts_in(language: Language) -> Texts:
    """Return what a printed plan says in `language`, with the plan's own words."""
    return in_language(_catalogue(), language)


def called(key: str, word: str, texts: Texts) -> str:
    """Return what `word` is called; a word of a newer version is called as it is written."""
    full = f"{key}.{word}"
    return texts(full) if full in texts else word


def member_called(kind: str, name: str, texts: Texts) -> str:
    """Return what a member of an element of `kind` is called."""
    own = f"member.{kind}.{name}"
    return texts(own) if own in texts else called("member", name, texts)


def told(kind: str, name: str, value: Any, texts: Texts) -> str:
    """Return the value of a member as it is shown: words called by name, days and moments written out."""
    prefix = (_WORDS.get(kind) or _EVERY).get(name)
    return called(prefix, value, texts) if prefix and isinstance(value, str) else plain(value, texts)


def plain(value: Any, texts: Texts) -> str:
    """Return any JSON value as it is shown."""
    match value:
        case None:
            return ""
        case bool():
            return texts("yes" if value else "no")
        case str():
            return _dated(value, texts)
        case Mapping():
            return ", ".join(f"{name}: {plain(each, texts)}" for name, each in value.items())
        case Sequence():
            return "; ".join(plain(each, texts) for each in value)
        case _:
            return str(value)


def one_line(text: str) -> str:
    """Return `text` with a sign where a line ends: what others wrote begins no line of its own."""
    return text.replace("\n", _LINE)


def as_day(value: Any) -> date | None:
    """Return the day, or the moment, that a text writes; None where it writes neither."""
    if not isinstance(value, str):
        return None
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
        if not _MOMENT.fullmatch(value):
            return None
        moment = datetime.fromisoformat(value)
        local_day(moment)  # raises where the calendar here ends before it
    except (ValueError, OverflowError):
        return None
    return moment


def _dated(value: str, texts: Texts) -> str:
    match as_day(value):
        case datetime() as moment:
            return texts.moment(moment)
        case date() as day:
            return texts.day(day)
    return value
