"""A sheet in a terminal: a table where there is room, blocks where there is not, and nothing but letters in a file."""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gateway.showing_plan.rows import Row
from gateway.showing_plan.sheet import Section, Sheet
from gateway.showing_plan.words import one_line
from schemas.texts import Texts

WIDE: Final = 100
"""Columns of a terminal in which a table reads better than blocks; also the width of what is no terminal."""

_NARROW: Final = 20
_LEAST: Final = 11
_COLUMNS: Final = "COLUMNS"
_LITERALLY: Final[dict[str, Any]] = {"highlight": False, "markup": False, "emoji": False}
_INDENT: Final = 2


def printed(sheet: Sheet, texts: Texts, width: int) -> RenderableType:
    """Return `sheet` to print in `width` columns. Every text is a text: no markup in it is obeyed."""
    body = list(_tables(sheet, texts)) if width >= WIDE else list(_blocks(sheet))
    notes = [Text(one_line(each), style="bold yellow") for each in sheet.notes]
    message = [Text(f"\n{one_line(sheet.message)}", style="dim")] if sheet.message else []
    return Group(*notes, *(body if sheet.sections else []), *_named(sheet), *message)


def print_sheet(sheet: Sheet, texts: Texts) -> None:
    """Print `sheet` on standard output: as wide and coloured as a terminal lets it, else as plain text."""
    out = Console(**_LITERALLY)
    if out.is_terminal:
        out.print(printed(sheet, texts, out.width))
        return
    width = out.width if _COLUMNS in os.environ else WIDE
    sys.stdout.write(plain_text(sheet, texts, max(width, _NARROW)))


def plain_text(sheet: Sheet, texts: Texts, width: int) -> str:
    """Return `sheet` as lines of letters only, none with spaces at its end."""
    into = io.StringIO()
    Console(**_LITERALLY, file=into, width=width, color_system=None).print(printed(sheet, texts, width))
    return "".join(f"{line.rstrip()}\n" for line in into.getvalue().splitlines())


def _tables(sheet: Sheet, texts: Texts) -> Iterator[RenderableType]:
    """Yield the head, then each section under its title, which stands where no text of a source begins a line."""
    yield _table((), texts, head=True)
    for section in sheet.sections:
        yield _title(section)
        yield _table(section.rows, texts, head=False)


def _table(rows: Iterable[Row], texts: Texts, *, head: bool) -> Table:
    # Each column has a ratio, so the columns of all tables are as wide as each other's.
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=True, show_header=head)
    for name, ratio in (("what", 3), ("text", 8), ("who", 2), ("stands", 3), ("until", 5), ("source", 3)):
        table.add_column(texts(f"column.{name}"), overflow="fold", ratio=ratio, min_width=_LEAST)
    for row in rows:
        when = Text("\n".join(row.when))
        table.add_row(Text(one_line(row.what)), _said(row), Text(row.who), Text(row.stands), when, Text(row.source))
    return table


def _title(section: Section) -> Text:
    return Text(f"\n{one_line(section.title.upper())}", style="bold cyan", overflow="fold")


def _said(row: Row) -> Text:
    said = Text(row.text or "-")
    for label, value in row.more:
        said.append(f"\n{label}: {value}", style="dim")
    return said


def _blocks(sheet: Sheet) -> Iterator[RenderableType]:
    for section in sheet.sections:
        yield _title(section)
        for row in section.rows:
            aside = ", ".join(each for each in (row.who, row.stands, *row.when, row.source) if each)
            said = Text(f"{row.what}: ", style="bold", overflow="fold") + _said(row) + Text(f"\n{aside}", style="dim")
            yield Padding(said, (0, 0, 1, _INDENT))


def _named(sheet: Sheet) -> Iterator[RenderableType]:
    for each in sheet.named:
        yield Text(f"\n{each.title.upper()}", style="bold cyan", overflow="fold")
        for line in each.lines:
            yield Padding(Text(f"· {line}", overflow="fold"), (0, 0, 0, _INDENT))
