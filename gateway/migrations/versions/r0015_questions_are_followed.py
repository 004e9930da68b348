"""Questions to holders are opened behind the log, from here on: what was asked before has its question already.

It adds the follower's place; the version before it goes on, and keeps the questions of its own requests itself.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the follower where the tree ends."""
    op.execute("INSERT INTO log_follower (name, next) SELECT 'questions', coalesce(max(seq) + 1, 0) FROM audit_leaf")
