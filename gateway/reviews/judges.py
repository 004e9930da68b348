"""Who may judge an item: an officer of its organisation or the gateway's own, and never one who had a hand in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.review.rows import GATEWAY
from audit.review.verdicts import Given, Standing, has_judged, standing
from gateway.committing.commit import Committer
from gateway.identity.caller import Caller
from gateway.reviews.deeds import Refusal, ReviewRefusedError, may_see
from gateway.reviews.items import Item, hold, is_excluded, item_named, mark, taken, verdicts


@dataclass(frozen=True, slots=True)
class Before:
    """An item before its judge, held until the end of the transaction. `who` stands for him at this item."""

    item: Item
    who: bytes
    given: Sequence[Given]
    at: datetime

    @property
    def standing(self) -> Standing:
        """How far the review is."""
        return standing(self.given, judges=self.item.judges)


async def brought(connection: AsyncConnection, committer: Committer, item: str, caller: Caller) -> Before:
    """Bring the item with this id before `caller`.

    Raises:
        ReviewRefusedError: there is none, it is not his to judge, or he may not judge it now.
    """
    found = await item_named(connection, item)
    if found is None:
        raise ReviewRefusedError(Refusal.NOT_ALLOWED)
    require_judge(caller, found.organisation, found.id)
    before = await bring(connection, committer, found, caller)
    why = await why_not(connection, before, caller)
    if why is not None:
        raise ReviewRefusedError(why, found.id)
    return before


async def bring(connection: AsyncConnection, committer: Committer, item: Item, caller: Caller) -> Before:
    """Hold `item` and read how far it is; whether he may judge it is not looked at."""
    await hold(connection, item.id)
    return await seen(connection, committer, item, caller)


async def seen(connection: AsyncConnection, committer: Committer, item: Item, caller: Caller) -> Before:
    """Read how far `item` is, held or not; whether he may judge it is not looked at."""
    who = await mark(committer.facts.keys, item.id, caller.id)
    given = [each for each, _ in (await verdicts(connection, [item.id])).get(item.id, [])]
    return Before(item, who, given, await committer.facts.clock(connection))


async def why_not(connection: AsyncConnection, before: Before, caller: Caller) -> Refusal | None:
    """Return why `caller` may not judge it now, or None where he may."""
    item = before.item.id
    # INVARIANT: nobody judges what he had a hand in, nor a second time what he judged before.
    if await is_excluded(connection, item, before.who) or has_judged(before.given, before.who):
        return Refusal.OWN_REVIEW
    if before.standing is Standing.CLOSED:
        return Refusal.CLOSED
    if before.standing is Standing.DISPUTED and caller.officer_of != GATEWAY:
        return Refusal.NOT_ALLOWED
    holds = (await taken(connection, [item], before.at)).get(item)
    return Refusal.TAKEN if holds not in {None, before.who} else None


async def require_taken(connection: AsyncConnection, before: Before) -> None:
    """Let him judge what he took, and whose time is not up.

    Raises:
        ReviewRefusedError: he has to take it first.
    """
    holds = (await taken(connection, [before.item.id], before.at)).get(before.item.id)
    if holds != before.who:
        raise ReviewRefusedError(Refusal.NOT_TAKEN, before.item.id)


def require_judge(caller: Caller, organisation: str, item: str | None = None) -> None:
    """Let an officer of `organisation`, or the gateway's own, judge, who logged in strongly.

    Raises:
        ReviewRefusedError: anybody else.
    """
    if not may_see(caller, organisation):
        raise ReviewRefusedError(Refusal.NOT_ALLOWED, item)
