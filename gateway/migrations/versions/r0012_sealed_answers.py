"""Answers to repeated requests are sealed. It adds a column, and ends answers past their term: the old goes on running.

What the version before this one keeps, open, it needs itself as long as it serves: that goes a day later, by its term
(`schakel retention`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PAST = {
    "postgresql": "clock_timestamp() - INTERVAL '24 hours'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-24 hours')",
}
"""The term of an answer: `gateway.erasing.terms.ANSWERED`."""


def upgrade() -> None:
    """Add the column. There is no way back: what was sealed stays sealed."""
    op.add_column("idempotent_request", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    past = _PAST[op.get_context().dialect.name]
    op.execute(f"DELETE FROM idempotent_request WHERE recorded_at < {past}")  # noqa: S608 - our own text
