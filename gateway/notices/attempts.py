"""The attempts to announce a notice: which are due, who makes them, and how they ended. In rows that only grow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.store.reading import instant
from consent.store.tables import DatabaseClock
from gateway.notices.tables import notice, notice_attempt, notice_settled

DEADLINE: Final = timedelta(seconds=15)
"""How long the other side may take to answer an attempt."""

WAITS: Final = (
    timedelta(seconds=20),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""From each attempt to the next. After the last of them, some three days on, a notice is announced no more.

Source: Standard Webhooks, *Deliverability and reliability*; the first is longer than an attempt may take, so that two
workers never have one notice on its way at once.
"""

MOST_ATTEMPTS: Final = len(WAITS) + 1
MOST_OF_ONE: Final = 500
"""So many notices of one organisation are looked at in a round, the oldest; no other one's wait for them."""


class How(StrEnum):
    """Why a notice is announced no more."""

    DELIVERED = "delivered"
    DEAD = "dead"
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that is to be announced, after `attempts`, the last of them at `last`; `now` is the database's clock."""

    seq: int
    id: str
    organisation: str
    recorded_at: datetime
    attempts: int
    last: datetime | None
    now: datetime

    @property
    def is_due(self) -> bool:
        """Whether the next thing may be done about it now: another attempt, or giving up."""
        if self.last is None:
            return True
        return self.now - self.last >= (WAITS[0] if self.is_exhausted else WAITS[self.attempts - 1])

    @property
    def is_exhausted(self) -> bool:
        """Whether all attempts were made; the last one may be on its way still, until `is_due`."""
        return self.attempts >= MOST_ATTEMPTS


async def read_waiting(connection: AsyncConnection, *, after: int) -> list[Waiting]:
    """Return the notices numbered above `after` that are to be announced still, of each organisation the oldest."""
    columns = notice.c
    tried = notice_attempt.c.notice == columns.seq
    settled = exists().where(notice_settled.c.notice == columns.seq)
    clock: ColumnElement[Any] = DatabaseClock()
    nth = func.row_number().over(partition_by=columns.organisation, order_by=columns.seq).label("nth")
    waits = select(columns.seq, nth).where(columns.seq > after, columns.announced, ~settled).subquery()
    query = (
        select(
            columns.seq,
            columns.id,
            columns.organisation,
            columns.recorded_at,
            select(func.count()).where(tried).correlate(notice).scalar_subquery().label("attempts"),
            select(func.max(notice_attempt.c.at)).where(tried).correlate(notice).scalar_subquery().label("last"),
            clock.label("now"),
        )
        .join(waits, waits.c.seq == columns.seq)
        .where(waits.c.nth <= MOST_OF_ONE)
        .order_by(columns.seq)
    )
    return [_waiting(row) for row in await connection.execute(query)]


async def newest_notice(connection: AsyncConnection) -> int:
    """Return the number of the newest notice, 0 where there is none."""
    return int((await connection.execute(select(func.coalesce(func.max(notice.c.seq), 0)))).scalar_one())


async def claim(connection: AsyncConnection, waits: Waiting) -> bool:
    """Keep that the next attempt is made; return whether it is ours, and not another worker's."""
    row = {"notice": waits.seq, "attempt": waits.attempts + 1}
    return await _is_first(connection, notice_attempt, row)


async def settle(connection: AsyncConnection, waits: Waiting, how: How) -> bool:
    """Keep that a notice is announced no more; return whether nobody kept that before."""
    return await _is_first(connection, notice_settled, {"notice": waits.seq, "how": str(how)})


async def _is_first(connection: AsyncConnection, table: Any, row: dict[str, Any]) -> bool:
    if connection.dialect.name == "postgresql":
        made = postgresql.insert(table).values(**row).on_conflict_do_nothing()
        return (await connection.execute(made)).rowcount == 1
    # The write lock is ours alone there, and the guard against replacing would refuse the second.
    key = [column == row[column.name] for column in table.primary_key.columns]
    if (await connection.execute(select(table).where(*key))).first():
        return False
    await connection.execute(sqlite.insert(table).values(**row))
    return True


def _waiting(row: Any) -> Waiting:
    last = None if row.last is None else instant(row.last)
    at = instant(row.recorded_at)
    return Waiting(row.seq, row.id, row.organisation, at, row.attempts, last, instant(row.now))
