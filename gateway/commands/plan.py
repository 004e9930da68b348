"""`schakel plan show` and `schakel plan diff`: an answer of the gateway for people, and what two of them differ in.

Exit codes: 0 shown, or the same; 1 they differ; 2 a file cannot be read as a plan.
"""

import io
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import orjson

from gateway.showing_plan.differences import differences
from gateway.showing_plan.printing import print_sheet
from gateway.showing_plan.reading import Answer, UnreadableError, read_answer
from gateway.showing_plan.sheet import sheet_of
from gateway.showing_plan.telling import difference_document, difference_lines
from gateway.showing_plan.words import texts_in
from schemas.calendar import local_day
from schemas.texts import Language
from schemas.whole_file import whole, whole_of

SAME: Final = 0
DIFFER: Final = 1
UNREADABLE: Final = 2
STDIN: Final = "-"


def run_show(file: str, *, language: Language, json: bool) -> tuple[int, str]:
    """Print the plan of an answer as a table by life domain; `-` reads standard input."""
    try:
        answer = _read(file)
    except UnreadableError as error:
        return UNREADABLE, str(error)
    texts = texts_in(language)
    sheet = sheet_of(answer, texts, day=local_day(datetime.now(UTC)))
    if json:
        _print_json(sheet)
        return SAME, ""
    _letters_that_the_terminal_has()
    print_sheet(sheet, texts)
    return SAME, ""


def run_diff(old: str, new: str, *, language: Language, json: bool) -> tuple[int, str]:
    """Print what came, what went and what changed from one answer to another."""
    if old == new == STDIN:
        return UNREADABLE, "- stands for both; standard input gives one plan, so name a file for the other"
    try:
        before, after = _read(old), _read(new)
    except UnreadableError as error:
        return UNREADABLE, str(error)
    found = differences(before, after)
    code = DIFFER if found else SAME
    if json:
        _print_json(difference_document(found, before, after))
        return code, ""
    _letters_that_the_terminal_has()
    for line in difference_lines(found, (old, before), (new, after), texts_in(language)):
        print(line)  # noqa: T201 - a command's output
    return code, ""


def _read(file: str) -> Answer:
    try:
        return read_answer(whole_of(sys.stdin.buffer) if file == STDIN else whole(Path(file)))
    except OSError as error:
        raise UnreadableError(f"{file}: cannot be read: {error.strerror}") from None
    except UnreadableError as error:
        raise UnreadableError(f"{file}: {error}") from None


def _letters_that_the_terminal_has() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our letters shows less, and does not stop us


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))  # with the digits that it came with
    raise TypeError


def _print_json(value: object) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, default=_number, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.buffer.flush()
