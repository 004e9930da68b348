"""Lines of CSV that a spreadsheet opens as text, whatever stands in them. Pure.

Source: RFC 4180; OWASP, *CSV Injection*; threat 41 of `reference/security.md` 5.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""What a file begins with, so that spreadsheets read it as UTF-8."""
SEPARATOR: Final = ";"
MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"

# The wide forms of the four signs too: some spreadsheets read them as the signs.
_BEGIN_A_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - those wide forms


def line(cells: Sequence[str]) -> str:
    """Return one line with its end; every cell is quoted, so that no other separator makes cells of it."""
    written = io.StringIO()
    csv.writer(written, delimiter=SEPARATOR, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        [as_text(each) for each in cells]
    )
    return written.getvalue()


def as_text(cell: str) -> str:
    """Return `cell` so that no spreadsheet takes it for a formula: with an apostrophe before it where it might."""
    return f"'{cell}" if cell.startswith(_BEGIN_A_FORMULA) else cell
