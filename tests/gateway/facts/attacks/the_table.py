"""The table of the facts contract as it is written down: what each row names, who confirms it and who ends it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONTRACT: Final = "facts-contract.md"
_WORD: Final = re.compile(r"\w+")
_RECORD: Final = re.compile(r"^\s*record:.*")
"""The row of records names fields behind a colon, not facts."""


@dataclass(frozen=True)
class Row:
    """One row of *Who*: what it names, as words of a test's name, and its cells as they stand."""

    facts: tuple[str, ...]
    recorded_by: str
    confirmed_by: str
    closed_by: str


def rows_of(shared: Path) -> list[Row]:
    """Return the rows of the table, in its order."""
    lines = (shared / CONTRACT).read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [_row(*line.strip("|").split("|")) for line in table[2:]]


def _row(facts: str, *others: str) -> Row:
    told = (each.strip().removeprefix("and ") for each in _RECORD.sub("record", facts).split(","))
    return Row(tuple("_".join(_WORD.findall(each)).lower() for each in told), *(each.strip() for each in others))
