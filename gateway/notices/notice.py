"""One notice: what it holds, its id, and how it is kept."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.sealing import Sealer
from consent.keys import KeyService, place
from consent.store.reading import instant
from gateway.notices.due import Due
from gateway.notices.tables import notice
from schemas.calendar import utc_milliseconds
from schemas.canonical_json import canonical

EMERGENCY_OPENED: Final = "emergency.opened"
"""The kind of a notice to a holder; the others say which end of a fact is told (`gateway.notices.relying`)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """That `organisation` must look at `requests` (request ids, oldest first): its own, or what left it in one."""

    id: str
    organisation: str
    kind: str
    requests: tuple[str, ...]

    def as_json(self, at: datetime) -> dict[str, Any]:
        """Return all that the organisation is told; `at` is when the notice was kept."""
        return {"id": self.id, "at": utc_milliseconds(at), "kind": self.kind, "requests": list(self.requests)}


async def notice_of(keys: KeyService, due: Due, kind: str, organisation: str, requests: Sequence[str]) -> Notice:
    """Return the notice to one organisation of one end.

    Its id is a keyed hash of fact, end, organisation and requests: two workers, or one that was killed, make the same
    notice once; who ends a fact that was ended gives no second one; and without the key it leads to nobody.

    Raises:
        KeyUnavailableError: the key service is down.
    """
    return await _named(keys, (due.person, due.section, due.fact, due.field), kind, organisation, requests)


async def notice_of_emergency(keys: KeyService, holder: str, request_id: str) -> Notice:
    """Return the notice to a holder of whom something was released in an emergency.

    Raises:
        KeyUnavailableError: the key service is down.
    """
    return await _named(keys, (), EMERGENCY_OPENED, holder, [request_id])


async def keep_notice(connection: AsyncConnection, sealer: Sealer, told: Notice, *, announced: bool) -> bool:
    """Keep a notice in the open transaction, in which nobody else keeps one; return whether it is new."""
    if (await connection.execute(select(notice.c.seq).where(notice.c.id == told.id))).first():
        return False
    await connection.execute(
        insert(notice).values(
            id=told.id,
            organisation=told.organisation,
            kind=told.kind,
            sealed=sealer.seal(None, canonical(list(told.requests)), _place(told.id, told.organisation)),
            announced=announced,
        )
    )
    return True


async def read_notices(
    connection: AsyncConnection, sealer: Sealer, organisation: str, *, after: int, limit: int
) -> list[tuple[Notice, datetime]]:
    """Return the notices to an organisation behind the one numbered `after`, oldest first, each with when it was kept.

    Raises:
        ValueError: what is stored was changed.
    """
    columns = notice.c
    mine = select(notice).where(columns.organisation == organisation, columns.seq > after)
    rows = await connection.execute(mine.order_by(columns.seq).limit(limit))
    return [
        (
            Notice(
                row.id,
                organisation,
                row.kind,
                tuple(orjson.loads(sealer.open(None, row.sealed, _place(row.id, organisation)))),
            ),
            instant(row.recorded_at),
        )
        for row in rows
    ]


async def number_of(connection: AsyncConnection, organisation: str, notice_id: str) -> int | None:
    """Return the number of a notice to `organisation`, or None where it has no such notice."""
    mine = select(notice.c.seq).where(notice.c.organisation == organisation, notice.c.id == notice_id)
    number: int | None = (await connection.execute(mine)).scalar()
    return number


async def _named(
    keys: KeyService, about: tuple[str, ...], kind: str, organisation: str, requests: Sequence[str]
) -> Notice:
    named = place("notice", *about, organisation)
    hashed = await keys.hmac(named + canonical(list(requests)))
    return Notice(_uuid8(hashed), organisation, kind, tuple(requests))


def _uuid8(hashed: bytes) -> str:
    """Return a version 8 UUID (RFC 9562 section 5.8) of the first bits of a hash."""
    number = int.from_bytes(hashed[:16]) & ~(0xF << 76) | 0x8 << 76
    return str(uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


def _place(notice_id: str, organisation: str) -> bytes:
    return place("notice", notice_id, organisation)
