"""What officers see of emergencies: which there were, how each stands, and how often; never about whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from audit.store import AuditUnavailableError
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.recording import reading_event
from gateway.emergency.counting import WINDOW, counted, warnings
from gateway.emergency.parts import Part, parts_since
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY, viewer_of
from schemas.calendar import written

MOST: Final = 200
"""How many are shown at once, newest first; all are counted."""


@dataclass(frozen=True)
class EmergencyList:
    """Shows emergencies of the last 30 days. `now` is the clock of decisions; `warned_from` so many uses it warns."""

    committer: Committer
    now: Callable[[], datetime]
    warned_from: int

    async def look(self, caller: Caller, request_id: str) -> dict[str, Any]:
        """Return what an officer may see: the gateway's own all of it, another what his organisation asked or held.

        That he looked is on record before he sees.

        Raises:
            NotAllowedError: no officer, or a login too weak; that he tried is in the log.
            AuditUnavailableError: it cannot be read, or recorded, now.
        """
        at, viewer = self.now(), viewer_of(caller)
        self.committer.health.require_anchored()
        seen = [] if viewer is None else await self._seen(None if viewer == GATEWAY else viewer, at)
        looked = reading_event(caller, request_id, what="emergencies", seen=viewer is not None)
        await self.committer.keep(looked)
        if viewer is None:
            raise NotAllowedError
        counts = counted(seen)
        often = warnings({each["organisation"]: each["uses"] for each in counts}, self.warned_from)
        return {
            "emergencies": [_told(each, at) for each in seen[:MOST]],
            "since": written(at - WINDOW),
            "counts": counts,
            "warnings": often,
            "request_id": request_id,
        }

    async def _seen(self, of: str | None, at: datetime) -> Sequence[Part]:
        try:
            async with self.committer.engine.connect() as connection:
                return await parts_since(connection, self.committer.sealer, at - WINDOW, of=of)
        except (SQLAlchemyError, OSError, ValueError) as error:
            raise AuditUnavailableError("emergencies cannot be read now") from error


def _told(part: Part, at: datetime) -> dict[str, Any]:
    use = part.use
    return {
        "id": use.id,
        "organisation": part.organisation,
        "worker": part.worker,
        "holder": use.holder,
        "opened_at": written(use.opened_at),
        "expires_at": written(use.expires_at),
        "is_open": part.is_open(at),
        "closed_at": None if part.closed_at is None else written(part.closed_at),
        "closed_by": str(use.closed_by[0]) if use.closed_by else None,
    }
