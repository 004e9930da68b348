"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step on. There is no way back: what was recorded stays recorded."""
    ${upgrades if upgrades else "pass"}
