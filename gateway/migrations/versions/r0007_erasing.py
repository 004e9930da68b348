"""Forgetting a person: his rows may go once he has no key. It only adds: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEYLESS = "NOT EXISTS (SELECT 1 FROM person_key WHERE person = OLD.person)"
LOOKED = """\
NOT EXISTS (SELECT 1 FROM notice_due JOIN person_key ON person_key.person = notice_due.person
    WHERE notice_due.seq = OLD.due)"""
FORGOTTEN = {
    "fact": ("facts are append-only", KEYLESS),
    "holder_question": ("questions are append-only", KEYLESS),
    "notice_due": ("notices are append-only", KEYLESS),
    "notice_looked": ("notices are append-only", LOOKED),
}
"""Which rows of a table that only grows may go, and what is said of the others."""


def upgrade() -> None:
    """Make the table and the guards. There is no way back: what was erased stays erased."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = sa.text("clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
    op.create_table(
        "tombstone_done",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    for statement in _postgresql() if on_postgresql else _sqlite():
        op.execute(statement)


def _postgresql() -> list[str]:
    refuse = "RAISE EXCEPTION '{}' USING ERRCODE = 'insufficient_privilege';"
    made = [_function("tombstone_refuse", refuse.format("tombstones are append-only"))]
    made += [
        (
            "CREATE TRIGGER tombstone_done_no_change BEFORE UPDATE OR DELETE ON tombstone_done"
            " FOR EACH ROW EXECUTE FUNCTION tombstone_refuse()"
        ),
        (
            "CREATE TRIGGER tombstone_done_no_truncate BEFORE TRUNCATE ON tombstone_done"
            " FOR EACH STATEMENT EXECUTE FUNCTION tombstone_refuse()"
        ),
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        "ALTER TABLE tombstone_done ENABLE ALWAYS TRIGGER tombstone_done_no_change",
        "ALTER TABLE tombstone_done ENABLE ALWAYS TRIGGER tombstone_done_no_truncate",
    ]
    for table, (message, forgotten) in FORGOTTEN.items():
        body = f"IF TG_OP = 'DELETE' AND {forgotten} THEN\n    RETURN OLD;\n  END IF;\n  {refuse.format(message)}"
        made += [
            _function(f"{table}_forget", body),
            (
                f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {table}_forget()"
            ),
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        ]
    known = "EXISTS (SELECT 1 FROM person WHERE id = NEW.person) OR NOT EXISTS (SELECT 1 FROM tombstone_done)"
    known = f"IF {known} THEN\n    RETURN NEW;\n  END IF;\n  RETURN NULL;"
    return [
        *made,
        _function("subject_of_nobody", known),
        (
            "CREATE TRIGGER audit_subject_of_nobody BEFORE INSERT ON audit_subject"
            " FOR EACH ROW EXECUTE FUNCTION subject_of_nobody()"
        ),
        "ALTER TABLE audit_subject ENABLE ALWAYS TRIGGER audit_subject_of_nobody",
    ]


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  {body}\nEND $$"


def _sqlite() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, '{}'); END"
    alone, taken = (
        refuse.format("tombstones are append-only"),
        "EXISTS (SELECT 1 FROM tombstone_done WHERE seq = NEW.seq)",
    )
    made = [
        f"CREATE TRIGGER tombstone_done_no_update BEFORE UPDATE ON tombstone_done {alone}",
        f"CREATE TRIGGER tombstone_done_no_delete BEFORE DELETE ON tombstone_done {alone}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER tombstone_done_no_replace BEFORE INSERT ON tombstone_done WHEN {taken} {alone}",
    ]
    for table, (message, forgotten) in FORGOTTEN.items():
        made += [
            f"DROP TRIGGER {table}_no_delete",
            (
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
                f" WHEN NOT ({forgotten}) {refuse.format(message)}"
            ),
        ]
    unknown = "NOT EXISTS (SELECT 1 FROM person WHERE id = NEW.person) AND EXISTS (SELECT 1 FROM tombstone_done)"
    return [
        *made,
        (
            "CREATE TRIGGER audit_subject_of_nobody BEFORE INSERT ON audit_subject"
            f" WHEN {unknown} BEGIN SELECT RAISE(IGNORE); END"
        ),
    ]
