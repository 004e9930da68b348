"""Where a rule may put something: the fields of elements, read from `schemas.plan`, so a new kind is there at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum, auto
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from adapters.mapping.problems import allowed
from schemas.calendar import parse_moment, written
from schemas.plan import KINDS, Handling, Period


class Gives(Enum):
    """What sort of value a converter gives and a target takes."""

    TEXT = "a text"
    WORD = "a word of the plan"
    DAY = "a day"
    INSTANT = "an instant"
    NUMBER = "a number"
    YES_NO = "yes or no"
    PERSON = "a person"
    ELEMENT = "an element"


class Need(Enum):
    """What it means that a target gets nothing, or something that cannot be read."""

    REQUIRED = auto()
    """Either way the element is not made."""
    GUARDED = auto()
    """Nothing without a default, or something unreadable: the element is not made. For the flags of handling."""
    FREE = auto()
    """The element is made without it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One field that a rule may fill. `constant` reads a `value`, a `default` or a word of a table."""

    name: str
    takes: frozenset[Gives]
    many: bool
    need: Need
    constant: Callable[[str], Any] | None

    @property
    def first_counts(self) -> bool:
        """Whether, of rules that say different things, the first is right; elsewhere that is a contradiction."""
        return self.need is Need.FREE or self.name == _CREATED_ON


_UNWRITTEN: Final = frozenset({"id", "source", "handling", "period", "about", "goals"})
_CREATED_ON: Final = "handling.created_on"
_REQUIRED: Final = frozenset({"category", _CREATED_ON})
_PERSONS: Final = frozenset({"handling.confidential_from", "speaker"})
_PLAIN: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")


@cache
def targets_of(word: str) -> Mapping[str, Target]:
    """Return every target of elements of the kind `word`, by the name that `to` gives it."""
    kind = KINDS[word]
    hints = get_type_hints(kind, include_extras=True)
    named = {each.name: hints[each.name] for each in fields(kind) if each.name not in _UNWRITTEN}
    named |= {f"handling.{name}": hint for name, hint in get_type_hints(Handling).items()}
    named |= {f"period.{name}": hint for name, hint in get_type_hints(Period).items()}
    required = _REQUIRED | {
        each.name for each in fields(kind) if each.name not in _UNWRITTEN | {"regime"} and _bare(each)
    }
    targets = {name: _target(name, hint, required) for name, hint in named.items()}
    targets["about"] = Target("about", frozenset({Gives.PERSON}), many=True, need=Need.REQUIRED, constant=None)
    targets["goals"] = Target("goals", frozenset({Gives.ELEMENT}), many=True, need=Need.FREE, constant=None)
    return targets


def _bare(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _target(name: str, hint: Any, required: frozenset[str]) -> Target:
    need = Need.GUARDED if name.startswith("handling.") else Need.FREE
    if name in required:
        need = Need.REQUIRED
    many = get_origin(hint) is tuple
    if name in _PERSONS:
        return Target(name, frozenset({Gives.PERSON}), many=many, need=need, constant=None)
    if name == _CREATED_ON:
        return Target(name, frozenset({Gives.DAY, Gives.INSTANT}), many=False, need=need, constant=_moment)
    if get_origin(hint) is Annotated:
        (within,) = hint.__metadata__
        constant = Whole(within.ge, within.le)
        return Target(name, frozenset({Gives.NUMBER}), many=False, need=need, constant=constant)
    plain = next(each for each in (*get_args(hint), hint) if each is not type(None))
    takes, read = _TAKES.get(plain) or (Gives.WORD, OneOf(plain))
    return Target(name, frozenset({takes}), many=many, need=need, constant=read)


def _moment(text: str) -> datetime:
    return parse_moment(text)


def _yes_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"`{text}` is neither `true` nor `false`")
    return text == "true"


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant has an offset: 2026-03-01T10:00:00+01:00")
    return instant


def _decimal(text: str) -> Decimal:
    if not _PLAIN.fullmatch(text):
        raise ValueError("a number is digits, with at most a sign before and a point between: -1.50")
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class Whole:
    """Reads a whole number between two others."""

    lowest: int
    highest: int

    def __call__(self, text: str) -> int:
        """Return the number that `text` is.

        Raises:
            ValueError: it is none, or lies outside.
        """
        found = _decimal(text)
        if found != found.to_integral_value() or not self.lowest <= found <= self.highest:
            raise ValueError(f"a whole number from {self.lowest} to {self.highest}")
        return int(found)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Reads one of a closed list of words."""

    words: type[StrEnum]

    def __call__(self, text: str) -> StrEnum:
        """Return the word that `text` is.

        Raises:
            ValueError: it is none of them.
        """
        try:
            return self.words(text)
        except ValueError:
            raise ValueError(f"no such word `{text}`; {allowed(self.words, text)}") from None


_TAKES: Final[Mapping[Any, tuple[Gives, Callable[[str], Any]]]] = {
    str: (Gives.TEXT, str),
    bool: (Gives.YES_NO, _yes_no),
    Decimal: (Gives.NUMBER, _decimal),
    date: (Gives.DAY, date.fromisoformat),
    datetime: (Gives.INSTANT, _instant),
}


def moment_text(moment: date | datetime) -> str:
    """Return a day or an instant as the decision contract writes it."""
    return written(moment) if isinstance(moment, datetime) else moment.isoformat()
