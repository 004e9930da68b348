"""Following the log in tree order: what is worked off behind it is worked off once, whole, and after the event.

A follower takes the next events in the transaction that moves his place, so whoever dies in the middle leaves both as
they were. Any number of processes may follow: the first to move a place wins, and the others find it moved.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.read import SealBrokenError, entries, opened
from audit.tables import audit_leaf
from audit.told import Told, told
from consent.keys import KeyClass
from consent.reading import read_audit_keys
from gateway.commit import Committer
from gateway.database import write_transaction
from gateway.log.tables import log_follower
from gateway.logs import logger, where

EVERY: Final = timedelta(seconds=1)
MOST_AT_ONCE: Final = 500
_BEGIN: Final = text("INSERT INTO log_follower (name, next) VALUES (:name, 0) ON CONFLICT DO NOTHING")


class Follower(Protocol):
    """Does something about every event of the log, once."""

    @property
    def name(self) -> str:
        """Under which his place is kept; never changed, and nobody else's."""
        ...

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Do what `events`, the next in tree order, ask, in the transaction of `connection`, and in nothing else.

        The keys of all whom they are about are at hand, so events about them can be kept with `committer.log.append`.
        An event whose seals were broken comes without fields.
        """
        ...


@dataclass
class Following:
    """Leads `followers` along the log, beside the requests, until it is closed."""

    committer: Committer
    followers: Sequence[Follower]
    every: timedelta = EVERY
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Finish what runs, and stop. What is not done is done after the next start."""
        self._stop.set()
        if self._task is not None:
            await self._task

    async def catch_up(self) -> None:
        """Have every follower take what has a place in the tree by now.

        Raises:
            SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
        """
        for follower in self.followers:
            while not self._stop.is_set() and await self._led(follower):
                pass

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                await self.catch_up()
            except Exception as error:  # noqa: BLE001 - whatever went wrong in this round, the next one comes
                logger().error("log.following_waits", **where(error))
            try:
                await asyncio.wait_for(self._stop.wait(), self.every.total_seconds())
            except TimeoutError:
                continue

    async def _led(self, follower: Follower) -> bool:
        """Lead `follower` over the next events; return whether there may be more."""
        async with self.committer.engine.connect() as connection:
            since = await place_of(connection, follower.name)
            size = (await connection.execute(select(func.max(audit_leaf.c.seq)))).scalar()
            until = min(since + MOST_AT_ONCE, 0 if size is None else size + 1)
            found = [each async for each in entries(connection, since=since, size=until)]
            if not found:
                return False
            await bring_keys(self.committer, connection, found)
        events = [tell(self.committer, each) for each in found]
        async with write_transaction(self.committer.engine) as connection:
            if not await _hold(connection, follower.name, since):
                return False
            await follower.take(connection, self.committer, events)
            moved = update(log_follower).where(log_follower.c.name == follower.name).values(next=since + len(found))
            await connection.execute(moved)
        return True


async def place_of(connection: AsyncConnection, name: str) -> int:
    """Return the number of the first event that the follower `name` has not taken."""
    found = await connection.execute(select(log_follower.c.next).where(log_follower.c.name == name))
    return found.scalar() or 0


async def bring_keys(committer: Committer, connection: AsyncConnection, found: Iterable[Entry]) -> None:
    """Have the audit keys of all whom `found` are about at hand for a minute, in one read.

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    persons = sorted({each.person for each in found if each.person is not None})
    keys = await read_audit_keys(connection, committer.facts.keys, persons)
    committer.sealer.know([(person, 0) for person in persons], {(each, KeyClass.AUDIT): keys[each] for each in keys})


def tell(committer: Committer, entry: Entry) -> Told:
    """Return `entry` as its keys, which are at hand, open it: without fields where its seals were broken."""
    try:
        return told(entry, opened(committer.sealer, entry))
    except SealBrokenError as error:
        logger().error("log.event_broken", **where(error))
        return told(entry, {})


async def _hold(connection: AsyncConnection, name: str, since: int) -> bool:
    """Hold the place of `name` until the end of the transaction; return whether it is still `since`."""
    await connection.execute(_BEGIN, {"name": name})
    place = select(log_follower.c.next).where(log_follower.c.name == name).with_for_update()
    return bool((await connection.execute(place)).scalar_one() == since)
