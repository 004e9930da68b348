"""Writing the table of rights into `deploy/sql/roles.sql`, of which all else is written by hand."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from gateway.migrations.migrate import TABLES
from gateway.roles.rights import RIGHTS, STEPS, Right

ROLES_SQL: Final = Path(__file__).resolve().parents[2] / "deploy" / "sql" / "roles.sql"

_BEGIN: Final = "-- Written by `make docs` from gateway/roles/rights.py; change it there.\n"
_END: Final = "-- Here ends what `make docs` writes.\n"


def columns_of() -> dict[str, tuple[str, ...]]:
    """Return the columns of every table of the database, by the table's name."""
    known = chain(*(metadata.tables.values() for metadata in TABLES), (STEPS,))
    return {table.name: tuple(table.columns.keys()) for table in known}


def roles_sql() -> str:
    """Return the file as it must read, with the rights as they are now.

    Raises:
        ValueError: the file lacks one of the two lines between which the rights stand.
    """
    before, begin, rest = ROLES_SQL.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{ROLES_SQL.name} lacks a line between which the rights stand: {_BEGIN!r}, {_END!r}")
    return before + begin + ",\n".join(_rows()) + "\n" + end + after


def _rows() -> Iterator[str]:
    columns = columns_of()
    for role, rights in RIGHTS.items():
        for table, right in sorted(rights.items()):
            yield f"    (:'{role}', '{table}', '{', '.join(_granted(right, columns[table]))}')"


def _granted(right: Right, columns: tuple[str, ...]) -> Iterator[str]:
    for act, named in (("SELECT", right.select), ("INSERT", right.insert), ("UPDATE", right.update)):
        if named:
            yield act if named == columns else f"{act} ({', '.join(named)})"
    if right.delete:
        yield "DELETE"
