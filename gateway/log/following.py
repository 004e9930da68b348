"""Following the log in tree order: what is worked off behind it is worked off once, whole, and after the event.

A follower takes the next events in the transaction that moves his place, so whoever dies in the middle leaves both as
they were. Any number of processes may follow: the first to move a place wins, and the others find it moved. On
PostgreSQL those who run beside the requests take turns, so that none opens what another is opening.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Final, Protocol, runtime_checkable

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.read import events_placed, first_place
from audit.told import Told
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.log.tables import log_follower
from gateway.log.telling import is_as_kept, tell_half_of
from gateway.logs import logger, where
from gateway.rounds import Act, InRounds

LAST: Final = timedelta(seconds=5)
"""How long a gateway that stops goes on for what waits: it must have stopped before it is killed."""
MOST_AT_ONCE: Final = 20
"""An event may be large, and all of them are open in memory at one time."""
_FAR: Final = sys.maxsize
"""Where nobody stands."""
_LOCK: Final = 0x5C8A_4E14  # any number, as long as no other part of the gateway locks the same
_TRY_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(:lock)")
_BEGIN: Final = text("INSERT INTO log_follower (name, next) VALUES (:name, 0) ON CONFLICT DO NOTHING")
_STEP: Final = (
    update(log_follower)
    .where(log_follower.c.name == bindparam("follower"), log_follower.c.next == bindparam("since"))
    .values(next=bindparam("then"))
)


Places = dict[str, int]
"""For followers, by name, the number of the first event that each has not taken."""


class Follower(Protocol):
    """Does something about every event of the log, once."""

    @property
    def name(self) -> str:
        """Under which his place is kept; never changed, and nobody else's."""
        ...

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Do what `events`, the next in tree order, ask, in the transaction of `connection`, and in nothing else.

        The keys of all whom they are about are at hand, so events about them can be kept with `committer.log.append`.
        Facts that tell of others too, and what goes with them, are not opened: of the decision comes what is left of
        it without them, of which no follower needs more. An event that is broken comes without fields (about its person
        nothing can be kept then), or not at all where not even its leaf can be read.
        """
        ...


@runtime_checkable
class TakesUnproven(Protocol):
    """A follower who also does something about events whose leaf is not the one that was kept."""

    async def take_unproven(self, connection: AsyncConnection, committer: Committer, found: Sequence[Entry]) -> None:
        """Do what is due for `found`, of which nothing that the leaf says is proven, in the transaction of `take`."""
        ...


@dataclass
class Following(InRounds):
    """Leads `followers` along the log, beside the requests, until it is closed."""

    waits = "log.following_waits"
    committer: Committer
    followers: Sequence[Follower]
    every: timedelta = field(default=timedelta(seconds=1), kw_only=True)

    def acts(self) -> Sequence[Act]:
        """Return the one: to lead them while it is our turn."""
        return [self._lead]

    async def catch_up(self) -> None:
        """Have every follower take what has a place in the tree by now; one that fails does not stop the others.

        Raises:
            SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
        """
        for error in await self._tried(_at_once):
            raise error

    async def finish(self) -> None:
        """Have every follower take what has a place by now, for `LAST` at most; what is left waits for the next start.

        For who stops, once nothing more is kept. What goes wrong is told, and stops nobody.
        """
        try:
            async with asyncio.timeout(LAST.total_seconds()):
                errors = await self._tried(_at_once)
        except TimeoutError as error:
            errors = [error]
        self._tell(errors)

    async def _tried(self, turn: Callable[[], AbstractAsyncContextManager[bool]]) -> list[Exception]:
        """Lead every follower as far as there is something while it is our `turn`; return what stopped some of them."""
        # Where each stands is looked up once, and known from then on.
        going: Places | None = None if self.followers else {}
        errors = list[Exception]()
        while going != {} and not self._stop.is_set():
            ahead: Places = {}
            try:
                async with turn() as ours:
                    if ours:
                        ahead = await self._led_once(await self._places() if going is None else going, errors)
            except Exception as error:  # noqa: BLE001 - whatever went wrong with the turn, the next one comes
                errors.append(error)
            going = ahead
        return errors

    async def _places(self) -> Places:
        async with self.committer.engine.connect() as connection:
            return await places_of(connection, [each.name for each in self.followers])

    async def _led_once(self, going: Places, errors: list[Exception]) -> Places:
        """Lead each of `going` over his next events; return before whom there may be more.

        Opening events costs more than what most followers do with them, so who is little ahead of another waits for
        him, and from there they go together; who is far ahead goes on beside him.
        """
        places = sorted(set(going.values()))
        ahead: Places = {}
        for since, further in pairwise([*places, _FAR]):
            here = [each for each in self.followers if going.get(each.name) == since]
            if any(0 < since - other <= MOST_AT_ONCE for other in places):
                ahead |= {each.name: since for each in here}
                continue
            ahead |= await self._led_from(since, min(further - since, MOST_AT_ONCE), here, errors)
        return ahead

    async def _led_from(self, since: int, most: int, followers: Iterable[Follower], errors: list[Exception]) -> Places:
        """Lead `followers`, who stand there, over the next `most` events from `since` on; return as `_led_once`."""
        ahead: Places = {}
        try:
            found = await self._read(since, most)
        except Exception as error:  # noqa: BLE001 - who stands elsewhere reads something else
            errors.append(error)
            return ahead
        if (then := found.then) is None:
            return ahead
        for follower in followers:
            if self._stop.is_set():
                break
            try:
                ahead[follower.name] = await self._led(follower, since, found, then)
            except Exception as error:  # noqa: BLE001 - whatever went wrong with him, the next follower comes
                errors.append(error)
        return ahead

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        """Say whether it is this process that leads now; a process that stands still loses its turn after a minute."""
        if self.committer.engine.dialect.name != "postgresql":
            yield True
            return
        async with self.committer.engine.connect() as connection:
            yield bool((await connection.execute(_TRY_LOCK, {"lock": _LOCK})).scalar_one())

    async def _lead(self) -> None:
        self._tell(await self._tried(self._turn))

    def _tell(self, errors: Iterable[Exception]) -> None:
        for each in errors:
            logger().error(self.waits, **where(each))

    async def _led(self, follower: Follower, since: int, found: "_Read", then: int) -> int:
        """Lead `follower` from `since` over the events that were `found` there, to `then`; return where he stands."""
        async with write_transaction(self.committer.engine) as connection:
            if not await _step(connection, follower.name, since, then):
                # Another process took these; what lies behind them is nobody's yet.
                return await place_of(connection, follower.name)
            await follower.take(connection, self.committer, found.events)
            if found.unproven and isinstance(follower, TakesUnproven):
                await follower.take_unproven(connection, self.committer, found.unproven)
        return then

    async def _read(self, since: int, most: int) -> "_Read":
        async with self.committer.engine.connect() as connection:
            found = await events_placed(connection, since=since, most=most)
            told = await tell_half_of(self.committer, connection, found) if found else []
            then = await _behind(connection, since, most, found)
        return _Read(
            then=then,
            events=tuple(event for event in told if event is not None),
            unproven=tuple(
                each for each, event in zip(found, told, strict=True) if event is None or not is_as_kept(each)
            ),
        )


@asynccontextmanager
async def _at_once() -> AsyncIterator[bool]:
    yield True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The next events from one place on: what could be opened, and the entries that are not as kept.

    `then` is the place behind them, and None where the log ends here.
    """

    then: int | None
    events: tuple[Told, ...] = field(repr=False)
    unproven: tuple[Entry, ...] = field(repr=False)


