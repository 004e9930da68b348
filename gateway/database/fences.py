"""Whether the gateway's own login could take down what keeps the log append-only.

Source: audit log contract, *Storage* (the application's role may insert and select, nothing else).
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_MAY_REBUILD: Final = text("""\
SELECT coalesce(bool_or(pg_has_role(relowner, 'USAGE')), false)
    OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
FROM pg_class WHERE relname = 'audit_event' AND pg_table_is_visible(oid)""")


async def may_rebuild(connection: AsyncConnection) -> bool:
    """Return whether the login of `connection` owns the log's tables, or may all: it could switch its triggers off.

    SQLite has no logins, so there is none that could do less.
    """
    if connection.dialect.name != "postgresql":
        return False
    return bool((await connection.execute(_MAY_REBUILD)).scalar_one())
