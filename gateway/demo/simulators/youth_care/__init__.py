"""Jeugdhulp De Waard: a relational database with Dutch tables, and views that Schakel may read.

`start` makes it as an SQLite file; the same two scripts make it on PostgreSQL.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gateway.demo.days import moved

SCHEMA: Final = Path(__file__).with_name("schema.sql")
ROWS: Final = Path(__file__).with_name("rows.sql")


@dataclass(frozen=True, slots=True)
class YouthCare:
    """The database of De Waard, at `path`."""

    path: Path

    def stop(self) -> None:
        """Take the database away; does nothing where it is gone."""
        self.path.unlink(missing_ok=True)


def scripts(*, today: date) -> tuple[str, str]:
    """Return the script that makes tables and views, and the one that fills them as on `today`."""
    return SCHEMA.read_text(encoding="utf-8"), moved(ROWS.read_text(encoding="utf-8"), today=today)


def start(folder: Path, *, today: date) -> YouthCare:
    """Make the database in `folder`.

    Raises:
        sqlite3.OperationalError: there is one already.
    """
    path = folder / "de-waard.db"
    with closing(sqlite3.connect(path)) as connection:
        for script in scripts(today=today):
            connection.executescript(script)
    return YouthCare(path)
