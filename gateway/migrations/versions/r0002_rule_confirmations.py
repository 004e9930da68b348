"""Who confirmed a rule set. It only adds a table: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGE = "confirmations are append-only"

ROW, STATEMENT = "FOR EACH ROW EXECUTE FUNCTION rule_refuse()", "FOR EACH STATEMENT EXECUTE FUNCTION rule_refuse()"
POSTGRESQL = (
    f"""\
CREATE OR REPLACE FUNCTION rule_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';
END $$""",
    f"CREATE TRIGGER rule_confirmation_no_change BEFORE UPDATE OR DELETE ON rule_confirmation {ROW}",
    f"CREATE TRIGGER rule_confirmation_no_truncate BEFORE TRUNCATE ON rule_confirmation {STATEMENT}",
    # ALWAYS: also where session_replication_role switches ordinary triggers off.
    "ALTER TABLE rule_confirmation ENABLE ALWAYS TRIGGER rule_confirmation_no_change",
    "ALTER TABLE rule_confirmation ENABLE ALWAYS TRIGGER rule_confirmation_no_truncate",
)

REFUSE = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
SAME = "rule_set = NEW.rule_set AND digest = NEW.digest AND officer = NEW.officer"
TAKEN = f"EXISTS (SELECT 1 FROM rule_confirmation WHERE id = NEW.id OR ({SAME}))"  # noqa: S608 - our own names
SQLITE = (
    f"CREATE TRIGGER rule_confirmation_no_update BEFORE UPDATE ON rule_confirmation {REFUSE}",
    f"CREATE TRIGGER rule_confirmation_no_delete BEFORE DELETE ON rule_confirmation {REFUSE}",
    # INSERT OR REPLACE deletes the old row without firing a delete trigger.
    f"CREATE TRIGGER rule_confirmation_no_replace BEFORE INSERT ON rule_confirmation WHEN {TAKEN} {REFUSE}",
)


def upgrade() -> None:
    """Make the table. There is no way back: what was confirmed stays confirmed."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = "clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"
    op.create_table(
        "rule_confirmation",
        sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("rule_set", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("officer", sa.String(100), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text(clock)),
        sa.UniqueConstraint("rule_set", "digest", "officer"),
    )
    for statement in POSTGRESQL if on_postgresql else SQLITE:
        op.execute(statement)
