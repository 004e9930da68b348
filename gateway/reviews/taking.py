"""Taking an item, so that for a while nobody else judges it: the next one, so that nobody picks what he likes."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from audit.prepared import Prepared
from audit.review.rows import GATEWAY
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.once import Deed
from gateway.identity.caller import Caller
from gateway.log.reading import looked_event
from gateway.reviews.deeds import Deeds
from gateway.reviews.items import Item, next_items, take_item
from gateway.reviews.judges import Before, bring, brought, require_judge, seen, why_not
from gateway.reviews.telling import shown_item
from schemas.calendar import local_day

_AT_ONCE: Final = 200
"""How many items are read at once, the first due first, while the next one is looked for."""


@dataclass(frozen=True)
class Taking:
    """Gives out items.

    Both methods return the answer's bytes, and raise:
    ReviewRefusedError: he may not, and that he tried is in the log.
    IdempotencyConflictError: the key was used for something else.
    AuditUnavailableError: it cannot be recorded now.
    """

    committer: Committer

    async def next(self, caller: Caller, call: Call) -> bytes:
        """Take the item that is due first of those that the caller may judge now; `null` where there is none.

        The gateway's officer is given what is his, what others differ about, what is late, and, the working day before
        it is due, what waits for a second judge.
        """

        async def act(connection: AsyncConnection) -> Deed:
            require_judge(caller, caller.officer_of or GATEWAY)
            today = local_day(await self.committer.facts.clock(connection))
            whose, after = caller.officer_of or GATEWAY, None
            while found := await next_items(connection, whose, today, after=after, limit=_AT_ONCE):
                for each in found:
                    before = await self._free(connection, each, caller)
                    if before is not None:
                        return await self._taken(connection, before, caller, call)
                after = found[-1]
            return Deed(self._event(caller, call, None), {"item": None})

        return await Deeds(self.committer).do(caller, call, Kind.LOG_READ, act)

    async def take(self, item: str, caller: Caller, call: Call) -> bytes:
        """Take an item that somebody was sent to."""

        async def act(connection: AsyncConnection) -> Deed:
            return await self._taken(connection, await brought(connection, self.committer, item, caller), caller, call)

        return await Deeds(self.committer).do(caller, call, Kind.LOG_READ, act)

    async def _free(self, connection: AsyncConnection, item: Item, caller: Caller) -> Before | None:
        """Hold `item` and bring it before `caller`; None where he may not judge it now, and mostly nothing is held."""
        if await why_not(connection, await seen(connection, self.committer, item, caller), caller) is not None:
            return None
        # Again: somebody may have taken it while we waited to hold it.
        before = await bring(connection, self.committer, item, caller)
        return before if await why_not(connection, before, caller) is None else None

    async def _taken(self, connection: AsyncConnection, before: Before, caller: Caller, call: Call) -> Deed:
        await take_item(connection, before.item.id, before.who)
        shown = shown_item(before.item, before.given, today=local_day(before.at), is_yours=True)
        return Deed(self._event(caller, call, before.item.id), {"item": shown})

    def _event(self, caller: Caller, call: Call, item: str | None) -> Prepared:
        detail = {"read": "review", "item": item, "taken": item is not None}
        return self.committer.log.build(looked_event(caller, call.request_id, detail, seen=True))
