"""What pages that follow from code are made of: prose that stands in a file of its own, and tables."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

_MARK: Final = re.compile(r"<!-- (\w+) -->")


def filled(prose: str, parts: Mapping[str, str]) -> str:
    """Return the prose of the file `prose`, with the part that each mark in it names.

    Raises:
        KeyError: it asks for a part that there is not.
    """
    text = Path(__file__).with_name(prose).read_text(encoding="utf-8")
    return _MARK.sub(lambda mark: parts[mark[1]], text)


def unwrapped(text: str | None) -> str:
    """Return the paragraphs of a docstring, each in one line."""
    return "\n\n".join(" ".join(each.split()) for each in (text or "").strip().split("\n\n"))


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table with its header."""
    return f"{lines([header])}\n|{'---|' * len(header)}\n{lines(rows)}"


def lines(rows: Iterable[tuple[str, ...]]) -> str:
    """Return the lines of a table whose header stands elsewhere."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
