"""Paths into a record, compiled once: `code.coding*.display` goes through every item of the list `coding`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

MAX_ITEMS: Final = 10_000

_STEP: Final = re.compile(r'(?:"([^"]+)"|([^".*/\s](?:[^".*/]*[^".*/\s])?))(\*?)')
_SIMPLE: Final = (int, float, Decimal, UUID, date)


class MisfitError(Exception):
    """The record has another shape here than the path says; the message says which, without a value."""


@dataclass(frozen=True, slots=True)
class Step:
    """One member, and whether it is a list whose every item is meant."""

    name: str
    many: bool


@dataclass(frozen=True, slots=True)
class Path:
    """Where something stands: from the record (`from_record`) or from the item at hand. No steps: the item itself."""

    steps: tuple[Step, ...]
    from_record: bool = False

    def find(self, record: object, item: object) -> list[Any]:
        """Return what stands at this path, in order; nothing there gives an empty list.

        Raises:
            MisfitError: a list where the path says one, one where it says a list, or no members where it names one.
        """
        start = record if self.from_record else item
        if len(self.steps) == 1 and type(start) is dict:  # the common case: a column
            step = self.steps[0]
            value = start.get(step.name)
            if value is None:
                return []
            if type(value) is str and not step.many:
                return [value]
            if type(value) is list and step.many and len(value) <= MAX_ITEMS:
                return [each for each in value if each is not None]
        found = [start]
        for step in self.steps:
            found = _step(step, found)
        return found

    def only_text(self, record: object, item: object) -> str | None:
        """Return the text at this path; None where there is none, more than one, or another shape."""
        start = record if self.from_record else item
        if len(self.steps) == 1 and not self.steps[0].many and type(start) is dict:  # the common case, as in `find`
            value = start.get(self.steps[0].name)
            if type(value) is str and value.isascii():
                return value.strip() or None
        try:
            texts = [text for value in self.find(record, item) if (text := as_text(value))]
        except MisfitError:
            return None
        return texts[0] if len(texts) == 1 else None

    def __str__(self) -> str:
        """Return the path as a mapping file writes it."""
        return ("/" if self.from_record else "") + ".".join(each.name + "*" * each.many for each in self.steps)


HERE: Final = Path(())
"""The item itself."""


def _step(step: Step, found: Iterable[object]) -> list[Any]:
    values: list[Any] = []
    for value in found:
        if not isinstance(value, dict):
            raise MisfitError("no members here")
        member = value.get(step.name)
        if member is None:
            continue
        if isinstance(member, list | tuple) != step.many:
            raise MisfitError("one was expected, not a list" if not step.many else "a list was expected")
        if not step.many:
            values.append(member)
            continue
        values += [each for each in member if each is not None]
        if len(values) > MAX_ITEMS:
            raise MisfitError(f"more than {MAX_ITEMS} items")
    return values


def parse_path(text: str) -> Path:
    """Return the path that `text` writes.

    Raises:
        ValueError: not a path; the message says what one is.
    """
    from_record = text.startswith("/")
    rest = text.removeprefix("/")
    if rest == ".":
        return Path((), from_record)
    steps: list[Step] = []
    position = 0
    while match := _STEP.match(rest, position):
        steps.append(Step(match[1] or match[2], bool(match[3])))
        position = match.end()
        if position == len(rest):
            return Path(tuple(steps), from_record)
        if rest[position] != ".":
            break
        position += 1
    raise ValueError('not a path: write `name`, `name.name`, `list*.name`, or a name with a sign in it as "a.b"')


def as_text(value: object) -> str:
    """Return a scalar of JSON, a database or a file as the text it is written as, without white space around it.

    Raises:
        MisfitError: not a scalar, or half a character (a lone surrogate, which nothing behind us can write).
    """
    if type(value) is str:
        if not value.isascii():
            _whole_characters(value)
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds" if value.tzinfo is None else "auto")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, _SIMPLE):
        return str(value)
    raise MisfitError("one value was expected")


def _whole_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MisfitError("half a character") from None
