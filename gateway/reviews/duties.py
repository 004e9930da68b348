"""Keeping what people still have to do because of an event, and reading it back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.review.opening import Owed
from gateway.ids import as_id
from gateway.reviews.tables import obligation, obligation_done


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that `organisation` (or `gateway`) has to do because of `event`."""

    seq: int
    id: str
    event: str
    code: str
    organisation: str
    due: date
    is_done: bool


async def open_duty(connection: AsyncConnection, owed: Owed) -> None:
    """Keep a duty; one that is there already stays as it is."""
    columns = obligation.c
    same = and_(columns.about == owed.about, columns.code == owed.code, columns.organisation == owed.organisation)
    if (await connection.execute(select(columns.id).where(same))).first() is not None:
        return
    row = {
        "id": str(uuid.uuid4()),
        "about": owed.about,
        "event": owed.event,
        "code": owed.code,
        "organisation": owed.organisation,
        "due": owed.due,
        "notice": owed.notice,
    }
    await connection.execute(insert(obligation).values(row))


async def duty_named(connection: AsyncConnection, duty: str) -> Duty | None:
    """Return the duty with this id, or None."""
    row = (await connection.execute(_query().where(obligation.c.id == as_id(duty)))).first()
    return None if row is None else _duty(row)


async def open_duties(
    connection: AsyncConnection, organisation: str | None, *, after: Duty | None = None, limit: int
) -> list[Duty]:
    """Return what is not done, the first due first, behind `after`; of every organisation where None."""
    columns, found = obligation.c, _query().where(is_undone())
    if organisation is not None:
        found = found.where(columns.organisation == organisation)
    if after is not None:
        later = and_(columns.due == after.due, columns.seq > after.seq)
        found = found.where(or_(columns.due > after.due, later))
    rows = await connection.execute(found.order_by(columns.due, columns.seq).limit(limit))
    return [_duty(row) for row in rows]


async def duties_of(connection: AsyncConnection, event: str, organisation: str | None) -> list[Duty]:
    """Return what `event` left to do, to one organisation or to all, the first due first."""
    columns, found = obligation.c, _query().where(obligation.c.event == event)
    if organisation is not None:
        found = found.where(columns.organisation == organisation)
    return [_duty(row) for row in await connection.execute(found.order_by(columns.due, columns.seq))]


async def duties_of_notices(connection: AsyncConnection, notices: Sequence[str]) -> list[Duty]:
    """Return the duties that the reading of `notices` does, and that are not done."""
    query = _query().where(obligation.c.notice.in_(notices), is_undone())
    return [_duty(row) for row in await connection.execute(query.order_by(obligation.c.seq))]


def is_undone() -> Any:
    """Return the condition that a duty is not done."""
    return ~exists().where(obligation_done.c.obligation == obligation.c.id)


async def keep_done(connection: AsyncConnection, duty: str, event: str) -> None:
    """Note that a duty is done, as `event` says."""
    await connection.execute(insert(obligation_done).values(obligation=duty, event=event))


def _query() -> Any:
    done = exists().where(obligation_done.c.obligation == obligation.c.id).label("is_done")
    return select(obligation, done)


def _duty(row: Any) -> Duty:
    return Duty(row.seq, row.id, row.event, row.code, row.organisation, row.due, bool(row.is_done))
