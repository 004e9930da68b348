"""Notices to organisations. It only adds tables: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGE = "notices are append-only"
SAME = {
    "notice_due": "seq = NEW.seq) OR EXISTS (SELECT 1 FROM notice_due WHERE person = NEW.person"
    " AND version = NEW.version",
    "notice_looked": "due = NEW.due",
    "notice": "seq = NEW.seq) OR EXISTS (SELECT 1 FROM notice WHERE id = NEW.id",
    "notice_attempt": "notice = NEW.notice AND attempt = NEW.attempt",
    "notice_settled": "notice = NEW.notice",
}


def upgrade() -> None:
    """Make the tables. There is no way back: who was told was told."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = sa.text("clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
    _what_ended()
    _notices(clock)
    if on_postgresql:
        op.execute(f"""\
CREATE OR REPLACE FUNCTION notice_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';
END $$""")
    for table, same in SAME.items():
        for statement in _postgresql(table) if on_postgresql else _sqlite(table, same):
            op.execute(statement)


def _what_ended() -> None:
    op.create_table(
        "notice_due",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("section", sa.String(32), nullable=False),
        sa.Column("fact", sa.String(64), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("person", "version"),
    )
    op.create_table(
        "notice_looked",
        sa.Column("due", BIG, sa.ForeignKey("notice_due.seq"), primary_key=True, autoincrement=False),
    )


def _notices(clock: sa.TextClause) -> None:
    op.create_table(
        "notice",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
        sa.UniqueConstraint("id"),
    )
    op.create_index("notice_of_organisation", "notice", ["organisation", "seq"])
    op.create_table(
        "notice_attempt",
        sa.Column("notice", BIG, sa.ForeignKey("notice.seq"), primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_table(
        "notice_settled",
        sa.Column("notice", BIG, sa.ForeignKey("notice.seq"), primary_key=True, autoincrement=False),
        sa.Column("how", sa.String(16), nullable=False),
    )


def _postgresql(table: str) -> list[str]:
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION notice_refuse()" for each in ("ROW", "STATEMENT"))
    return [
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
