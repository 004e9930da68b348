"""The officer's explanations: which stand, and ending one. Each is on record before its answer leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.events import Event, Kind
from audit.store import AuditUnavailableError
from gateway.committing.commit import Committer
from gateway.database.engine import write_transaction
from gateway.facts.keeping import BROKEN
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from gateway.log.reading import acted_event
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
    """

    committer: Committer
    now: Callable[[], datetime]

    async def listed(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return who is silenced to which rule, by whom and until when, as far as it is the caller's to see."""
        detail = {"read": "signals.explained"}
        viewer = await require(self.committer, caller, request_id, Kind.LOG_READ, detail)
        today = local_day(self.now())
        told = [each.as_json() for each in await self._standing(viewer) if each.newest.until >= today]
        await self.committer.keep(acted_event(caller, request_id, Kind.LOG_READ, detail))
        return {"explained": told, "request_id": request_id}

    async def explain(self, caller: Caller, request_id: str, said: Explanation) -> dict[str, Any]:
        """Accept an explanation. A team's counts from the second officer on.

        Raises:
            ExplanationError: it cannot be accepted.
            OwnAccountError: it is about what the caller did himself.
        """
        detail = _told("explained", said)
        await require(self.committer, caller, request_id, Kind.CONFIG_CHANGED, detail, said.organisation)
        try:
            own = await Pseudonyms(self.committer.facts.keys).of_account(said.organisation, "professional", caller.id)
        except BROKEN as error:
            raise AuditUnavailableError("this cannot be recorded now") from error
        # INVARIANT: nobody silences a rule about himself.
        if said.account == own:
            own_one = OwnAccountError()
            await refuse(self.committer, caller, request_id, Kind.CONFIG_CHANGED, detail | {"why": "own"}, own_one)
        said.check(self.now())
        event = acted_event(caller, request_id, Kind.CONFIG_CHANGED, detail, because=said.because)
        told = await self._keep(said, event)
        return {"explained_until": said.until.isoformat(), "request_id": request_id, **told}

    async def end(self, caller: Caller, request_id: str, explained: str) -> dict[str, Any]:
        """End an explanation that stands, by its id: from now on the rule sees all of it again.

        One officer may, and also who is silenced by it: a guard may always come back.

        Raises:
            NotAllowedError: none with this id stands, too.
        """
        detail = {"signals": "explanation-ended", "explained": explained}
        viewer = await require(self.committer, caller, request_id, Kind.CONFIG_CHANGED, detail)
        standing_now = await self._standing(viewer)
        found = next((each for each in standing_now if explained in {one.id for one in each.said}), None)
        if found is None:
            await refuse(self.committer, caller, request_id, Kind.CONFIG_CHANGED, detail)
        ended = found.newest.ended(by=caller.id)
        event = acted_event(caller, request_id, Kind.CONFIG_CHANGED, _told("explanation-ended", ended) | detail)
        return {"ended": explained, "request_id": request_id, **await self._keep(ended, event)}

    async def _standing(self, viewer: str) -> list[Standing]:
        try:
            async with self.committer.engine.connect() as connection:
                organisation = None if viewer == GATEWAY else viewer
                return standing(await explanations(connection, self.committer.sealer, organisation))
        except BROKEN as error:
            raise AuditUnavailableError("the log cannot be read now") from error

    async def _keep(self, said: Explanation, event: Event) -> dict[str, Any]:
        self.committer.health.require_whole()
        try:
            async with write_transaction(self.committer.engine) as connection:
                pending = await keep(connection, self.committer, said, event)
        except BROKEN as error:
            raise AuditUnavailableError("this cannot be recorded now") from error
        return {"id": pending.prepared.event_id, "receipt": self.committer.log.receipt(pending).document()}


def _told(what: str, said: Explanation) -> dict[str, Any]:
    return {
        "signals": what,
        "rule": said.rule,
        "organisation": said.organisation,
        "account": said.account,
        "person": said.person,
        "until": said.until.isoformat(),
    }
