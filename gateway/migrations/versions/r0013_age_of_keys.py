"""A person's key says when it was made, so that an old one can be renewed. It adds a column: the old goes on running.

Null is "before this step", and what the version before this one makes meanwhile: older than anything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. There is no way back: what was written under a renewed key needs the versions kept."""
    op.add_column("person_key", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
