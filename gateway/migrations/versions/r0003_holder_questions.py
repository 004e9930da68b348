"""Questions that wait for a holder. It only adds a table: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. There is no way back: what waits stays waiting."""
    on_postgresql = op.get_context().dialect.name == "postgresql"
    clock = "clock_timestamp()" if on_postgresql else "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"
    op.create_table(
        "holder_question",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("alike", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text(clock)),
    )
    op.create_index("ix_holder_question_holder", "holder_question", ["holder"])
    op.create_index("ix_holder_question_alike", "holder_question", ["alike"])
