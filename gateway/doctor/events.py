"""When events were written, read off their leaves: the doctor's only look at the log, and nobody stands in it."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.tables import audit_event, audit_leaf

_NEWEST = select(audit_event.c.leaf).order_by(audit_event.c.id.desc()).limit(1)


async def newest_at(connection: AsyncConnection) -> datetime | None:
    """Return when the newest event was written, or None where there is none."""
    return await _at(connection, _NEWEST)


async def placed_at(connection: AsyncConnection, seq: int) -> datetime | None:
    """Return when the event at `seq` in the tree was written, or None where there is none."""
    placed = select(audit_event.c.leaf).join(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
    return await _at(connection, placed.where(audit_leaf.c.seq == seq))


async def _at(connection: AsyncConnection, query: Select[Any]) -> datetime | None:
    leaf: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return None if leaf is None else datetime.fromisoformat(orjson.loads(leaf)["at"])
