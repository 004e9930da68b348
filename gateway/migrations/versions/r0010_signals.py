"""Explanations and switches of signals. It only adds tables: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGE = "signals are append-only"
TABLES = ("signal_explained", "signal_word")


def upgrade() -> None:
    """Make the tables. There is no way back: what was explained was explained."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = sa.text("clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
    op.create_table(
        "signal_explained",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("account", sa.String(32)),
        sa.Column("person", sa.String(32)),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_index("ix_signal_explained_organisation", "signal_explained", ["organisation"])
    op.create_table(
        "signal_word",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("officer", sa.String(100), nullable=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    if on_postgresql:
        body = f"BEGIN\n  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';\nEND"
        op.execute(f"CREATE OR REPLACE FUNCTION signal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$\n{body} $$")
    for table in TABLES:
        for statement in _postgresql(table) if on_postgresql else _sqlite(table):
            op.execute(statement)


def _postgresql(table: str) -> list[str]:
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION signal_refuse()" for each in ("ROW", "STATEMENT"))
    return [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {row}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {statement}",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq)"  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]
