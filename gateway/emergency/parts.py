"""Keeping what an emergency opened, a row for each holder, and finding it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, and_, insert, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.sealing import Sealer
from consent.keys import place
from consent.store.reading import instant
from gateway.emergency.standing import Side, Use
from gateway.emergency.tables import emergency, emergency_closed, emergency_closed_again
from gateway.ids import as_id
from schemas.canonical_json import canonical

_CLOSED: Final = union_all(select(emergency_closed), select(emergency_closed_again)).subquery("closed")


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """What `organisation` got of one holder about `person`, and what became of it; `worker` opened it."""

    use: Use
    organisation: str
    person: str
    worker: str
    closed_at: datetime | None = None

    @property
    def ended_at(self) -> datetime:
        """Return when it ends or ended: by hand, or after its hours."""
        return self.use.expires_at if self.closed_at is None else self.closed_at

    def is_open(self, at: datetime) -> bool:
        """Return whether it still lasts."""
        return at < self.ended_at

    def may_close(self, side: Side, at: datetime) -> bool:
        """Return whether it changes something that `side` closes it: another's closing does not bar as his own does."""
        return at < self.use.expires_at and side not in self.use.closed_by


async def keep_part(connection: AsyncConnection, sealer: Sealer, part: Part) -> None:
    """Keep a part in the open transaction."""
    use = part.use
    await connection.execute(
        insert(emergency).values(
            id=use.id,
            holder=use.holder,
            organisation=part.organisation,
            person=part.person,
            opened_at=use.opened_at.astimezone(UTC),
            expires_at=use.expires_at.astimezone(UTC),
            sealed=sealer.seal(None, canonical({"worker": part.worker}), _place(use.id, use.holder)),
        )
    )


async def keep_closed(connection: AsyncConnection, part: Part, side: Side, at: datetime) -> None:
    """Keep in the open transaction that a part was closed by hand, from a side that did not before."""
    table = emergency_closed_again if part.use.closed_by else emergency_closed
    row = {"id": part.use.id, "holder": part.use.holder, "side": str(side), "closed_at": at.astimezone(UTC)}
    await connection.execute(insert(table).values(**row))


async def parts_of(connection: AsyncConnection, sealer: Sealer, name: str) -> list[Part]:
    """Return the parts of an emergency by its id, by holder; none where nothing has it.

    Raises:
        ValueError: what is stored was changed.
    """
    rows = await connection.execute(_all(emergency.c.holder).where(emergency.c.id == as_id(name)))
    return [_part(same, sealer) for same in _by_part(rows)]


async def parts_since(
    connection: AsyncConnection, sealer: Sealer, since: datetime, *, of: str | None = None
) -> list[Part]:
    """Return what was opened from `since` on, newest first: all of it, or what `of` asked or held.

    Raises:
        ValueError: what is stored was changed.
    """
    newest = _all(emergency.c.opened_at.desc(), emergency.c.id, emergency.c.holder)
    found = newest.where(emergency.c.opened_at >= since.astimezone(UTC))
    if of is not None:
        found = found.where((emergency.c.holder == of) | (emergency.c.organisation == of))
    return [_part(same, sealer) for same in _by_part(await connection.execute(found))]


async def uses_about(
    connection: AsyncConnection, person: str | None, organisation: str, *, since: datetime
) -> Sequence[Use]:
    """Return what `organisation` opened about `person` from `since` on; nothing of nobody, after the same reads."""
    mine: ColumnElement[bool] = and_(
        emergency.c.person == (person or ""),
        emergency.c.organisation == organisation,
        emergency.c.opened_at >= since.astimezone(UTC),
    )
    rows = await connection.execute(_all(emergency.c.id, emergency.c.holder).where(mine))
    return [_use(same) for same in _by_part(rows)]


def _all(*order: ColumnElement[Any]) -> Select[Any]:
    """Return the query for all parts, in an `order` that tells them apart: a row for each side that closed one."""
    closed = _CLOSED.c
    together = and_(closed.id == emergency.c.id, closed.holder == emergency.c.holder)
    rows = select(emergency, closed.side, closed.closed_at).outerjoin(_CLOSED, together)
    return rows.order_by(*order, closed.closed_at)


def _by_part(rows: Iterable[Any]) -> list[list[Any]]:
    return [list(same) for _, same in groupby(rows, key=lambda row: (row.id, row.holder))]


def _use(same: Sequence[Any]) -> Use:
    row, sides = same[0], tuple(Side(each.side) for each in same if each.side is not None)
    return Use(row.id, row.holder, instant(row.opened_at), instant(row.expires_at), sides)


def _part(same: Sequence[Any], sealer: Sealer) -> Part:
    row = same[0]
    told = orjson.loads(sealer.open(None, row.sealed, _place(row.id, row.holder)))
    closed_at = None if row.closed_at is None else instant(row.closed_at)
    return Part(_use(same), row.organisation, row.person, told["worker"], closed_at)


def _place(name: str, holder: str) -> bytes:
    return place("emergency", name, holder)
