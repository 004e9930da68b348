"""Refusals in the log: each of them an event, and a flood of them one event a minute.

Anybody can make the gateway refuse, so without a bound anybody could fill the log. What is over the bound is counted,
and the count is an event: nothing is dropped silently (audit log contract, promise 2).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event, EventOutcome, Field, Kind
from audit.grow import BrokenTreeError
from audit.store import AuditLog, AuditUnavailableError
from gateway.database.engine import write_transaction
from gateway.identity.refusals import UnrecordedError
from schemas.calendar import utc_milliseconds

EACH_MINUTE: Final = 60
"""How many refusals in a minute are events of their own, in each process."""

_MINUTE: Final = 60
_UNTIL_TOLD: Final = 60
"""So many seconds after the first that is only counted the count is an event."""
_LAST: Final = 5
"""So many seconds who closes waits for the log: others have more to keep, and are killed if it takes too long."""

Beside = Callable[[AsyncConnection], Awaitable[None]]
"""What is done in the transaction of an event: both are kept, or neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Who was refused where: `error` as he was told, `why` as he was not. Codes and rules only, nothing that he sent.

    `organisation` and `client` are None where nobody proved who he is. `subject_token` is the SHA-256 of one, in hex.
    """

    where: Literal["api", "token"]
    error: str
    why: str
    organisation: str | None = None
    client: str | None = None
    subject_token: str | None = None


class RefusalLog:
    """Writes refusals. One for each process; `close` writes what was only counted so far."""

    def __init__(self, engine: AsyncEngine, log: AuditLog, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._log = log
        self._clock = clock
        self._minute = 0
        self._written = 0
        self._over: Counter[str] = Counter()
        self._flush: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def record(self, refusal: Refusal) -> None:
        """Write `refusal`, or count it where this minute has had its share.

        Raises:
            UnrecordedError: the log does not take it.
        """
        minute = int(self._clock().timestamp()) // _MINUTE
        if minute != self._minute:
            self._minute, self._written = minute, 0
        if self._written >= EACH_MINUTE:
            self._over[f"{refusal.where}: {refusal.error}"] += 1
            if self._flush is None:
                self._flush = asyncio.create_task(self._flush_later())
            return
        self._written += 1
        await self.append(_event(refusal))

    async def append(self, event: Event, beside: Beside | None = None) -> None:
        """Write `event` in a transaction of its own, with what is done `beside` it.

        Raises:
            UnrecordedError: the log does not take it.
        """
        try:
            async with write_transaction(self._engine) as connection:
                if beside is not None:
                    await beside(connection)
                await self._log.append(connection, event)
        except (AuditUnavailableError, BrokenTreeError, SQLAlchemyError, OSError) as error:
            raise UnrecordedError("the log did not take the event") from error

    async def close(self) -> None:
        """Write what was counted and is not in the log yet.

        Raises:
            UnrecordedError: the log does not take it, or not in time.
        """
        self._closing.set()
        try:
            async with asyncio.timeout(_LAST):
                if self._flush is not None:
                    await self._flush  # a count that is being written must not be lost halfway
                await self._write_count()
        except TimeoutError as error:
            raise UnrecordedError("the log did not take the count in time") from error

    async def _flush_later(self) -> None:
        # Until nothing is left: what the log did not take, and what is counted while it does, is for the next round.
        try:
            while self._over and not self._closing.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), _UNTIL_TOLD)
                with suppress(UnrecordedError):
                    await self._write_count()
        finally:
            self._flush = None

    async def _write_count(self) -> None:
        if not self._over:
            return
        counted, self._over = self._over, Counter()
        detail = {"refused": dict(counted), "until": utc_milliseconds(self._clock())}
        try:
            await self.append(
                Event(Kind.FLOOD, EventOutcome.DENY, organisation="system", fields={Field.DETAIL: detail})
            )
        except BaseException:
            # Also where somebody breaks it off: what was kept all the same counts twice, and nothing never.
            self._over += counted
            raise


def _event(refusal: Refusal) -> Event:
    detail = {"where": refusal.where, "error": refusal.error, "why": refusal.why}
    if refusal.subject_token is not None:
        detail["subject_token_sha256"] = refusal.subject_token
    actor = {} if refusal.client is None else {Field.ACTOR: {"client": refusal.client}}
    return Event(
        kind=Kind.TOKEN_REFUSED,
        outcome=EventOutcome.DENY,
        organisation=refusal.organisation or "system",
        fields={**actor, Field.DETAIL: detail},
    )
