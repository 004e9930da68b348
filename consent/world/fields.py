"""Reading one value of a world file strictly: every reader returns the value or says what was expected.

Source: decision contract, section 2. Readers take JSON values, so `true` is never 1 and a number never a text.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeAlias, TypeVar

from consent.entry import EVERYTHING, Capability, Ids
from schemas.calendar import local_day, parse_moment
from schemas.words import ANY

Word = TypeVar("Word", bound=StrEnum)
Reader: TypeAlias = Callable[[Any], Any]

WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""The property White_Space of Unicode. `str.strip()` also takes U+001C to U+001F, which do not have it."""

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)", re.ASCII
)
"""Python reads an offset of 60 minutes as an hour, and from 3.14 on the hour 24: neither is on a clock."""
_STEP: Final = re.compile(r"[^\s.:\[\]\"]+")
_LARGEST: Final = 2**53 - 1
_SHOWN: Final = 40


class FieldError(ValueError):
    """A value is not what its key wants: fix it at `problems`, pairs of a place below the key and what is wrong."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__("; ".join(what for _, what in problems))
        self.problems = problems


def expected(what: str) -> FieldError:
    """Return the error of a value that as a whole is not `what`."""
    return FieldError(("", f"expected {what}"))


def step(key: str) -> str:
    """Return a key as a path shows it: in quotes where it could be taken for more, or less, than one step."""
    return key if _STEP.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def identifier(value: Any) -> str:
    """Return an id: any text that can be seen, so that none forges a line of a log or of what an officer reads."""
    if type(value) is not str or not value or not _is_unicode(value):
        raise expected("an id")
    if not value.isprintable():
        raise FieldError(("", "an id holds printable characters only"))
    return value


def plain_text(value: Any) -> str:
    """Return a text as it stands."""
    if type(value) is str and _is_unicode(value):
        return value
    raise expected("a text")


def _is_unicode(value: str) -> bool:
    """Return whether a text can be written at all: JSON's escapes can name half a character."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def text(value: Any) -> str | None:
    """Return a text without the white space around it; `None` where nothing is left (it counts as absent)."""
    return plain_text(value).strip(WHITE_SPACE) or None


def flag(value: Any) -> bool:
    """Return true or false."""
    if value is True or value is False:
        return value
    raise expected("true or false")


def count(value: Any) -> int:
    """Return a whole number from 0."""
    if type(value) is int and 0 <= value <= _LARGEST:
        return value
    raise expected("a whole number from 0")


def calendar_day(value: Any) -> date:
    """Return a calendar day; no instant."""
    if type(value) is str and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise expected("a date (2026-01-31)")


def moment(value: Any) -> datetime:
    """Return the instant, in UTC, of a date (its 00:00 in Amsterdam) or of an ISO 8601 instant with an offset."""
    if type(value) is str:
        try:
            return _instant(value)
        except (ValueError, OverflowError):
            pass
    raise expected("a date (2026-01-31) or an instant with an offset (2026-01-31T10:00:00+01:00)")


@lru_cache(maxsize=16384)
def _instant(value: str) -> datetime:
    # The same few days stand in many facts, and a request reads some hundred of them.
    if not (_DATE.fullmatch(value) or _INSTANT.fullmatch(value)):
        raise ValueError
    if value == "0001-01-01":
        return datetime(1, 1, 1, tzinfo=UTC)  # Its 00:00 in Amsterdam, 20 minutes before, has no UTC.
    found = parse_moment(value)
    local_day(found)  # Raises where the instant has no day in Amsterdam: a decision must be able to write it.
    return found.astimezone(UTC)


def capability(value: Any) -> Capability:
    """Return what a capacity finding says."""
    if value is True:
        return Capability.CAPABLE
    if value is False:
        return Capability.INCAPABLE
    if value == "unclear":
        return Capability.UNCLEAR
    raise expected("true, false or unclear")


def word(words: type[Word]) -> Callable[[Any], Word]:
    """Return the reader of one word of a closed list."""
    known = {str(one): one for one in words}

    def read(value: Any) -> Word:
        if type(value) is str and (found := known.get(value)) is not None:
            return found
        raise FieldError(("", f"unknown word: {_shown(value)}; one of {', '.join(known)}"))

    return read


def only(literal: str) -> Reader:
    """Return the reader of a key that can say one thing."""

    def read(value: Any) -> str:
        if value == literal:
            return literal
        raise expected(f"`{literal}`")

    return read


def nothing_or(read: Reader) -> Reader:
    """Return a reader that takes null too."""
    return lambda value: None if value is None else read(value)


def items(read: Reader) -> Callable[[Any], list[Any]]:
    """Return the reader of a list that is not empty; every wrong item is told with its position."""

    def read_all(value: Any) -> list[Any]:
        if type(value) is not list or not value:
            raise expected("a list with something in it")
        found, problems = [], []
        for position, item in enumerate(value):
            try:
                found.append(read(item))
            except FieldError as error:
                problems += [(f"[{position}]{place}", what) for place, what in error.problems]
        if problems:
            raise FieldError(*problems)
        return found

    return read_all


def set_of(read: Reader) -> Callable[[Any], frozenset[Any]]:
    """Return the reader of a list whose order says nothing."""
    read_all = items(read)

    def read_set(value: Any) -> frozenset[Any]:
        if type(value) is list and value:
            try:
                return frozenset(map(read, value))
            except FieldError:
                pass  # Read again, slowly, to tell where.
        return frozenset(read_all(value))

    return read_set


def words(listed: type[Word]) -> Callable[[Any], frozenset[Word]]:
    """Return the reader of a list of words of a closed list."""
    return set_of(word(listed))


ids: Final = set_of(identifier)


def ids_or_any(value: Any) -> Ids:
    """Return the ids of a list, or everything for the bare word `any`, which never stands in a list."""
    if value == ANY:
        return EVERYTHING
    if type(value) is list and ANY in value:
        raise FieldError((f"[{value.index(ANY)}]", f"the word `{ANY}` stands alone, never in a list"))
    return ids(value)


def one_of(numbers: Iterable[int]) -> Reader:
    """Return the reader of one of these whole numbers."""
    allowed = frozenset(numbers)

    def read(value: Any) -> int:
        if type(value) is int and value in allowed:
            return value
        raise expected(f"a whole number out of {', '.join(map(str, sorted(allowed)))}")

    return read


def _shown(value: Any) -> str:
    return value[:_SHOWN] if type(value) is str else f"({type(value).__name__})"
