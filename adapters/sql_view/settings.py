"""What the door to a database needs to know."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import URL

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
VIEW: Final = re.compile(rf"(?:(?P<schema>{NAME.pattern})\.)?(?P<name>{NAME.pattern})")
DRIVERS: Final = frozenset({"sqlite+aiosqlite", "postgresql+asyncpg"})


@dataclass(frozen=True, slots=True)
class View:
    """A view that gives one kind of record: one row each, found by the columns that hold a person's number."""

    kind: str
    view: str
    person: tuple[str, ...]
    number: Literal["text", "integer"] = "text"

    def __post_init__(self) -> None:
        """Refuse a name that is not plain, before it can come near a statement.

        Raises:
            ValueError: such a name, or no column.
        """
        if not VIEW.fullmatch(self.view):
            raise ValueError(
                "a view is a name of letters, digits and `_`, with its schema and a dot in front if need be"
            )
        if not self.person or not all(NAME.fullmatch(each) for each in self.person):
            raise ValueError("a column is a name of letters, digits and `_`")


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """Where the database is, and its views. `url` holds the password, so it is never shown."""

    url: URL = field(repr=False)
    views: tuple[View, ...]
    row_limit: int = 10_000
    deadline_seconds: float = 5.0
