"""CSV, strictly: bytes in; rows, the rows that are no rows, and one reason why a whole file is none out. Pure."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from adapters.csv_drop.settings import DropFile, DropSettings

_PLAIN: Final = {"utf-8": "utf-8-sig"}
"""A byte order mark in front of UTF-8 is what spreadsheets write; it is no part of the first column's name."""


class _Lines(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int:
        """Lines read so far."""

    def __next__(self) -> list[str]: ...


class BadFileError(Exception):
    """A file of which nothing may be used. The message names file, row and column, never a value."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not used: its line in the file (the last one, where it has several), and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds: its rows as they stand, by column, and those that are not used."""

    good: tuple[dict[str, str], ...] = field(repr=False)
    bad: tuple[BadRow, ...]


def parse(content: bytes, file: DropFile, settings: DropSettings) -> Rows:
    """Return the rows of `content`.

    A row with too many or too few fields, a NUL, a field that is too long or bytes that are no text is bad alone.
    A wrong header or a quote that is out of place spoils the file: behind it, what is one row and what is text of
    another one is a guess, and the guess could give one family's words to another.

    Raises:
        BadFileError: the whole file is of no use.
    """
    lines = csv.reader(
        io.StringIO(_text(content, file, settings), newline=""), delimiter=settings.delimiter, strict=True
    )
    _check_header(next(_rows(lines, file), []), file)
    good: list[dict[str, str]] = []
    bad: list[BadRow] = []
    for fields in _rows(lines, file):
        if len(good) + len(bad) >= settings.row_limit:
            raise BadFileError(f"{file.file}: more than {settings.row_limit} rows")
        if not fields:
            continue  # an empty line
        why = _why_bad(fields, file, settings)
        if why is None:
            good.append(dict(zip(file.columns, fields, strict=True)))
        else:
            bad.append(BadRow(lines.line_num, why))
    return Rows(tuple(good), tuple(bad))


def _text(content: bytes, file: DropFile, settings: DropSettings) -> str:
    encoding = _PLAIN.get(settings.encoding, settings.encoding)
    try:
        # Bytes that are no text become half characters, so that only their row is bad, not the file.
        return content.decode(encoding, errors="surrogateescape")
    except UnicodeDecodeError as error:
        raise BadFileError(f"{file.file}: byte {error.start} is not {settings.encoding}") from None


def _rows(lines: _Lines, file: DropFile) -> Iterator[list[str]]:
    while True:
        try:
            fields = next(lines)
        except StopIteration:
            return
        except csv.Error:
            # Its message may quote the text at hand.
            raise BadFileError(
                f"{file.file}:{lines.line_num}: a quote is out of place, or a field has no end"
            ) from None
        yield fields


def _check_header(header: list[str], file: DropFile) -> None:
    if tuple(header) == file.columns:
        return
    if len(header) != len(file.columns):
        raise BadFileError(f"{file.file}:1: {len(header)} columns where {len(file.columns)} are declared")
    if len(set(header)) < len(header):
        raise BadFileError(f"{file.file}:1: a column stands twice")
    # A file without a header begins with a person, so what stands there is not shown.
    first = next(
        n for n, (found, declared) in enumerate(zip(header, file.columns, strict=True), 1) if found != declared
    )
    raise BadFileError(f"{file.file}:1:{first}: not the declared column `{file.columns[first - 1]}`")


def _why_bad(fields: list[str], file: DropFile, settings: DropSettings) -> str | None:
    if len(fields) != len(file.columns):
        return f"{len(fields)} fields where {len(file.columns)} are declared"
    for column, value in zip(file.columns, fields, strict=True):
        if "\0" in value:
            return f"`{column}`: a NUL"
        if len(value) > settings.field_limit:
            return f"`{column}`: more than {settings.field_limit} characters"
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            return f"`{column}`: bytes that are not {settings.encoding}"
    return None
