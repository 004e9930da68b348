"""Following the log in tree order: what is worked off behind it is worked off once, whole, and after the event.

A follower takes the next events in the transaction that moves his place, so whoever dies in the middle leaves both as
they were. Any number of processes may follow: the first to move a place wins, and the others find it moved.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol, runtime_checkable

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.read import SealBrokenError, entries, opened, told_of
from audit.tables import audit_leaf
from audit.told import Told, told
from audit.tree import leaf_hash
from consent.keys import DataKey, KeyClass
from consent.keys import SealBrokenError as KeyBrokenError
from consent.reading import read_audit_keys
from gateway.commit import Committer
from gateway.database import write_transaction
from gateway.log.tables import log_follower
from gateway.logs import logger, where

EVERY: Final = timedelta(seconds=1)
MOST_AT_ONCE: Final = 25
"""An event may be large, and all of them are open in memory at one time."""
_FIRST_YEAR: Final = 2015
_LAST_YEAR: Final = 2999
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
        An event that is broken comes without fields (about its person nothing can be kept then), or not at all where
        not even its leaf can be read.
        """
        ...


@runtime_checkable
class TakesUnproven(Protocol):
    """A follower who also does something about events whose leaf is not the one that was kept."""

    async def take_unproven(self, connection: AsyncConnection, committer: Committer, found: Sequence[Entry]) -> None:
        """Do what is due for `found`, of which nothing that the leaf says is proven, in the transaction of `take`."""
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
        """Have every follower take what has a place in the tree by now; one that fails does not stop the others.

        Raises:
            SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
        """
        for error in await self._tried():
            raise error

    async def _tried(self) -> list[Exception]:
        """Lead every follower as far as there is something; return what stopped some of them."""
        going, errors = list(self.followers), list[Exception]()
        while going and not self._stop.is_set():
            # They mostly stand at one place, and opening events costs more than what most followers do with them.
            read: dict[int, _Read] = {}
            ahead: list[Follower] = []
            for follower in going:
                if self._stop.is_set():
                    break
                try:
                    if await self._led(follower, read):
                        ahead.append(follower)
                except Exception as error:  # noqa: BLE001 - whatever went wrong with him, the next follower comes
                    errors.append(error)
            going = ahead
        return errors

    async def _run(self) -> None:
        while not self._stop.is_set():
            for error in await self._tried():
                logger().error("log.following_waits", **where(error))
            try:
                await asyncio.wait_for(self._stop.wait(), self.every.total_seconds())
            except TimeoutError:
                continue

    async def _led(self, follower: Follower, read: dict[int, "_Read"]) -> bool:
        """Lead `follower` over the next events, kept in `read` for who stands there too; say if there may be more."""
        async with self.committer.engine.connect() as connection:
            since = await place_of(connection, follower.name)
            if since not in read:
                read[since] = await self._read(connection, since)
        found = read[since]
        if not found.count:
            return False
        async with write_transaction(self.committer.engine) as connection:
            if await hold_place(connection, follower.name) != since:
                return True  # another process took these; what lies behind them is nobody's yet
            await follower.take(connection, self.committer, found.events)
            if found.unproven and isinstance(follower, TakesUnproven):
                await follower.take_unproven(connection, self.committer, found.unproven)
            moved = update(log_follower).where(log_follower.c.name == follower.name).values(next=since + found.count)
            await connection.execute(moved)
        return True

    async def _read(self, connection: AsyncConnection, since: int) -> "_Read":
        size = (await connection.execute(select(func.max(audit_leaf.c.seq)))).scalar()
        until = min(since + MOST_AT_ONCE, 0 if size is None else size + 1)
        found = [each async for each in entries(connection, since=since, size=until)]
        unfit = await bring_keys(self.committer, connection, found) if found else frozenset[str]()
        told = [(each, tell_or_skip(self.committer, each, unfit)) for each in found]
        return _Read(
            count=len(found),
            events=tuple(event for _, event in told if event is not None),
            unproven=tuple(each for each, event in told if event is None or not is_as_kept(each)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The next events from one place on: how many, what could be opened, and the entries that are not as kept."""

    count: int
    events: tuple[Told, ...] = field(repr=False)
    unproven: tuple[Entry, ...] = field(repr=False)


async def place_of(connection: AsyncConnection, name: str) -> int:
    """Return the number of the first event that the follower `name` has not taken."""
    found = await connection.execute(select(log_follower.c.next).where(log_follower.c.name == name))
    return found.scalar() or 0


async def bring_keys(committer: Committer, connection: AsyncConnection, found: Iterable[Entry]) -> frozenset[str]:
    """Have the audit keys of all whom `found` need at hand for a minute; return whose kept key does not fit.

    They need that of their person, and those of all others of whom their facts tell.

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    found = list(found)
    persons = {each.person for each in found if each.person is not None}
    unfit = await _bring(committer, connection, persons)
    others = {other for each in found if each.person not in unfit for other in told_of(committer.sealer, each)}
    return unfit | await _bring(committer, connection, others - persons)


async def _bring(committer: Committer, connection: AsyncConnection, whose: Iterable[str]) -> frozenset[str]:
    persons = sorted(whose)
    if not persons:
        return frozenset()
    keys, unfit = await _fitting(committer, connection, persons)
    there = [(person, 0) for person in persons if person not in unfit]
    committer.sealer.know(there, {(each, KeyClass.AUDIT): keys[each] for each in keys})
    return unfit


async def _fitting(
    committer: Committer, connection: AsyncConnection, persons: Sequence[str]
) -> tuple[dict[str, DataKey], frozenset[str]]:
    """Return the keys of `persons`, in one read where all fit, and of whom the key does not."""
    try:
        return await read_audit_keys(connection, committer.facts.keys, persons), frozenset()
    except KeyBrokenError:
        if len(persons) == 1:
            return {}, frozenset(persons)
    half = len(persons) // 2
    first, unfit = await _fitting(committer, connection, persons[:half])
    second, too = await _fitting(committer, connection, persons[half:])
    return first | second, unfit | too


def is_as_kept(entry: Entry) -> bool:
    """Say whether the leaf of `entry` gives the hash that was kept, which is the tree's."""
    return leaf_hash(entry.leaf) == entry.leaf_hash == entry.kept_hash


def tell(committer: Committer, entry: Entry, unfit: Collection[str] = frozenset()) -> Told:
    """Return `entry` as its keys, which are at hand, open it: without fields where it is broken.

    It is where its leaf is not as it was kept, its seals were changed, or it needs the key of one of `unfit`.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: not even its leaf can be read.
    """
    try:
        if unfit and _needs_one_of(unfit, committer, entry):
            raise SealBrokenError("a key of an event does not fit")  # noqa: TRY301 - as any broken seal
        if not is_as_kept(entry):
            raise SealBrokenError("the leaf of an event does not give its hash")  # noqa: TRY301 - idem
        return told(entry, opened(committer.sealer, entry))
    except SealBrokenError as error:
        logger().error("log.event_broken", **where(error))
        return _of_the_leaf(entry)


def _needs_one_of(unfit: Collection[str], committer: Committer, entry: Entry) -> bool:
    return entry.person in unfit or any(each in unfit for each in told_of(committer.sealer, entry))


def tell_or_skip(committer: Committer, entry: Entry, unfit: Collection[str] = frozenset()) -> Told | None:
    """Return `entry` as `tell` does; None, and say so, where not even its leaf can be read."""
    try:
        return tell(committer, entry, unfit)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        logger().error("log.event_broken", **where(error))
        return None


def _of_the_leaf(entry: Entry) -> Told:
    found = told(entry, {})
    leaf = entry.leaf_json
    is_text = all(isinstance(leaf[name], str) for name in ("id", "organisation")) and found.id == entry.event_id
    if (
        not is_text
        or not isinstance(leaf["rule_set"], str | None)
        or found.at.tzinfo is None
        or not _FIRST_YEAR <= found.at.year <= _LAST_YEAR
    ):
        raise ValueError("a leaf says what no leaf says")
    return found


async def hold_place(connection: AsyncConnection, name: str) -> int:
    """Hold the place of the follower `name` until the end of the transaction, and return it as `place_of` does."""
    await connection.execute(_BEGIN, {"name": name})
    place = select(log_follower.c.next).where(log_follower.c.name == name).with_for_update()
    found: int = (await connection.execute(place)).scalar_one()
    return found
