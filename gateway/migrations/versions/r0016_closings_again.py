"""Who closes an emergency that another side closed. It only adds a table: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = "emergency_closed_again"
MESSAGE = "emergencies are append-only"
FORGOTTEN = """\
NOT EXISTS (SELECT 1 FROM emergency JOIN person_key ON person_key.person = emergency.person
    WHERE emergency.id = OLD.id AND emergency.holder = OLD.holder)"""
"""Which rows may go: those about who has no key any more."""


def upgrade() -> None:
    """Make the table. There is no way back: what was closed was closed."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("holder", sa.String(64), primary_key=True),
        sa.Column("side", sa.String(16), primary_key=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id", "holder"], ["emergency.id", "emergency.holder"]),
    )
    on_postgresql = op.get_context().dialect.name == "postgresql"
    for statement in _postgresql() if on_postgresql else _sqlite():
        op.execute(statement)


def _postgresql() -> list[str]:
    row, statement = "FOR EACH ROW EXECUTE FUNCTION", "FOR EACH STATEMENT EXECUTE FUNCTION"
    refuse = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';"
    forget = f"IF TG_OP = 'DELETE' AND {FORGOTTEN} THEN\n    RETURN OLD;\n  END IF;\n  {refuse}"
    return [
        f"CREATE FUNCTION {TABLE}_forget() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  {forget}\nEND $$",
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} {row} {TABLE}_forget()",
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} {statement} emergency_refuse()",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_no_change",
        f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_no_truncate",
    ]


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    same = "id = NEW.id AND holder = NEW.holder AND side = NEW.side"
    taken = f"EXISTS (SELECT 1 FROM {TABLE} WHERE {same})"  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} {refuse}",
        f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} WHEN NOT ({FORGOTTEN}) {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} WHEN {taken} {refuse}",
    ]
