"""The desk of reviews: what waits, and one item with all that there is to judge it by.

An officer sees the items of his own organisation, the gateway's officer all. That he looked is on record before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Field
from audit.review.rows import GATEWAY, Reason
from audit.review.verdicts import QUESTIONS, Given, Standing, has_judged, standing
from audit.store import AuditUnavailableError
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.once import unless_broken
from gateway.identity.caller import Caller
from gateway.log.reading import looked_event
from gateway.reviews.deeds import may_see, of_whom, require_officer
from gateway.reviews.duties import duties_of
from gateway.reviews.explained import ChangedEventError, emergency_of, explained, read_event, why_opened
from gateway.reviews.items import Item, item_named, mark, open_items, taken, verdicts
from gateway.reviews.telling import shown_breach, shown_duty, shown_item, shown_verdict
from schemas.calendar import local_day


class NoSuchCursorError(Exception):
    """`after` names nothing that the caller sees; begin without it."""


@dataclass(frozen=True)
class ReviewDesk:
    """Shows reviews."""

    committer: Committer

    async def look(self, caller: Caller, request_id: str, *, after: str | None, limit: int) -> dict[str, Any]:
        """Return what is not closed, the first due first, behind the item called `after`.

        Raises:
            NotAllowedError: no officer; that he tried is in the log.
            NoSuchCursorError: `after` is no item that he sees.
            AuditUnavailableError: it cannot be read, or recorded, now.
        """
        self.committer.health.require_anchored()
        await require_officer(self.committer, caller, request_id, "reviews")
        try:
            with unless_broken("reviews cannot be read now"):
                async with self.committer.engine.connect() as connection:
                    shown = await self._shown(connection, caller, after, limit)
        except NoSuchCursorError:
            await self.committer.keep(looked_event(caller, request_id, {"read": "reviews"}, seen=False))
            raise
        detail = {"read": "reviews", "items": [each["id"] for each in shown]}
        await self.committer.keep(looked_event(caller, request_id, detail, seen=True))
        return {"items": shown, "next": shown[-1]["id"] if shown else after, "request_id": request_id}

    async def view(self, item: str, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return an item with its event explained, what its organisation still has to do, and the five questions.

        What others found he sees once he said what he finds himself, or once it is closed.

        Raises:
            NotAllowedError: no such item, or not his; that he tried is in the log.
            AuditUnavailableError: its event cannot be read, or was changed.
        """
        self.committer.health.require_anchored()
        try:
            with unless_broken("the review or its event cannot be read"):
                async with self.committer.engine.connect() as connection:
                    found = await item_named(connection, item)
                    is_his = found is not None and may_see(caller, found.organisation)
                    told = await self._told(connection, found, caller) if found is not None and is_his else None
        except ChangedEventError as error:
            await self.committer.keep(looked_event(caller, request_id, {"read": "review", "item": item}, seen=False))
            raise AuditUnavailableError("the event of this review was changed; verify the log") from error
        detail = {"read": "review", "item": None if found is None else found.id}
        await self.committer.keep(looked_event(caller, request_id, detail, seen=told is not None))
        if told is None:
            raise NotAllowedError
        return {**told, "request_id": request_id}

    async def _shown(
        self, connection: AsyncConnection, caller: Caller, after: str | None, limit: int
    ) -> list[dict[str, Any]]:
        behind = None if after is None else await item_named(connection, after)
        if after is not None and (behind is None or not may_see(caller, behind.organisation)):
            raise NoSuchCursorError
        at = await self.committer.facts.clock(connection)
        found = await open_items(connection, of_whom(caller), after=behind, limit=limit)
        ids = [each.id for each in found]
        given, held = await verdicts(connection, ids), await taken(connection, ids, at)
        shown = []
        for each in found:
            said = [one for one, _ in given.get(each.id, [])]
            mine = each.id in held and held[each.id] == await mark(self.committer.facts.keys, each.id, caller.id)
            shown.append(shown_item(each, said, today=local_day(at), is_yours=mine))
        return shown

    async def _told(self, connection: AsyncConnection, item: Item, caller: Caller) -> dict[str, Any]:
        at = await self.committer.facts.clock(connection)
        said = (await verdicts(connection, [item.id])).get(item.id, [])
        given = [each for each, _ in said]
        who = await mark(self.committer.facts.keys, item.id, caller.id)
        is_yours = (await taken(connection, [item.id], at)).get(item.id) == who
        whose = None if item.organisation == GATEWAY else item.organisation
        duties = await duties_of(connection, item.event, whose)
        told = shown_item(item, given, today=local_day(at), is_yours=is_yours) | {
            **await self._explained(connection, item, caller),
            "questions": {name: {"nl": nl, "en": en} for name, (nl, en) in QUESTIONS.items()},
            "obligations": [shown_duty(each, today=local_day(at)) for each in duties],
        }
        if not has_judged(given, who) and standing(given, judges=item.judges) is not Standing.CLOSED:
            return told
        return told | {"verdicts": await self._verdicts(connection, said), "breach_by": shown_breach(given)}

    async def _explained(self, connection: AsyncConnection, item: Item, caller: Caller) -> dict[str, Any]:
        try:
            event = await read_event(connection, self.committer, item.event)
        except ChangedEventError as error:
            if item.reason != Reason.UNREADABLE:
                raise
            return {"event": {"id": item.event, "fault": str(error)}, "because": None}
        because = await why_opened(connection, self.committer, item.id, event.request_id)
        is_emergency = item.reason == Reason.EMERGENCY
        emergency = await emergency_of(connection, self.committer, event, item.organisation) if is_emergency else None
        viewer = GATEWAY if caller.officer_of == GATEWAY else item.organisation
        return {"event": explained(event, viewer, emergency), "because": because}

    async def _verdicts(self, connection: AsyncConnection, said: Sequence[tuple[Given, str]]) -> list[dict[str, Any]]:
        shown = []
        for given, event in said:
            fields = (await read_event(connection, self.committer, event)).fields
            detail: Mapping[str, Any] = fields.get(Field.DETAIL, {})
            by, reason = fields.get(Field.ACTOR, {}).get("id"), fields.get(Field.JUSTIFICATION)
            shown.append(shown_verdict(given, {"by": by, "reason": reason, "answers": detail.get("answers")}))
        return shown
