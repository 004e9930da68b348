"""The officer's desk of signals: each look is on record before its answer leaves.

An officer of an institution sees what its own people did, and the gateway's own officer what everybody did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.signals.acts import Act
from audit.signals.look import Seen, look
from audit.signals.looked import Known, Looked
from gateway.committing.commit import Committer
from gateway.committing.once import unless_broken
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from gateway.log.reading import looked_event
from gateway.signals.access import require
from gateway.signals.explaining import explained_by, explanations
from gateway.signals.period import Period, acts_in
from gateway.signals.pseudonyms import Pseudonyms
from gateway.signals.switching import switched_off, words
from gateway.signals.telling import as_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one look gave: `acts` by the id of their event, as they stand in the log, without pseudonyms.

    The first `events` of the log were looked through; so many are still `behind` them.
    """

    seen: Seen
    unreadable: int
    events: int
    behind: int
    acts: Mapping[str, Act]


async def seen_in(committer: Committer, period: Period, viewer: str, known: Known | None = None) -> Sight:
    """Return what the rules show the officer of `viewer` of `period`. Records nothing: the caller does.

    `known` is what the officer brought along; accounts and persons stand in it by pseudonym.

    Raises:
        PeriodError: it is too long for one look.
        AuditUnavailableError: the log cannot be read now.
    """
    with unless_broken("the log cannot be read now"):
        found = await acts_in(committer, period, viewer)
        async with committer.engine.connect() as connection:
            accepted = await explanations(connection, committer.sealer, None if viewer == GATEWAY else viewer)
            off = switched_off(await words(connection, committer.sealer))
        hidden = Pseudonyms(committer.facts.keys)
        looked = Looked(
            since=period.since,
            acts=await hidden.hide(found.acts),
            before=await hidden.hide(found.before),
            before_was_too_much=found.before_was_too_much,
            known=known or Known(),
        )
    seen = look(looked, explained=explained_by(accepted), off=off)
    acts = {act.event: act for act in found.acts}
    return Sight(seen=seen, unreadable=found.unreadable, events=found.events, behind=found.behind, acts=acts)


@dataclass(frozen=True)
class SignalsDesk:
    """Answers officers."""

    committer: Committer
    now: Callable[[], datetime]

    async def look(self, caller: Caller, request_id: str, period: Period) -> dict[str, Any]:
        """Return the signals of `period` that are the caller's to see.

        Raises:
            NotAllowedError: who is no officer with a strong login; that he tried is in the log.
            PeriodError: it is too long for one look.
            AuditUnavailableError: the log cannot be read or written now.
        """
        detail = {"read": "signals", "since": period.since.isoformat(), "until": period.until.isoformat()}
        viewer = await require(self.committer, caller, looked_event(caller, request_id, detail, seen=False))
        sight = await seen_in(self.committer, period, viewer)
        told = as_json(sight.seen, period, unreadable=sight.unreadable) | {
            "complete_up_to": {"events": sight.events, "behind": sight.behind}
        }
        await self.committer.keep(looked_event(caller, request_id, detail, seen=True))
        return {**told, "request_id": request_id}