async def _behind(connection: AsyncConnection, since: int, most: int, found: Sequence[Entry]) -> int | None:
    """Return the place behind `found`, which were read from `since` on; where somebody removed events, it is said.

    The log has no gaps, so a number that is not there was taken out of the database; the others are still followed.
    """
    last = found[-1].seq if found else await first_place(connection, since=since + most)
    if last is None:
        return None
    then = last + 1 if found else last
    if then - since != len(found):
        logger().error("log.events_missing", since=since, then=then, found=len(found))
    return then


async def place_of(connection: AsyncConnection, name: str) -> int:
    """Return the number of the first event that the follower `name` has not taken."""
    return (await places_of(connection, [name]))[name]


async def places_of(connection: AsyncConnection, names: Iterable[str]) -> Places:
    """Return the place of each of these followers."""
    found = await connection.execute(select(log_follower.c.name, log_follower.c.next))
    kept = {each.name: each.next for each in found}
    return {name: kept.get(name, 0) for name in names}


async def _step(connection: AsyncConnection, name: str, since: int, then: int) -> bool:
    """Move the place of the follower `name` and hold it; say whether he stood at `since`, and was not moved before."""
    if since == 0:
        await connection.execute(_BEGIN, {"name": name})
    moved = await connection.execute(_STEP, {"follower": name, "since": since, "then": then})
    return moved.rowcount == 1


async def hold_place(connection: AsyncConnection, name: str) -> int:
    """Hold the place of the follower `name` until the end of the transaction, and return it as `place_of` does."""
    await connection.execute(_BEGIN, {"name": name})
    place = select(log_follower.c.next).where(log_follower.c.name == name).with_for_update()
    found: int = (await connection.execute(place)).scalar_one()
    return found
