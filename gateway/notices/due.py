"""Writing down, in the transaction of a fact that ends, that somebody has to be told; and finding that again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.reading import instant
from consent.store.recording import Recorded
from gateway.notices.relying import TOLD
from gateway.notices.tables import notice_due, notice_looked
from schemas.calendar import parse_moment

MOST_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Due:
    """A fact that was ended by `field`, at `ended_at` in the clock of decisions; `person` is whose fact it was."""

    seq: int
    person: str
    section: str
    fact: str
    field: str
    ended_at: datetime


async def keep_due(connection: AsyncConnection, recorded: Recorded, said: Mapping[str, Any]) -> None:
    """Keep, in the open transaction, that who relied on this fact is to be told, where it was ended by what is `said`.

    INVARIANT: it is committed with the end of the fact or not at all, so no notice is lost between.
    """
    for field in said:
        if (recorded.section, field) in TOLD:
            await connection.execute(
                insert(notice_due).values(
                    person=recorded.person,
                    version=recorded.version,
                    section=recorded.section,
                    fact=recorded.id,
                    field=field,
                    ended_at=parse_moment(said[field]).astimezone(UTC),
                )
            )


async def read_due(connection: AsyncConnection, *, after: int) -> list[Due]:
    """Return the oldest ends that nobody worked off yet, of those numbered above `after`."""
    looked = exists().where(notice_looked.c.due == notice_due.c.seq)
    waits = select(notice_due).where(notice_due.c.seq > after, ~looked).order_by(notice_due.c.seq).limit(MOST_AT_ONCE)
    return [
        Due(row.seq, row.person, row.section, row.fact, row.field, instant(row.ended_at))
        for row in await connection.execute(waits)
    ]


async def newest_due(connection: AsyncConnection) -> int:
    """Return the number of the newest end, 0 where there is none."""
    return int((await connection.execute(select(func.coalesce(func.max(notice_due.c.seq), 0)))).scalar_one())


async def is_worked_off(connection: AsyncConnection, due: Due) -> bool:
    """Return whether somebody worked it off."""
    return (await connection.execute(select(notice_looked).where(notice_looked.c.due == due.seq))).first() is not None
