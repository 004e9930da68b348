"""Tables of reviews and duties. It only adds: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGE = "reviews are append-only"
SAME = {
    "review_item": (
        "seq = NEW.seq",
        "about = NEW.about AND reason = NEW.reason AND organisation = NEW.organisation",
        "id = NEW.id",
    ),
    "review_excluded": ("item = NEW.item AND who = NEW.who",),
    "review_taken": ("item = NEW.item AND nth = NEW.nth",),
    "review_verdict": ("item = NEW.item AND nth = NEW.nth",),
    "review_closed": ("item = NEW.item",),
    "review_sample": ("week = NEW.week",),
    "obligation": (
        "seq = NEW.seq",
        "about = NEW.about AND code = NEW.code AND organisation = NEW.organisation",
        "id = NEW.id",
    ),
    "obligation_done": ("obligation = NEW.obligation",),
}


def upgrade() -> None:
    """Make the tables. There is no way back: what was judged was judged."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = sa.text("clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
    _items(clock)
    _verdicts(clock)
    _obligations()
    _begin_now()
    if on_postgresql:
        op.execute(f"""\
CREATE OR REPLACE FUNCTION review_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege';
END $$""")
    for table, same in SAME.items():
        for statement in _postgresql(table) if on_postgresql else _sqlite(table, same):
            op.execute(statement)


def _items(clock: sa.TextClause) -> None:
    op.create_table(
        "review_item",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("event", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("judges", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("about", "reason", "organisation"),
    )
    op.create_index("review_item_of_organisation", "review_item", ["organisation", "due", "seq"])
    op.create_table(
        "review_excluded",
        sa.Column("item", sa.String(36), sa.ForeignKey("review_item.id"), primary_key=True),
        sa.Column("who", sa.LargeBinary(), primary_key=True),
    )
    op.create_table(
        "review_sample",
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("size", BIG, nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )


def _verdicts(clock: sa.TextClause) -> None:
    op.create_table(
        "review_taken",
        sa.Column("item", sa.String(36), sa.ForeignKey("review_item.id"), primary_key=True),
        sa.Column("nth", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_table(
        "review_verdict",
        sa.Column("item", sa.String(36), sa.ForeignKey("review_item.id"), primary_key=True),
        sa.Column("nth", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("follow_up", sa.String(32), nullable=False),
        sa.Column("event", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=clock),
    )
    op.create_table(
        "review_closed",
        sa.Column("item", sa.String(36), sa.ForeignKey("review_item.id"), primary_key=True),
        sa.Column("verdict", sa.String(32), nullable=False),
    )


def _begin_now() -> None:
    # What happened before nobody was told to review: thousands at once, and all late, hide the first that counts.
    op.execute("INSERT INTO log_follower (name, next) SELECT 'reviews', COALESCE(MAX(seq) + 1, 0) FROM audit_leaf")
    op.execute(
        "INSERT INTO review_sample (week, size) SELECT '', MAX(seq) + 1 FROM audit_leaf HAVING COUNT(*) > 0"
    )  # before every week


def _obligations() -> None:
    op.create_table(
        "obligation",
        sa.Column("seq", BIG, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("event", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("organisation", sa.String(64), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("notice", sa.String(36)),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("about", "code", "organisation"),
    )
    op.create_index("obligation_of_organisation", "obligation", ["organisation", "due", "seq"])
    op.create_index("ix_obligation_notice", "obligation", ["notice"])
    op.create_table(
        "obligation_done",
        sa.Column("obligation", sa.String(36), sa.ForeignKey("obligation.id"), primary_key=True),
        sa.Column("event", sa.Uuid(as_uuid=False), nullable=False),
    )


def _postgresql(table: str) -> list[str]:
    row, statement = (f"FOR EACH {each} EXECUTE FUNCTION review_refuse()" for each in ("ROW", "STATEMENT"))
    return [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {row}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {statement}",
        # ALWAYS: also where session_replication_role switches ordinary triggers off.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]


def _sqlite(table: str, same: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {each})" for each in same)  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refuse}",
    ]
