"""How one value of an element stands in FHIR: how it is written, and how it is read back.

Reading is strict: what does not fit is not read and stays on the list of what is left, with its reason.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from schemas.calendar import local_day
from schemas.plan.typed import MOST_DIGITS, is_short

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_PATIENT: Final = re.compile(r"(.*/)?Patient/[A-Za-z0-9.-]{1,64}", re.ASCII)
_NUMBERS: Final = frozenset({Decimal, int, float})
_ONE_DAY: Final = timedelta(days=1)
_FINEST: Final = 6
"""Digits of a second that a `datetime` keeps."""


class MisfitError(ValueError):
    """A value is not of the form that its place asks for: leave it, and list it with this reason."""


@dataclass(frozen=True, slots=True)
class Part:
    """A value that was read, of which something is left behind; `what` says what."""

    value: Any
    what: str


@dataclass(slots=True)
class Names:
    """Who and what references mean: references by our id of a person or an element, and ids by reference or URL.

    Of `ids` the first that knows a reference counts; an empty one stands for what may be two things. `types` has the
    type of resource behind each id.
    """

    persons: dict[str, str] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)
    ids: Sequence[Mapping[str, str]] = ()
    types: Mapping[str, str] = field(default_factory=dict)

    def meant(self, reference: str) -> str | None:
        """Return the id that `reference` means, or None where nothing here knows it."""
        for each in self.ids:
            if reference in each:
                return each[reference]
        return None


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written and read. `read` may give a `Part`."""

    write: Callable[[Any, Names], Any]
    read: Callable[[Any, Names], Any]


def _same(value: Any, _names: Names) -> Any:
    return value


def _text(value: Any, _names: Names) -> str:
    if type(value) is not str or not value:
        raise MisfitError("a text was expected")
    return value


def _flag(value: Any, _names: Names) -> bool:
    if type(value) is not bool:
        raise MisfitError("true or false was expected")
    return value


def _integer(value: Any, _names: Names) -> int:
    if type(value) is not int:
        raise MisfitError("a whole number was expected")
    return value


def _decimal(value: Any, _names: Names) -> Decimal | Part:
    if type(value) not in _NUMBERS:
        raise MisfitError("a number was expected")
    number = Decimal(repr(value)) if type(value) is float else Decimal(value)
    if not is_short(number):
        raise MisfitError(f"a number of at most {MOST_DIGITS} digits was expected")
    sure = type(value) is not float
    return number if sure else Part(number, "its digits are not sure: it was read as a floating-point number")


def _iso(value: date | datetime, _names: Names) -> str:
    return value.isoformat()


def _day(value: Any, _names: Names) -> date | Part:
    if type(value) is str and _DAY.fullmatch(value):
        found: date = _parsed(date.fromisoformat, value)
        return found
    if type(value) is str and _INSTANT.fullmatch(value):
        return Part(_parsed(lambda told: local_day(datetime.fromisoformat(told)), value), "its time of the day")
    raise MisfitError("a whole date was expected")


def _last(value: date, _names: Names) -> str:
    return (value - _ONE_DAY).isoformat()


def _after(value: Any, names: Names) -> date | Part:
    day = _day(value, names)
    last = day.value if isinstance(day, Part) else day
    if last == date.max:
        raise MisfitError("no such day or time")
    return Part(last + _ONE_DAY, day.what) if isinstance(day, Part) else last + _ONE_DAY


def _instant(value: Any, _names: Names) -> datetime | Part:
    read = _INSTANT.fullmatch(value) if type(value) is str else None
    if read is None:
        raise MisfitError("an instant with seconds and an offset was expected")
    found = _parsed(datetime.fromisoformat, value)
    finer = len(read[1] or "") - 1 > _FINEST
    return Part(found, "digits of its second") if finer else found


def _parsed(parse: Callable[[str], Any], value: str) -> Any:
    try:
        return parse(value)
    except (ValueError, OverflowError):
        raise MisfitError("no such day or time") from None


def _person(value: str, names: Names) -> str:
    return names.persons[value]


def _element(value: str, names: Names) -> str:
    return names.elements[value]


def _referred(value: Any, names: Names) -> str:
    told = value if type(value) is str and value else _text(value, names)
    if told.startswith("#"):
        raise MisfitError("who or what stands inside this resource cannot be named outside it")
    meant = names.meant(told)
    if meant == "":
        raise MisfitError("a reference that may mean two things, or one that cannot be used")
    return told if meant is None else meant


def _someone(value: Any, names: Names) -> str:
    told: str = _referred(value, names)
    typed = names.types.get(told)
    if typed != "Patient" and (typed is not None or not _PATIENT.fullmatch(told)):
        raise MisfitError("a reference to a Patient was expected")
    return told


TEXT: Final = Form(_same, _text)
FLAG: Final = Form(_same, _flag)
INTEGER: Final = Form(_same, _integer)
DECIMAL: Final = Form(_same, _decimal)
DAY: Final = Form(_iso, _day)
LAST_DAY: Final = Form(_last, _after)
"""The day on which something ends, not a day of it any more, as FHIR's last day (R4, datatypes, Period)."""
INSTANT: Final = Form(_iso, _instant)
PERSON: Final = Form(_person, _someone)
ELEMENT: Final = Form(_element, _referred)
"""An id, as a reference to its resource."""


def word(words: type[StrEnum]) -> Form:
    """Return the form of a word of one of our closed lists."""
    known = {str(each): each for each in words}

    def read(value: Any, _names: Names) -> StrEnum:
        told = known.get(value) if type(value) is str else None
        if told is None:
            raise MisfitError("none of our words")
        return told

    return Form(lambda value, _names: str(value), read)


def code(words: Mapping[str, Any]) -> Form:
    """Return the form of a code of somebody else's list, of which only `words` are understood. It is only read."""

    def read(value: Any, names: Names) -> Any:
        if type(value) is str and value in words:
            return words[value]
        _text(value, names)
        raise MisfitError("a code that the table does not have")

    return Form(_same, read)


def just(words: Iterable[str]) -> Form:
    """Return the form of a code that is one of `words`, and stays what it is."""
    return code({each: each for each in words})
