"""Judging an item: one officer, one item, in his own words; it closes when as many as it asks say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from audit.review.rows import GATEWAY, Reason
from audit.review.verdicts import FINAL, FollowUp, Given, Standing, Verdict, breach_by, conclusion, standing
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.once import Deed
from gateway.committing.recording import event_about
from gateway.identity.caller import Caller
from gateway.reviews.deeds import Deeds, Refusal, ReviewRefusedError
from gateway.reviews.explained import ChangedEventError, read_event
from gateway.reviews.items import Item, close_item, keep_verdict, shown_person
from gateway.reviews.judges import brought, require_taken
from schemas.calendar import utc_milliseconds


@dataclass(frozen=True)
class Judging:
    """Takes verdicts."""

    committer: Committer

    async def judge(self, item: str, caller: Caller, call: Call) -> bytes:
        """Keep what the caller finds (`verdict`, `reason`, `answers`, `follow_up` of the body); return the answer.

        Raises:
            ReviewRefusedError: not his, his own, closed, taken by another, or of an event that was changed; in the log.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: it cannot be recorded now.
        """

        async def act(connection: AsyncConnection) -> Deed:
            before = await brought(connection, self.committer, item, caller)
            await require_taken(connection, before)
            person = await self._person(connection, before.item, caller)
            verdict, follow_up = Verdict(call.body["verdict"]), FollowUp(call.body["follow_up"])
            given = Given(before.who, verdict, follow_up, before.at)
            now = [*before.given, given]
            told = _told(before.item, call.body, now)
            why = call.body["reason"]
            event = self.committer.log.build(
                event_about(caller, call.request_id, Kind.REVIEW_DECIDED, told, person=person, because=why)
            )
            await keep_verdict(connection, before.item.id, len(now), given, event.event_id)
            closing = conclusion(now, judges=before.item.judges)
            if closing is not None:
                await close_item(connection, before.item.id, closing)
            shown = {"item": before.item.id, "standing": told["standing"], "breach_by": told["breach_by"]}
            return Deed(event, shown)

        return await Deeds(self.committer).do(caller, call, Kind.REVIEW_DECIDED, act)

    async def _person(self, connection: AsyncConnection, item: Item, caller: Caller) -> str | None:
        """Return whom the event is about, with his key at hand; None where nobody may learn it, or he was forgotten."""
        try:
            event = await read_event(connection, self.committer, item.event)
            return shown_person(event, GATEWAY if caller.officer_of == GATEWAY else item.organisation)
        except ChangedEventError as error:
            if item.reason == Reason.UNREADABLE:
                return None
            raise ReviewRefusedError(Refusal.CHANGED, item.id) from error


def _told(item: Item, body: Mapping[str, Any], given: list[Given]) -> dict[str, Any]:
    own = given[-1]
    # Before his own final verdict nobody learns whether another called it one, nor since when.
    known = given if own.verdict in FINAL else [each for each in given if each.who == own.who]
    called = breach_by(known) if own.follow_up is FollowUp.POSSIBLE_BREACH else None
    how = standing(given, judges=item.judges)
    closing = conclusion(given, judges=item.judges)
    return {
        "item": item.id,
        "event": item.event,
        "verdict": body["verdict"],
        "follow_up": body["follow_up"],
        "answers": dict(body["answers"]),
        "standing": str(how),
        "closed_as": None if how is not Standing.CLOSED or closing is None else str(closing),
        "breach_by": None if called is None else utc_milliseconds(called),
    }
