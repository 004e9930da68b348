"""A table out of the bytes of a CSV file, read strictly: a file that can be read in two ways is not read.

UTF-8, or UTF-16 with its mark (BOM), as the national tables come; CR LF or LF; commas or semicolons; cells in double
quotes where they need it. A cell that a spreadsheet would calculate is refused: nobody knows what stood there before.

Source: RFC 4180; OWASP, *CSV Injection*.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from consent.registers.problems import Problem, RegisterError, cell, line

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_LINES: Final = 2_000
"""An import is one transaction, which holds every family in it still."""
MOST_COLUMNS: Final = 40
LONGEST_CELL: Final = 200
"""Characters."""

_SPLIT: Final = f"split the file: at most {MOST_LINES} lines and {MOST_BYTES // 1024 // 1024} MB are taken at a time"
_MARKS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_OTHER_MARKS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_ENCODING: Final = "save it as UTF-8, or as UTF-16 with a byte order mark"
_FORMULAS: Final = ("=", "+", "-", "@")
_FILE: Final = "file"


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One line of a table: its number in the file, and its cells by column, without white space around them."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, in their order, its lines, and what is wrong with others of its lines."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_table(content: bytes) -> Table:
    """Return the table that `content` holds.

    Raises:
        RegisterError: it is no table, so its lines cannot be told apart.
    """
    lines = _lines(decoded(content))
    number, columns = next(lines, (1, []))
    _require_columns(columns, number)
    rows, problems = [], list[Problem]()
    for number, cells in lines:
        wrong = _wrong_with(number, cells, columns)
        problems += wrong
        if not wrong:
            stripped = map(str.strip, cells)
            rows.append(Row(number, dict(zip(columns, stripped, strict=True))))
    return Table(tuple(columns), tuple(rows), tuple(problems))


def decoded(content: bytes) -> str:
    """Return the text of a file.

    Raises:
        RegisterError: it is larger than is taken at a time, or no text.
    """
    if len(content) > MOST_BYTES:
        raise _unreadable(f"is too large; {_SPLIT}")
    if content.startswith(_OTHER_MARKS):
        raise _unreadable(f"is UTF-32; {_ENCODING}")
    mark = next((each for each in _MARKS if content.startswith(each)), b"")
    try:
        text = content[len(mark) :].decode(_MARKS.get(mark, "utf-8"))
    except UnicodeDecodeError as error:
        raise _unreadable(f"cannot be read from byte {error.start + len(mark)} on; {_ENCODING}") from None
    if "\0" in text:
        where = text.count("\n", 0, text.index("\0")) + 1
        raise RegisterError([Problem(line(where), f"holds a NUL character; {_ENCODING}")])
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not empty, with the number of its first line in the file."""
    first, _, _ = text.partition("\n")
    reader = csv.reader(StringIO(text, newline=""), strict=True, delimiter=";" if ";" in first else ",")
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            what = "cannot be read from here on; look for a quote that is not closed, or text behind one that is"
            raise RegisterError([Problem(line(number), what)]) from None
        if number > MOST_LINES + 1:
            raise _unreadable(f"has too many lines; {_SPLIT}")
        if cells:
            yield number, cells


def _require_columns(columns: Sequence[str], number: int) -> None:
    if not columns:
        raise _unreadable("is empty; its first line must name the columns")
    if len(columns) > MOST_COLUMNS:
        raise RegisterError([Problem(line(number), f"names more than {MOST_COLUMNS} columns")])
    doubled = [place for place, name in enumerate(columns, 1) if name in columns[: place - 1]]
    if doubled:
        problems = [Problem(line(number), f"names a column twice, at place {place}") for place in doubled]
        raise RegisterError(problems)


def _wrong_with(number: int, cells: Sequence[str], columns: Sequence[str]) -> list[Problem]:
    if len(cells) != len(columns):
        return [Problem(line(number), f"has {len(cells)} cells; expected {len(columns)}, as the first line")]
    if list(cells) == list(columns):
        return [Problem(line(number), "names the columns again; leave it out")]
    named = zip(columns, cells, strict=True)
    return [Problem(cell(number, name), what) for name, each in named if (what := _wrong_in(each)) is not None]


def _wrong_in(found: str) -> str | None:
    if found.strip().startswith(_FORMULAS):
        return "begins as a formula of a spreadsheet; save the values, as text"
    if len(found) > LONGEST_CELL:
        return f"is longer than {LONGEST_CELL} characters"
    return None if found.isprintable() else "holds a character that cannot be seen, such as a line break; leave it out"


def _unreadable(what: str) -> RegisterError:
    return RegisterError([Problem(_FILE, what)])
