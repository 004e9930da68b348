"""How long each follower of the log has waited: one that is stuck is seen before what it should have kept is missed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.finding.search import instant_of
from audit.tables import audit_leaf
from gateway.log.following import places_of

ALARM_FROM: Final = timedelta(minutes=5)


async def behind(connection: AsyncConnection, names: Sequence[str], now: datetime) -> list[tuple[str, int]]:
    """Return each of the followers `names` whose next event is older than `ALARM_FROM`, and by how many minutes."""
    found = []
    for name, place in (await places_of(connection, names)).items():
        asked = select(cast(audit_leaf.c.event_id, String)).where(audit_leaf.c.seq == place)
        event = (await connection.execute(asked)).scalar()
        waited = timedelta(0) if event is None else now - instant_of(event)
        if waited >= ALARM_FROM:
            found.append((name, int(waited.total_seconds() // 60)))
    return found
