"""The sample of the week: of each holder some releases, drawn by a lot that nobody can steer, once a week.

The first head that is signed in a week closes the one before it; what that head covers, and no earlier one did, is what
the sample is drawn from. So every release stands in one week's lot, and `review.opened` says which head drew it.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from audit.read import event_named
from audit.review.opening import holders_released, opened_by_hand
from audit.review.rows import SAMPLE_SIZE, Reason
from audit.review.sample import drawn, monday_of, week_of
from audit.tables import audit_checkpoint, audit_event, audit_leaf
from audit.told import Told
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.log.telling import bring_keys, tell_or_skip
from gateway.registry.rows import ever_with_source
from gateway.registry.snapshot import PERSONS
from gateway.reviews.items import hold, open_item
from gateway.reviews.tables import review_sample
from gateway.rounds import Act, InRounds
from schemas.calendar import utc_milliseconds


@dataclass(frozen=True, slots=True)
class Lot:
    """What a week's sample is drawn by and from: the events from `since` to, not with, `size`."""

    week: str
    since: int
    size: int
    note: str


@dataclass
class Sampling(InRounds):
    """Draws, beside the requests, until it is closed. `now` is the machine's clock; it only says which week it is."""

    waits = "reviews.sample_waits"
    committer: Committer
    now: Callable[[], datetime]
    holders: Callable[[], Container[str]]
    """Gives who has a source of records now. Who has none, and never had, holds nothing to draw a sample of."""

    size: int = SAMPLE_SIZE
    every: timedelta = field(default=timedelta(minutes=5), kw_only=True)

    def acts(self) -> Sequence[Act]:
        """Return the one: to draw a week that is not drawn."""
        return [self.draw]

    async def draw(self) -> int:
        """Draw what is due, and return how many reviews that opened; any number of processes may, once is drawn.

        Raises:
            SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
        """
        async with self.committer.engine.connect() as connection:
            lot = await _due(connection, self.now())
            chosen = {} if lot is None else await self._chosen(connection, lot)
        if lot is None:
            return 0
        opened = 0
        for holder in sorted(chosen):
            # Holder by holder, so that nobody waits for all of them. Who draws it again finds what is there already.
            async with write_transaction(self.committer.engine) as connection:
                await hold(connection, f"sample of {holder}")
                opened += await self._opened(connection, lot, holder, chosen[holder])
        async with write_transaction(self.committer.engine) as connection:
            await hold(connection, "sample")
            # Last: whoever dies before has it drawn again, by the same lot.
            if await _due(connection, self.now()) == lot:
                await connection.execute(insert(review_sample).values(week=lot.week, size=lot.size))
        return opened

    async def _chosen(self, connection: AsyncConnection, lot: Lot) -> dict[str, list[str]]:
        """Return for each holder the first in the lot of whom he released something that is still known."""
        chosen = {}
        # Of who was ended since the sample is drawn too: what left before that is no less to be looked at.
        had = await ever_with_source(connection)
        holders = self.holders()
        for holder, entered in (await _entered(connection, lot, lambda name: name in holders or name in had)).items():
            found: list[str] = []
            for event_id in drawn(lot.note, holder, entered):
                event = await self._told(connection, event_id)
                if event is not None and holder in holders_released(event):
                    found.append(event_id)
                if len(found) == self.size:
                    break
            chosen[holder] = found
        return chosen

    async def _opened(self, connection: AsyncConnection, lot: Lot, holder: str, chosen: Sequence[str]) -> int:
        opened, because = 0, {"week": lot.week, "since": lot.since, "size": lot.size}
        for event_id in chosen:
            # Again: who was forgotten since is not reviewed, and the keys may be gone from memory.
            event = await self._told(connection, event_id)
            if event is not None and holder in holders_released(event):
                opening = opened_by_hand(event, Reason.SAMPLE, holder, at=self.now())
                opened += await open_item(connection, self.committer, event, opening, because=because) is not None
        return opened

    async def _told(self, connection: AsyncConnection, event_id: str) -> Told | None:
        entry = await event_named(connection, event_id)
        if entry is None:
            return None
        unfit = await bring_keys(self.committer, connection, [entry])
        return tell_or_skip(self.committer, entry, unfit)


async def _due(connection: AsyncConnection, now: datetime) -> Lot | None:
    """Return what is to be drawn this week, or None where it was, or no head was signed in it yet."""
    week = week_of(now)
    last = (await connection.execute(select(review_sample).order_by(review_sample.c.size.desc()).limit(1))).first()
    if last is not None and last.week >= week:
        return None
    heads, monday = audit_checkpoint.c, utc_milliseconds(monday_of(now))
    query = select(heads.size, heads.note).where(heads.at >= monday).order_by(heads.size).limit(1)
    head = (await connection.execute(query)).first()
    return None if head is None else Lot(week, 0 if last is None else last.size, head.size, head.note)


async def _entered(connection: AsyncConnection, lot: Lot, holds: Callable[[str], bool]) -> dict[str, list[str]]:
    """Return for each holder that was asked the releases that may be his; whether they are is seen when drawn."""
    query = (
        select(audit_event.c.event_id, audit_event.c.leaf)
        .join(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .where(audit_leaf.c.seq >= lot.since, audit_leaf.c.seq < lot.size)
    )
    found: dict[str, list[str]] = {}
    async with connection.stream(query) as rows:
        async for row in rows:
            for holder in _asked(row.leaf, holds):
                found.setdefault(holder, []).append(row.event_id)
    return found


def _asked(encoded: bytes, holds: Callable[[str], bool]) -> set[str]:
    """Return whom a release may be of; nobody where it is none, or its leaf cannot be read (`ReviewOpener`)."""
    try:
        leaf: dict[str, Any] = orjson.loads(encoded)
        if leaf["kind"] != Kind.EXCHANGE_DISCLOSED:
            return set()
        asked = {*(leaf["counterparty"] or "").split(",")} - {"", PERSONS}
        # Who asked may be a holder too: his own people looked in his own records.
        return asked | ({leaf["organisation"]} if holds(leaf["organisation"]) else set())
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
