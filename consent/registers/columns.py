"""The columns of a register file: which it must have, and how a cell of each is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from stdnum.nl import bsn

from consent.registers.gezag_forms import citizen_service_number
from consent.registers.problems import Problem, RegisterError, cell, line, told_at
from consent.registers.text_table import Table
from consent.world.fields import FieldError, Reader, Word, calendar_day, expected, identifier, moment

_BARE_DAY: Final = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_FLAGS: Final = {"yes": True, "ja": True, "no": False, "nee": False}
REQUIRED: Final = "!"
"""Behind the name of a column: every line must fill it."""


@dataclass(frozen=True, slots=True, repr=False)
class Values:
    """What one line says, by column; an empty cell says nothing. `has` tells whether the file has a column at all."""

    number: int
    columns: frozenset[str]
    read: Mapping[str, Any]

    def has(self, column: str) -> bool:
        """Return whether the file has `column`: then an empty cell of it says that there is nothing."""
        return column in self.columns

    def get(self, column: str) -> Any:
        """Return what the cell says, or None where it is empty or there is no such column."""
        return self.read.get(column)

    @property
    def place(self) -> str:
        """The place of the line."""
        return line(self.number)


def values_of(table: Table, readers: Mapping[str, Reader], problems: list[Problem]) -> list[Values]:
    """Return what each line says that can be read; what is wrong with the others is added to `problems`.

    Raises:
        RegisterError: the file has other columns than `readers`.
    """
    known = {name.rstrip(REQUIRED): name for name in readers}
    _require_known(table, known)
    problems += table.problems
    found = []
    for row in table.rows:
        before, read = len(problems), dict[str, Any]()
        for column, text in row.cells.items():
            if text:
                with told_at(cell(row.number, column), problems):
                    read[column] = readers[known[column]](text)
            elif known[column].endswith(REQUIRED):
                problems.append(Problem(cell(row.number, column), "is empty; fill it in"))
        if len(problems) == before:
            found.append(Values(row.number, frozenset(table.columns), read))
    return found


def _require_known(table: Table, known: Mapping[str, str]) -> None:
    listed = ", ".join(known)
    wrong = [
        Problem(line(1), f"place {place} names an unknown column; expected among: {listed}")
        for place, name in enumerate(table.columns, 1)
        if name not in known
    ]
    wrong += [
        Problem(line(1), f"the column `{name}` is missing")
        for name, told in known.items()
        if told.endswith(REQUIRED) and name not in table.columns
    ]
    if wrong:
        raise RegisterError(wrong)


# Cells. Each gets a text that is not empty.


def number(text: str) -> str:
    """Return a citizen service number (BSN): nine digits that pass the eleven test."""
    found = citizen_service_number(text)
    if bsn.is_valid(found):
        return found
    raise expected("a citizen service number; this one does not pass its own test, so a digit is wrong")


def day(text: str) -> date:
    """Return a day, written 2026-01-31 or, as the national register does, 20260131."""
    bare = _BARE_DAY.fullmatch(text)
    if bare is not None and "00" in bare.groups()[1:]:
        raise expected("a whole day; with a part of it unknown nobody can tell an age: record him by hand")
    return calendar_day("-".join(bare.groups()) if bare else text)


def instant(text: str) -> datetime:
    """Return an instant, or the 00:00 in Amsterdam of a day."""
    bare = _BARE_DAY.fullmatch(text)
    return moment("-".join(bare.groups()) if bare else text)


def yes_or_no(text: str) -> bool:
    """Return what `yes`, `no`, `ja` or `nee` says."""
    found = _FLAGS.get(text.casefold())
    if found is None:
        raise expected("yes or no")
    return found


def name(text: str) -> str:
    """Return an id or a reference."""
    found = identifier(text)
    if len(found) > LONGEST_NAME:
        raise expected(f"at most {LONGEST_NAME} characters")
    return found


LONGEST_NAME: Final = 64


def one_of(listed: type[Word]) -> Reader:
    """Return the reader of one word of a closed list."""

    def read(text: str) -> StrEnum:
        try:
            return listed(text)
        except ValueError:
            raise FieldError(("", f"expected one of {', '.join(listed)}")) from None

    return read
