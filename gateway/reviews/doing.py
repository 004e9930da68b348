"""What an organisation still has to do, and saying that it was done: by its officer, or a professional of its own."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, Kind
from audit.review.rows import GATEWAY
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.once import Deed, unless_broken
from gateway.committing.recording import event_about
from gateway.identity.caller import Caller
from gateway.log.reading import looked_event
from gateway.reviews.deeds import (
    Deeds,
    Refusal,
    ReviewRefusedError,
    may_see,
    of_whom,
    require_officer,
)
from gateway.reviews.desk import NoSuchCursorError
from gateway.reviews.duties import Duty, duty_named, keep_done, open_duties
from gateway.reviews.explained import ChangedEventError, read_event
from gateway.reviews.items import shown_person
from gateway.reviews.telling import shown_duty
from schemas.calendar import local_day


@dataclass(frozen=True)
class DutyDesk:
    """Shows duties, and notes that they were done."""

    committer: Committer

    async def look(self, caller: Caller, request_id: str, *, after: str | None, limit: int) -> dict[str, Any]:
        """Return what is not done, the first due first, behind the one called `after`, to an officer.

        Raises:
            NotAllowedError: no officer; that he tried is in the log.
            NoSuchCursorError: `after` is none that he sees.
            AuditUnavailableError: it cannot be read, or recorded, now.
        """
        self.committer.health.require_anchored()
        await require_officer(self.committer, caller, request_id, "obligations")
        try:
            with unless_broken("obligations cannot be read now"):
                async with self.committer.engine.connect() as connection:
                    shown = await self._shown(connection, caller, after, limit)
        except NoSuchCursorError:
            await self.committer.keep(looked_event(caller, request_id, {"read": "obligations"}, seen=False))
            raise
        detail = {"read": "obligations", "obligations": [each["id"] for each in shown]}
        await self.committer.keep(looked_event(caller, request_id, detail, seen=True))
        return {"obligations": shown, "next": shown[-1]["id"] if shown else after, "request_id": request_id}

    async def _shown(
        self, connection: AsyncConnection, caller: Caller, after: str | None, limit: int
    ) -> list[dict[str, Any]]:
        behind = None if after is None else await duty_named(connection, after)
        if after is not None and (behind is None or not may_see(caller, behind.organisation)):
            raise NoSuchCursorError
        today = local_day(await self.committer.facts.clock(connection))
        found = await open_duties(connection, of_whom(caller), after=behind, limit=limit)
        return [shown_duty(each, today=today) for each in found]

    async def done(self, duty: str, caller: Caller, call: Call) -> bytes:
        """Note that a duty was done, and `how` (of the body); only whose it is says so, with a strong login.

        Raises:
            ReviewRefusedError: there is none, it is another's, it is done, or its event was changed; in the log.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: it cannot be recorded now.
        """

        async def act(connection: AsyncConnection) -> Deed:
            found = await duty_named(connection, duty)
            if found is None or not _owes(caller, found):
                raise ReviewRefusedError(Refusal.NOT_ALLOWED, None if found is None else found.id)
            if found.is_done:
                raise ReviewRefusedError(Refusal.CLOSED, found.id)
            event = self.committer.log.build(await self._event(connection, caller, call, found))
            await keep_done(connection, found.id, event.event_id)
            return Deed(event, {"obligation": found.id, "done": True})

        return await Deeds(self.committer).do(caller, call, Kind.OBLIGATION_DONE, act)

    async def _event(self, connection: AsyncConnection, caller: Caller, call: Call, duty: Duty) -> Event:
        try:
            person = shown_person(await read_event(connection, self.committer, duty.event), duty.organisation)
        except ChangedEventError as error:
            raise ReviewRefusedError(Refusal.CHANGED, duty.id) from error
        detail = {"obligation": duty.id, "code": duty.code, "event": duty.event}
        how = call.body["how"]
        return event_about(caller, call.request_id, Kind.OBLIGATION_DONE, detail, person=person, because=how)


def _owes(caller: Caller, duty: Duty) -> bool:
    if not caller.trusted:
        return False
    if caller.form == "officer":
        # What an organisation did only it can say, so not even the gateway's officer says it for another.
        return caller.officer_of == duty.organisation
    return caller.form == "professional" and caller.organisation == duty.organisation != GATEWAY
