"""Opening reviews and duties behind the log: each once, in the transaction of its own event `review.opened`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.review.opening import notices_read, opened_as_unreadable, opened_by_hand, openings, owed
from audit.review.rows import Reason
from audit.told import Told
from gateway.committing.commit import Committer
from gateway.registry.snapshot import OPERATOR
from gateway.reviews.duties import duties_of_notices, keep_done, open_duty
from gateway.reviews.items import open_item

NAME: Final = "reviews"


@dataclass(frozen=True)
class ReviewOpener:
    """Follows the log (`gateway.log.following.Follower`)."""

    name: str = NAME

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Open what `events` ask for, and note the warnings that their recipients have read."""
        gave = any(each.kind is Kind.CONSENT_GIVEN for each in events)
        organisations = await _registered(connection, committer) if gave else frozenset()
        for event in events:
            for opening in openings(event, organisations):
                await open_item(connection, committer, event, opening)
            for each in owed(event):
                await open_duty(connection, each)
            await _note_warned(connection, committer, event)

    async def take_unproven(self, connection: AsyncConnection, committer: Committer, found: Sequence[Entry]) -> None:
        """Have somebody look at events whose leaf was changed: whether they ask a review cannot be known."""
        at = await committer.facts.clock(connection)
        for entry in found:
            about = entry.request_id or entry.event_id
            await open_item(connection, committer, None, opened_as_unreadable(entry.event_id, about=about, at=at))


async def open_by_hand(  # noqa: PLR0913 - what opens it, and what is said beside it, by name
    connection: AsyncConnection,
    committer: Committer,
    event: Told,
    *,
    organisation: str,
    by: str,
    because: Mapping[str, Any] | None = None,
    excluded: frozenset[str] = frozenset(),
    about: str | None = None,
) -> str | None:
    """Open a review of `event` because the officer `by` saw a signal; return its id, None where there is one already.

    In the caller's write transaction, with the person's key at hand (`gateway.log.telling.bring_keys`). The
    officer of `organisation` judges, and never the one who opened it, nor any of `excluded` (ids). `because` stands in
    the event, and its judge reads it. Of one `about` (up to 64 characters) there is one review; None: of the request.
    """
    at = await committer.facts.clock(connection)
    opening = opened_by_hand(event, Reason.SIGNAL, organisation, at=at, about=about)
    return await open_item(connection, committer, event, opening, also=excluded | {by}, because=because)


async def _registered(connection: AsyncConnection, committer: Committer) -> frozenset[str]:
    return frozenset(each.id for each in (await committer.facts.registry(connection)).organisations)


async def _note_warned(connection: AsyncConnection, committer: Committer, event: Told) -> None:
    read = notices_read(event)
    if not read or event.outcome is not EventOutcome.OK:
        return
    for duty in await duties_of_notices(connection, read):
        detail = {"obligation": duty.id, "code": duty.code, "event": duty.event, "read_in": event.id}
        done = committer.log.build(
            Event(
                kind=Kind.OBLIGATION_DONE,
                outcome=EventOutcome.OK,
                organisation=OPERATOR,
                counterparties=frozenset({event.organisation}),
                fields={Field.DETAIL: detail},
            )
        )
        await committer.log.insert(connection, done)
        await keep_done(connection, duty.id, done.event_id)
