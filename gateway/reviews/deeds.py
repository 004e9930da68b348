"""What an officer does at the desk of reviews: once, with its event, or refused, and then with the event of that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, Kind
from audit.review.rows import GATEWAY
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.once import Deed, done_once, unless_broken
from gateway.identity.caller import Caller
from gateway.log.reading import looked_event, tried_event


class Refusal(StrEnum):
    """Why somebody may not do it now."""

    NOT_ALLOWED = "not-allowed"
    OWN_REVIEW = "own-review"
    TAKEN = "taken"
    NOT_TAKEN = "not-taken"
    """He has to take it first, or his time is up."""
    CLOSED = "closed"
    CHANGED = "changed"
    """The event that it is about is not what was kept: nobody judges on it."""


class ReviewRefusedError(Exception):
    """He may not; that he tried is in the log. Tell `NOT_ALLOWED` as to everybody who may not, the others as they are.

    `item` is the id of what it was about, for the event only; None where there is no such thing.
    """

    def __init__(self, why: Refusal, item: str | None = None) -> None:
        super().__init__(why.value)
        self.why = why
        self.item = item


Act = Callable[[AsyncConnection], Awaitable[Deed]]
"""Does it in a transaction that may write; its event is not inserted yet."""


@dataclass(frozen=True)
class Deeds:
    """Does what is to be done once."""

    committer: Committer

    async def do(self, caller: Caller, call: Call, kind: Kind, act: Act) -> bytes:
        """Do `act` and return the answer's bytes, or those of the first time. `kind` is that of the event of a refusal.

        Raises:
            ReviewRefusedError: he may not; nothing is stored but that he tried.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: it cannot be recorded now.
        """
        self.committer.health.require_whole()
        try:
            with unless_broken("this cannot be recorded now"):
                return await done_once(self.committer, caller, call, act)
        except ReviewRefusedError as refused:
            await self.committer.keep(refusal_event(caller, call.request_id, kind, refused))
            raise


def may_see(caller: Caller, organisation: str) -> bool:
    """Say whether `caller` is an officer of `organisation`, or the gateway's own, who sees all, and has a strong login.

    Source: NEN 7513, 8 (who reads the log shows two factors).
    """
    return caller.form == "officer" and caller.trusted and caller.officer_of in {GATEWAY, organisation}


def of_whom(caller: Caller) -> str | None:
    """Return of which organisation an officer sees what there is; None for the gateway's own, who sees all."""
    return None if caller.officer_of == GATEWAY else caller.officer_of


def refusal_event(caller: Caller, request_id: str, kind: Kind, refused: ReviewRefusedError) -> Event:
    """Return the event that somebody tried what he may not."""
    return tried_event(caller, request_id, kind, {"item": refused.item, "why": str(refused.why)})


async def require_officer(committer: Committer, caller: Caller, request_id: str, what: str) -> None:
    """Let officers look at `what`, who logged in strongly.

    Raises:
        NotAllowedError: anybody else; that he tried is in the log.
    """
    if caller.form == "officer" and caller.officer_of is not None and caller.trusted:
        return
    await committer.keep(looked_event(caller, request_id, {"read": what}, seen=False))
    raise NotAllowedError
