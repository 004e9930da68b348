"""The proposals to lift a holder's stop. It only adds a table: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MESSAGE = "questions are append-only"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table. There is no way back: what was proposed was proposed."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = sa.text("clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
    op.create_table(
        "stop_lift",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("officer", sa.String(64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_index("ix_stop_lift_holder", "stop_lift", ["holder"])
    for statement in _postgresql() if on_postgresql else _sqlite():
        op.execute(statement)


def _postgresql() -> list[str]:
    row, statement = "FOR EACH ROW EXECUTE FUNCTION", "FOR EACH STATEMENT EXECUTE FUNCTION"
    return [
        f"CREATE TRIGGER stop_lift_no_change BEFORE UPDATE OR DELETE ON stop_lift {row} question_refuse()",
        f"CREATE TRIGGER stop_lift_no_truncate BEFORE TRUNCATE ON stop_lift {statement} question_refuse()",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        "ALTER TABLE stop_lift ENABLE ALWAYS TRIGGER stop_lift_no_change",
        "ALTER TABLE stop_lift ENABLE ALWAYS TRIGGER stop_lift_no_truncate",
    ]


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    taken = "EXISTS (SELECT 1 FROM stop_lift WHERE seq = NEW.seq)"
    return [
        f"CREATE TRIGGER stop_lift_no_update BEFORE UPDATE ON stop_lift {refuse}",
        f"CREATE TRIGGER stop_lift_no_delete BEFORE DELETE ON stop_lift {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER stop_lift_no_replace BEFORE INSERT ON stop_lift WHEN {taken} {refuse}",
    ]
