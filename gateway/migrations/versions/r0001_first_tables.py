"""The first tables: persons and what was said about them, the log, registrations, answers given once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KEYS = {
    "fact": [["seq"], ["person", "version"]],
    "registry_fact": [["version"]],
    "audit_event": [["id"], ["event_id"]],
    "audit_leaf": [["seq"], ["event_id"]],
    "audit_node": [["level", "position"]],
    "audit_checkpoint": [["size"]],
    "audit_cosignature": [["size", "witness"]],
}
"""The append-only tables, each with the keys of which a second row is refused."""


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name."""
        return "xid8"


def upgrade() -> None:
    """Make them. There is no way back: what was recorded stays recorded."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = "clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"
    _persons()
    _facts(sa.text(clock))
    _events("pg_current_xact_id()" if on_postgresql else "0")
    _tree()
    _registrations()
    for table, keys in KEYS.items():
        refuse, message = ("fact_refuse", "facts are") if "fact" in table else ("audit_refuse", "the audit log is")
        message = f"{message} append-only"
        statements = _postgresql(table, refuse, message) if on_postgresql else _sqlite(table, keys, message)
        for statement in statements:
            op.execute(statement)
    if on_postgresql:
        op.execute("ALTER TABLE used_once SET UNLOGGED")


def _persons() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("version", BIG, nullable=False),
    )
    op.create_index("ix_person_family", "person", ["family"])
    op.create_table(
        "person_key",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("key_class", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "person_identifier",
        sa.Column("person", sa.String(64), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("system", sa.String(255), primary_key=True),
        sa.Column("lookup", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _facts(clock: sa.TextClause) -> None:
    op.create_table(
        "fact",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("person", sa.String(64), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("section", sa.String(32), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("amends", BIG),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("person", "version"),
        sa.ForeignKeyConstraint(["person", "amends"], ["fact.person", "fact.version"]),
    )
    first = sa.text("amends IS NULL")
    op.create_index("fact_once", "fact", ["section", "id"], unique=True, postgresql_where=first, sqlite_where=first)
    op.create_table(
        "registry_fact",
        sa.Column("version", BIG, primary_key=True, autoincrement=False),
        sa.Column("section", sa.String(32), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
        sa.Column("entry", sa.Text(), nullable=False),
    )


def _events(transaction: str) -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column(
            "xid",
            TransactionId().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            server_default=sa.text(transaction),
        ),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False, unique=True),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_log", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_person", sa.LargeBinary()),
        sa.Column("request_id", sa.String(64)),
    )
    op.create_index("audit_event_order", "audit_event", ["xid", "id"])
    op.create_index("ix_audit_event_request_id", "audit_event", ["request_id"])
    op.create_table(
        "audit_subject",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("event_id", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("holds_key", sa.Boolean(), nullable=False),
    )
    op.create_index("audit_subject_event", "audit_subject", ["event_id"])


def _tree() -> None:
    op.create_table(
        "audit_leaf",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column(
            "event_id", sa.Uuid(as_uuid=False), sa.ForeignKey("audit_event.event_id"), nullable=False, unique=True
        ),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "audit_node",
        sa.Column("level", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", BIG, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
    )
    op.create_table(
        "audit_cosignature",
        sa.Column("size", BIG, sa.ForeignKey("audit_checkpoint.size"), primary_key=True, autoincrement=False),
        sa.Column("witness", sa.String(200), primary_key=True),
        sa.Column("line", sa.Text(), nullable=False),
    )


def _registrations() -> None:
    now = sa.func.current_timestamp()
    op.create_table(
        "registration",
        sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("recorded_by", sa.String(300), nullable=False),
    )
    op.create_index("registration_entry", "registration", ["kind", "key"])
    op.create_table(
        "used_once",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("expires", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_used_once_expires", "used_once", ["expires"])
    op.create_table(
        "idempotent_request",
        sa.Column("key", sa.LargeBinary(), primary_key=True),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("event_id", sa.String(36)),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.Column("event_at", sa.String(24)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
    )
    op.create_index("ix_idempotent_request_recorded_at", "idempotent_request", ["recorded_at"])


def _postgresql(table: str, refuse: str, message: str) -> list[str]:
    body = f"BEGIN\n  RAISE EXCEPTION '{message}' USING ERRCODE = 'insufficient_privilege';\nEND"
    return [
        f"CREATE OR REPLACE FUNCTION {refuse}() RETURNS trigger LANGUAGE plpgsql AS $$\n{body} $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {refuse}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {refuse}()",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _sqlite(table: str, keys: Sequence[Sequence[str]], message: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    same = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys)
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {each})" for each in same)  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]
