"""Announcing notices by webhook, after Standard Webhooks 1.0.0: that there is one, and nothing else.

At least once: an attempt is kept before it is sent and settled after the answer, so who is killed between sends again,
under the same id. The pull list is what counts; a webhook only spares an organisation the asking.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.contract import SourceError
from audit.events import Event, EventOutcome, Field, Kind
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.logs import logger, where
from gateway.notices.attempts import (
    MOST_ATTEMPTS,
    How,
    Waiting,
    claim,
    newest_notice,
    read_waiting,
    settle,
)
from gateway.notices.horizon import Horizon
from gateway.notices.places import Place, Reached, nothing
from gateway.notices.signing import keys_of, signed_headers
from gateway.registry.snapshot import Registry, Webhook
from schemas.calendar import utc_milliseconds

AVAILABLE: Final = "notice.available"
_TURN: Final = timedelta(seconds=5)
"""How long one organisation is told of one notice after another in a round; the next one begins when all were told."""
_GONE: Final = 410


@dataclass
class Sending:
    """Announces what waits. `registry` gives the newest registrations, `now` is the machine's clock.

    `this_machine` says whether a webhook may lead to this machine: in sandbox and demo. `passed` gives seconds that
    never go back.
    """

    committer: Committer
    registry: Callable[[], Awaitable[Registry]]
    now: Callable[[], datetime]
    this_machine: bool = False
    reached: Reached = nothing
    passed: Callable[[], float] = time.monotonic
    _horizon: Horizon = field(default_factory=Horizon)

    async def send(self, stop: asyncio.Event) -> None:
        """Make the attempts that are due now, side by side for the organisations, one by one for each; or until `stop`.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
        """
        async with self.committer.engine.connect() as connection:
            newest = await newest_notice(connection)
            waiting = await read_waiting(connection, after=self._horizon.after)
        self._horizon.seen(newest, min((each.seq for each in waiting), default=None))
        due: dict[str, list[Waiting]] = {}
        for each in waiting:
            if each.is_due:
                due.setdefault(each.organisation, []).append(each)
        await asyncio.gather(*(self._to_one(name, due[name], stop) for name in due))

    async def _to_one(self, organisation: str, due: Sequence[Waiting], stop: asyncio.Event) -> None:
        began = self.passed()
        try:
            for each in due:
                # Looked up for each: who answers slowly may be ended, or get another key, between two of many.
                webhook = (await self.registry()).webhooks.get(organisation)
                if stop.is_set() or not await self._is_through(webhook, each, stop):
                    return  # who did not answer this one is not asked the others in the same round
                if self.passed() - began >= _TURN.total_seconds():
                    return  # nor is who answers slowly: the notices of all others would wait for his
        except Exception as error:  # noqa: BLE001 - the notices of others are announced all the same
            logger().error("notices.waiting", **where(error))

    async def _is_through(self, webhook: Webhook | None, waits: Waiting, stop: asyncio.Event) -> bool:
        if webhook is None:
            await self._settled(waits, How.UNREGISTERED, why="no webhook is registered any more")
            return True
        if waits.is_exhausted:
            # The worker of the last attempt was killed before it could say so.
            await self._settled(waits, How.DEAD, why="no answer in any attempt")
            return True
        async with write_transaction(self.committer.engine) as connection:
            ours = await claim(connection, waits)
        if not ours:
            return True
        await self.reached(Place.CLAIMED)
        why = await self._attempt(webhook, waits, stop)
        await self.reached(Place.SENT)
        if why is None:
            await self._settled(waits, How.DELIVERED)
            return True
        logger().warning("notices.webhook_failed", organisation=waits.organisation, attempt=waits.attempts + 1, why=why)
        if waits.attempts + 1 >= MOST_ATTEMPTS or why == _said(_GONE):
            await self._settled(waits, How.DEAD, why=why)
        return False

    async def _attempt(self, webhook: Webhook, waits: Waiting, stop: asyncio.Event) -> str | None:
        """Send once; return None where it was taken, else what went wrong."""
        # An HTTP client is 7 MiB in memory, and not every gateway has somebody to announce to.
        from gateway.notices.posting import post  # noqa: PLC0415

        body = announcement(waits.id, waits.recorded_at)
        keys = await keys_of(self.committer.facts.keys, waits.organisation, webhook.key)
        headers = signed_headers(keys, waits.id, self.now(), body)
        try:
            answer = await post(webhook.url, body, headers, this_machine=self.this_machine, stop=stop)
        except SourceError as error:
            return str(error)
        if answer is None:
            return "stopped before it was answered"
        return None if 200 <= answer.status < 300 else _said(answer.status)  # noqa: PLR2004 - what counts as taken

    async def _settled(self, waits: Waiting, how: How, *, why: str | None = None) -> None:
        async with write_transaction(self.committer.engine) as connection:
            if await settle(connection, waits, how) and how is not How.DELIVERED:
                await self._failed(connection, waits, how)
        if how is How.DEAD:
            logger().error("notices.webhook_dead", organisation=waits.organisation, notice=waits.id, why=why)

    async def _failed(self, connection: AsyncConnection, waits: Waiting, how: How) -> None:
        event = Event(
            kind=Kind.NOTIFICATION_FAILED,
            outcome=EventOutcome.ERROR,
            organisation="system",
            counterparties=frozenset({waits.organisation}),
            fields={Field.DETAIL: {"notice": waits.id, "webhook": str(how)}},
        )
        await self.committer.log.append(connection, event)


def announcement(notice_id: str, at: datetime) -> bytes:
    """Return the body of a webhook: that there is a notice, since when, and its id."""
    return orjson.dumps({"type": AVAILABLE, "timestamp": utc_milliseconds(at), "data": {"id": notice_id}})


def _said(status: int) -> str:
    return f"status {status}"
