"""Tables of search: by which words an event is found, and the tickets of who may see content. It only adds.

The version before it goes on running.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MESSAGE = "tickets are append-only"
SAME = {
    "log_ticket": "id = NEW.id",
    "log_ticket_step": "ticket = NEW.ticket AND step = NEW.step",
    "log_ticket_use": "ticket = NEW.ticket AND use = NEW.use",
}

ABORT = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
TAKEN = "EXISTS (SELECT 1 FROM audit_term WHERE term = NEW.term AND event_id = NEW.event_id)"
TERM_POSTGRESQL = [
    statement
    for name, act, each in (
        ("change", "BEFORE UPDATE", "FOR EACH ROW"),
        ("loss", "BEFORE DELETE", "FOR EACH ROW WHEN (NOT OLD.personal)"),
        ("truncate", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
    )
    for statement in (
        f"CREATE TRIGGER audit_term_no_{name} {act} ON audit_term {each} EXECUTE FUNCTION audit_refuse()",
        f"ALTER TABLE audit_term ENABLE ALWAYS TRIGGER audit_term_no_{name}",
    )
]
TERM_SQLITE = [
    f"CREATE TRIGGER audit_term_no_{name} BEFORE {act} {ABORT}"
    for name, act in (
        ("update", "UPDATE ON audit_term"),
        ("delete", "DELETE ON audit_term WHEN NOT OLD.personal"),
        ("replace", f"INSERT ON audit_term WHEN {TAKEN}"),
    )
]


def upgrade() -> None:
    """Make the tables."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    op.create_table(
        "audit_term",
        sa.Column("term", sa.LargeBinary(), primary_key=True),
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("personal", sa.Boolean(), nullable=False),
    )
    personal = sa.text("personal")
    op.create_index("audit_term_personal", "audit_term", ["event_id"], postgresql_where=personal, sqlite_where=personal)
    for statement in TERM_POSTGRESQL if on_postgresql else TERM_SQLITE:
        op.execute(statement)
    _tickets()
    for table, same in SAME.items():
        for statement in _postgresql(table) if on_postgresql else _sqlite(table, same):
            op.execute(statement)


def _tickets() -> None:
    op.create_table(
        "log_ticket",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("body", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(128), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
    )
    op.create_index("log_ticket_of_body", "log_ticket", ["body", "asked_at"])
    op.create_table(
        "log_ticket_step",
        sa.Column("ticket", sa.String(36), sa.ForeignKey("log_ticket.id"), primary_key=True),
        sa.Column("step", sa.String(16), primary_key=True),
        sa.Column("by", sa.String(128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "log_ticket_use",
        sa.Column("ticket", sa.String(36), sa.ForeignKey("log_ticket.id"), primary_key=True),
        sa.Column("use", sa.Integer(), primary_key=True, autoincrement=False),
    )


def _postgresql(table: str) -> list[str]:
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION ticket_refuse()" for each in ("ROW", "STATEMENT"))
    return [
        f"""\
CREATE OR REPLACE FUNCTION ticket_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';
END $$""",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {row}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {statement}",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _sqlite(table: str, same: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]
