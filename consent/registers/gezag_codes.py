"""The codes of the national register for who has authority over a minor, and the table that lists them.

Source: RvIG, *Landelijke tabel 61, Gezagsverhouding* (element 32.11), as published with the register's interface; its
lines have a first day (99.98) and a last (99.99), empty where a code always held or still does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from consent.registers.columns import day
from consent.registers.problems import Problem, RegisterError, cell, line, told_at
from consent.registers.text_table import read_table

CODE: Final = "32.11 Gezagsverhouding"
_WORDS: Final = "32.12 Omschrijving"
_FIRST: Final = "99.98 Datum ingang"
_LAST: Final = "99.99 Datum einde"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which legal parents a code says have authority (1, 2), and whether somebody else has."""

    parents: tuple[int, ...]
    third: bool = False


MEANINGS: Final[Mapping[str, Meaning]] = {
    "1": Meaning((1,)),
    "2": Meaning((2,)),
    "12": Meaning((1, 2)),
    "1D": Meaning((1,), third=True),
    "2D": Meaning((2,), third=True),
    "3D": Meaning((1, 2), third=True),
    "D": Meaning((), third=True),
}
"""The codes of table 61."""


@dataclass(frozen=True, slots=True)
class Code:
    """One line of the table."""

    code: str
    words: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, on: date) -> bool:
        """Return whether the code could be used on a day: from its first day on, and before its last."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


BUILT_IN: Final[Mapping[str, Code]] = {each: Code(each, "") for each in MEANINGS}
"""As the table stood when this was written: seven codes, without first or last day."""


def read_codes(content: bytes) -> Mapping[str, Code]:
    """Return the codes of the national table in `content`, by code.

    Raises:
        RegisterError: with everything that is wrong; another national table, too.
    """
    table = read_table(content)
    if table.columns != (CODE, _WORDS, _FIRST, _LAST):
        what = f"is not the table of authority; expected the columns {CODE}, {_WORDS}, {_FIRST}, {_LAST}"
        raise RegisterError([Problem(line(1), what)])
    problems, found = list(table.problems), dict[str, Code]()
    for row in table.rows:
        days: dict[str, date] = {}
        for column in (_FIRST, _LAST):
            if row.cells[column]:
                with told_at(cell(row.number, column), problems):
                    days[column] = day(row.cells[column])
        code = row.cells[CODE]
        if not code or code in found:
            problems.append(Problem(cell(row.number, CODE), "is empty or stands there twice"))
        found[code] = Code(code, row.cells[_WORDS], days.get(_FIRST), days.get(_LAST))
    if problems:
        raise RegisterError(problems)
    return found
