"""The tables of facts: who is known, under which keys, and what was said about whom.

`fact` and `registry_fact` only ever grow: a change is a new row that names the earlier one (facts contract F2). A row
of `person` is the version row of F5. What is personal is sealed under a key of the person; deleting his rows of
`person_key` is forgetting him. A fact that is sealed under a key that is gone says nothing, and may be taken away.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.type_api import TypeEngine

metadata = MetaData()

ID_LENGTH: Final = 64
BIG: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers only an INTEGER PRIMARY KEY by itself."""


class DatabaseClock(ColumnElement[datetime]):
    """The database's clock, read where it stands in the statement, not at the transaction's start."""

    inherit_cache = True
    type: TypeEngine[datetime] = DateTime(timezone=True)


@compiles(DatabaseClock)
def _some_clock(_element: DatabaseClock, _compiler: Any, **_: Any) -> str:
    return "CURRENT_TIMESTAMP"


@compiles(DatabaseClock, "postgresql")
def _postgresql_clock(_element: DatabaseClock, _compiler: Any, **_: Any) -> str:
    # Not now(): a transaction may wait for a lock, and what it learns it learns after that.
    return "clock_timestamp()"


@compiles(DatabaseClock, "sqlite")
def _sqlite_clock(_element: DatabaseClock, _compiler: Any, **_: Any) -> str:
    # Six digits: SQLAlchemy reads the fraction as a count of microseconds.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


person = Table(
    "person",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("family", String(ID_LENGTH), nullable=False, index=True),
    Column("version", BIG, nullable=False),
)
"""The version row of each person (F5). `family` says only which facts are gathered together."""

person_key = Table(
    "person_key",
    metadata,
    Column("person", String(ID_LENGTH), primary_key=True),
    Column("key_class", String(16), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True)),
)
"""The data keys of each person, wrapped by the key service. Without his rows nothing about him can be read.
Under the newest `version` of a class is sealed, under each is opened. `made_at` is null for one of before step 0013.
The empty `person` owns the key under which the audit log keeps what is nobody's."""

person_identifier = Table(
    "person_identifier",
    metadata,
    Column("person", ForeignKey("person.id"), primary_key=True),
    Column("system", String(255), primary_key=True),
    Column("lookup", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Under which number a system knows a person: found by a keyed hash of both, read under the person's key."""

fact = Table(
    "fact",
    metadata,
    Column("seq", BIG, Identity(always=True), primary_key=True),
    Column("person", ForeignKey("person.id"), nullable=False),
    Column("version", BIG, nullable=False),
    Column("section", String(32), nullable=False),
    Column("id", String(ID_LENGTH), nullable=False),
    Column("amends", BIG),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
    Column("key_version", Integer, nullable=False),
    Column("recorded_by", LargeBinary, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    UniqueConstraint("person", "version"),
    ForeignKeyConstraint(["person", "amends"], ["fact.person", "fact.version"]),
)
"""What was said about a person. `version` is the one that his version row was raised to by this fact, so facts as known
at some version are those up to it; `amends` is the `version` of the first row of the fact that this row changes, whose
entry then holds the changed fields only (null takes a field away)."""

Index(
    "fact_once",
    fact.c.section,
    fact.c.id,
    unique=True,
    postgresql_where=fact.c.amends.is_(None),
    sqlite_where=fact.c.amends.is_(None),
)

registry_fact = Table(
    "registry_fact",
    metadata,
    Column("version", BIG, primary_key=True, autoincrement=False),
    Column("section", String(32), nullable=False),
    Column("id", String(ID_LENGTH), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=DatabaseClock()),
    Column("entry", Text, nullable=False),
)
"""Organisations, professionals and who replaces whom: about no person whose records are shared, so not sealed.
A later row of one section and id changes the earlier. The highest `version` is the registry's."""

APPEND_ONLY: Final = (fact, registry_fact)

_REFUSE: Final = """\
CREATE OR REPLACE FUNCTION fact_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'facts are append-only' USING ERRCODE = 'insufficient_privilege';
END $$"""


FORGOTTEN: Final = "NOT EXISTS (SELECT 1 FROM person_key WHERE person = OLD.person)"
"""Of a row with a column `person`: whose it was has no key any more, so nobody can ever read it."""

_FORGET: Final = f"""\
CREATE OR REPLACE FUNCTION fact_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND {FORGOTTEN} THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'facts are append-only' USING ERRCODE = 'insufficient_privilege';
END $$"""


def _postgresql(name: str) -> list[str]:
    # ALWAYS: also where session_replication_role switches ordinary triggers off.
    changing = "fact_forget" if name == fact.name else "fact_refuse"
    row, statement = f"FOR EACH ROW EXECUTE FUNCTION {changing}()", "FOR EACH STATEMENT EXECUTE FUNCTION fact_refuse()"
    return [
        _REFUSE,
        *([_FORGET] if name == fact.name else []),
        f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} {row}",
        f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} {statement}",
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_no_change",
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_no_truncate",
    ]


def _taken(table: Table) -> str:
    keys = [table.primary_key.columns.keys()]
    keys += [list(c.columns.keys()) for c in table.constraints if isinstance(c, UniqueConstraint)]
    same = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys)
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table.name} WHERE {each})" for each in same)  # noqa: S608 - our names


def _sqlite(table: Table) -> list[str]:
    name, refuse = table.name, "BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END"
    unless = f"WHEN NOT ({FORGOTTEN}) " if table is fact else ""
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_update BEFORE UPDATE ON {name} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_delete BEFORE DELETE ON {name} {unless}{refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_replace BEFORE INSERT ON {name} WHEN {_taken(table)} {refuse}",
    ]


TRIGGERS: Final = {
    "postgresql": {table.name: _postgresql(table.name) for table in APPEND_ONLY},
    "sqlite": {table.name: _sqlite(table) for table in APPEND_ONLY},
}
"""For each dialect and table the statements that make it append-only; each may be run again without harm."""

for _dialect, _by_table in TRIGGERS.items():
    for _table in APPEND_ONLY:
        for _statement in _by_table[_table.name]:
            _trigger = DDL(_statement)  # type: ignore[no-untyped-call] # SQLAlchemy gives it no types
            event.listen(_table, "after_create", _trigger.execute_if(dialect=_dialect))
