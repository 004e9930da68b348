"""Questions and registrations only grow. It adds triggers: the version before it, which changes no row, runs on."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUARDED = {
    "holder_question": ("question_refuse", "questions are append-only"),
    "registration": ("registration_refuse", "registrations are append-only"),
}

CONFIRMED = "rule_set = NEW.rule_set AND digest = NEW.digest AND officer = NEW.officer"
CONFIRMED_TAKEN = " OR ".join(
    f"EXISTS (SELECT 1 FROM rule_confirmation WHERE {each})"  # noqa: S608 - our own names
    for each in ("id = NEW.id", CONFIRMED)
)


def upgrade() -> None:
    """Make the triggers. There is no way back: what was asked or registered stays."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    for table, (refuse, message) in GUARDED.items():
        for statement in _postgresql(table, refuse, message) if on_postgresql else _sqlite(table, message):
            op.execute(statement)
    if not on_postgresql:
        # The same in other words, which all rooms of the gateway now share.
        stopped = "BEGIN SELECT RAISE(ABORT, 'confirmations are append-only'); END"
        op.execute("DROP TRIGGER rule_confirmation_no_replace")
        op.execute(
            "CREATE TRIGGER rule_confirmation_no_replace BEFORE INSERT ON rule_confirmation"
            f" WHEN {CONFIRMED_TAKEN} {stopped}"
        )


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


def _sqlite(table: str, message: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]
