"""Emergencies, and their closings. It only adds tables: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MESSAGE = "emergencies are append-only"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PART = "id = NEW.id AND holder = NEW.holder"
SAME = {"emergency": _PART, "emergency_closed": _PART, "crisis_set": "seq = NEW.seq"}
FORGOTTEN = {
    "emergency": "NOT EXISTS (SELECT 1 FROM person_key WHERE person = OLD.person)",
    "emergency_closed": """\
NOT EXISTS (SELECT 1 FROM emergency JOIN person_key ON person_key.person = emergency.person
    WHERE emergency.id = OLD.id AND emergency.holder = OLD.holder)""",
}
"""Which rows may go: those about who has no key any more."""


def upgrade() -> None:
    """Make the tables. There is no way back: what was opened was opened."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = sa.text("clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
    _tables(clock)
    if on_postgresql:
        op.execute(_function("emergency_refuse", _RAISE))
    for table in SAME:
        for statement in _postgresql(table) if on_postgresql else _sqlite(table):
            op.execute(statement)


def _tables(clock: sa.TextClause) -> None:
    op.create_table(
        "emergency",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("holder", sa.String(64), primary_key=True),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_index("emergency_of_person", "emergency", ["person", "organisation", "opened_at"])
    op.create_index("emergency_by_time", "emergency", ["opened_at"])
    op.create_table(
        "emergency_closed",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("holder", sa.String(64), primary_key=True),
        sa.Column("side", sa.String(16), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id", "holder"], ["emergency.id", "emergency.holder"]),
    )
    op.create_table(
        "crisis_set",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_index("ix_crisis_set_holder", "crisis_set", ["holder"])


_RAISE = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';"


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  {body}\nEND $$"


def _forgetting(table: str) -> str:
    forget = f"IF TG_OP = 'DELETE' AND {FORGOTTEN[table]} THEN\n    RETURN OLD;\n  END IF;\n  {_RAISE}"
    return _function(f"{table}_forget", forget)


def _postgresql(table: str) -> list[str]:
    row, statement = "FOR EACH ROW EXECUTE FUNCTION", "FOR EACH STATEMENT EXECUTE FUNCTION"
    forgets = table in FORGOTTEN
    changing = f"{table}_forget" if forgets else "emergency_refuse"
    return [
        *([_forgetting(table)] if forgets else []),
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {row} {changing}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {statement} emergency_refuse()",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE {SAME[table]})"  # noqa: S608 - our own names
    unless = f"WHEN NOT ({FORGOTTEN[table]}) " if table in FORGOTTEN else ""
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}{refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]
