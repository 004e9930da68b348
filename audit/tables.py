"""The log's tables and the triggers that keep them append-only.

Every table but `audit_subject` only ever grows. `audit_subject` says whom an event is about; it lies outside the tree,
so that erasing a person can delete it.
"""

from typing import Any, Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.types import UserDefinedType

metadata = MetaData()


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: the transaction that wrote the row. Elsewhere a number that nobody reads."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in PostgreSQL."""
        return "xid8"


class _CurrentTransaction(ColumnElement[int]):
    inherit_cache = True
    type: TypeEngine[int] = TransactionId()


@compiles(_CurrentTransaction)
def _no_transaction_id(_element: _CurrentTransaction, _compiler: Any, **_: Any) -> str:
    return "0"


@compiles(_CurrentTransaction, "postgresql")
def _transaction_id(_element: _CurrentTransaction, _compiler: Any, **_: Any) -> str:
    return "pg_current_xact_id()"


_BIG = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only an INTEGER PRIMARY KEY by itself

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", _BIG, Identity(always=True), primary_key=True),
    Column(
        "xid", TransactionId().with_variant(Integer(), "sqlite"), nullable=False, server_default=_CurrentTransaction()
    ),
    Column("event_id", Uuid(as_uuid=False), nullable=False, unique=True),
    Column("leaf", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("sealed_log", LargeBinary, nullable=False),
    Column("sealed_person", LargeBinary),
    Column("request_id", String(64), index=True),
    Index("audit_event_order", "xid", "id"),
)
"""An event as written: the leaf's bytes and hash, and the values and salts, sealed."""

audit_leaf = Table(
    "audit_leaf",
    metadata,
    Column("seq", _BIG, primary_key=True, autoincrement=False),
    Column("event_id", ForeignKey("audit_event.event_id"), nullable=False, unique=True),
    Column("leaf_hash", LargeBinary, nullable=False),
)
"""An event's place in the tree: level 0."""

audit_node = Table(
    "audit_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", _BIG, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""The perfect nodes of level 1 and up."""

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", _BIG, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", String(24), nullable=False),
)
"""The tree heads that the log signed. `note` carries the log's own signature only."""

audit_cosignature = Table(
    "audit_cosignature",
    metadata,
    Column("size", ForeignKey("audit_checkpoint.size"), primary_key=True, autoincrement=False),
    Column("witness", String(200), primary_key=True),
    Column("line", Text, nullable=False),
)
"""The signature lines that witnesses gave for a checkpoint, each with its newline."""

audit_subject = Table(
    "audit_subject",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("event_id", Uuid(as_uuid=False), primary_key=True),
    Column("holds_key", Boolean, nullable=False),
    Index("audit_subject_event", "event_id"),
)
"""Whom an event is about; `holds_key` marks the one whose key seals it. Rows go when the person is erased."""

APPEND_ONLY: Final = (audit_event, audit_leaf, audit_node, audit_checkpoint, audit_cosignature)

_REFUSE: Final = """\
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$"""


def _postgresql(table: str) -> list[str]:
    refuse = "EXECUTE FUNCTION audit_refuse()"
    # ALWAYS: also where session_replication_role switches ordinary triggers off.
    return [
        _REFUSE,
        f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _unique_keys(table: Table) -> list[list[str]]:
    constraints = (c for c in table.constraints if isinstance(c, UniqueConstraint))
    return [list(table.primary_key.columns.keys()), *(list(c.columns.keys()) for c in constraints)]


def _sqlite(table: Table) -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    # INSERT OR REPLACE deletes the old row without firing a delete trigger, so a taken key is refused before it.
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table.name} WHERE {' AND '.join(f'{c} = NEW.{c}' for c in key)})"  # noqa: S608 - own names
        for key in _unique_keys(table)
    )
    name = table.name
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_update BEFORE UPDATE ON {name} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_delete BEFORE DELETE ON {name} {refuse}",
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_replace BEFORE INSERT ON {name} WHEN {taken} {refuse}",
    ]


_BY_TABLE: Final = {
    "postgresql": {table.name: _postgresql(table.name) for table in APPEND_ONLY},
    "sqlite": {table.name: _sqlite(table) for table in APPEND_ONLY},
}

TRIGGERS: Final = {
    dialect: [statement for statements in by_table.values() for statement in statements]
    for dialect, by_table in _BY_TABLE.items()
}
"""For each dialect the statements that make the tables append-only; each may be run again without harm."""


def _install() -> None:
    """Let `metadata.create_all` install the triggers with each table."""
    for dialect, by_table in _BY_TABLE.items():
        for table in APPEND_ONLY:
            for statement in by_table[table.name]:
                event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call] # SQLAlchemy leaves DDL untyped


_install()
