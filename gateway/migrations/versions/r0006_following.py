"""How far each follower of the log has come. It only adds a table: the version before it goes on running."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "log_follower",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("next", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    )
