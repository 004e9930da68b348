"""The officer's explanations: which stand, and ending one. Each is on record before its answer leaves."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, Kind
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.once import Deed, done_once, unless_broken
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from gateway.log.reading import acted_event, looked_event, tried_event
from gateway.signals.access import refuse, require
from gateway.signals.explaining import Explanation, Standing, explanations, keep, standing
from gateway.signals.pseudonyms import Pseudonyms
from schemas.calendar import local_day


class OwnAccountError(Exception):
    """An officer explains what he did himself; that he tried is in the log."""


@dataclass(frozen=True)
class Explaining:
    """Answers officers.

    All raise:
    NotAllowedError: who is no officer with a strong login, or not of this organisation; that he tried is in the log.
    AuditUnavailableError: the log cannot be read or written now.

    Those that change something return the answer's bytes, of the first time where the key was used before, and raise:
    IdempotencyConflictError: the key was used for something else.
    """

    committer: Committer
    now: Callable[[], datetime]

    async def listed(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return who is silenced to which rule, by whom and until when, as far as it is the caller's to see."""
        detail = {"read": "signals.explained"}
        viewer = await require(self.committer, caller, looked_event(caller, request_id, detail, seen=False))
        today = local_day(self.now())
        told = [each.as_json() for each in await self._standing(viewer) if each.newest.until >= today]
        await self.committer.keep(looked_event(caller, request_id, detail, seen=True))
        return {"explained": told, "request_id": request_id}

    async def explain(self, caller: Caller, call: Call, said: Explanation) -> bytes:
        """Accept an explanation. A team's counts from the second officer on.

        Raises:
            ExplanationError: it cannot be accepted.
            OwnAccountError: it is about what the caller did himself.
        """
        detail = _told("explained", said)
        await require(self.committer, caller, _tried(caller, call, detail), said.organisation)
        with unless_broken("this cannot be recorded now"):
            own = await Pseudonyms(self.committer.facts.keys).of_account(said.organisation, "professional", caller.id)
        # INVARIANT: nobody silences a rule about himself.
        if said.account == own:
            await refuse(self.committer, _tried(caller, call, detail | {"why": "own"}), OwnAccountError())

        async def act(connection: AsyncConnection) -> Deed:
            # Here, so that who repeats it late gets the first answer.
            said.check(self.now())
            event = acted_event(caller, call.request_id, Kind.CONFIG_CHANGED, detail, because=said.because)
            return await self._kept(connection, said, event, {"explained_until": said.until.isoformat()})

        return await self._once(caller, call, act)

    async def end(self, caller: Caller, call: Call, explained: str) -> bytes:
        """End an explanation that stands, by its id: from now on the rule sees all of it again.

        One officer may, and also who is silenced by it: a guard may always come back.

        Raises:
            NotAllowedError: none with this id stands, too.
        """
        detail = {"signals": "explanation-ended", "explained": explained}
        tried = _tried(caller, call, detail)
        viewer = await require(self.committer, caller, tried)

        async def act(connection: AsyncConnection) -> Deed:
            found = next((each for each in await self._standing_in(connection, viewer) if each.holds(explained)), None)
            if found is None:
                raise NotAllowedError
            ended = found.newest.ended(by=caller.id)
            event = acted_event(
                caller, call.request_id, Kind.CONFIG_CHANGED, _told("explanation-ended", ended) | detail
            )
            return await self._kept(connection, ended, event, {"ended": explained})

        try:
            return await self._once(caller, call, act)
        except NotAllowedError:
            await refuse(self.committer, tried)

    async def _standing(self, viewer: str) -> list[Standing]:
        with unless_broken("the log cannot be read now"):
            async with self.committer.engine.connect() as connection:
                return await self._standing_in(connection, viewer)

    async def _standing_in(self, connection: AsyncConnection, viewer: str) -> list[Standing]:
        organisation = None if viewer == GATEWAY else viewer
        return standing(await explanations(connection, self.committer.sealer, organisation))

    async def _kept(
        self, connection: AsyncConnection, said: Explanation, event: Event, shown: Mapping[str, Any]
    ) -> Deed:
        prepared = self.committer.log.build(event)
        await keep(connection, self.committer, said, prepared.event_id)
        return Deed(prepared, {"id": prepared.event_id, **shown})

    async def _once(self, caller: Caller, call: Call, act: Callable[[AsyncConnection], Awaitable[Deed]]) -> bytes:
        self.committer.health.require_whole()
        with unless_broken("this cannot be recorded now"):
            return await done_once(self.committer, caller, call, act)


def _tried(caller: Caller, call: Call, detail: Mapping[str, Any]) -> Event:
    return tried_event(caller, call.request_id, Kind.CONFIG_CHANGED, detail)


def _told(what: str, said: Explanation) -> dict[str, Any]:
    return {
        "signals": what,
        "rule": said.rule,
        "organisation": said.organisation,
        "account": said.account,
        "person": said.person,
        "until": said.until.isoformat(),
    }
