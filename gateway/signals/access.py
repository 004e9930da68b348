"""Who may have to do with signals: officers with a strong login, each within his own. A try is on record too."""

from typing import NoReturn

from audit.events import Event
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY


async def require(committer: Committer, caller: Caller, tried: Event, organisation: str | None = None) -> str:
    """Return of which organisation `caller` is the officer, or the word for the gateway's own.

    Raises:
        NotAllowedError: of none, not of `organisation`, or his login is too weak to be sure of; that he `tried` is in
            the log.
        AuditUnavailableError: that cannot be kept.
    """
    viewer = caller.officer_of
    is_his = organisation is None or viewer in {GATEWAY, organisation}
    if viewer is None or not caller.trusted or not is_his:
        await refuse(committer, tried)
    return viewer


async def refuse(committer: Committer, tried: Event, error: Exception | None = None) -> NoReturn:
    """Put a try on record, and raise `error`, or NotAllowedError."""
    await committer.keep(tried)
    raise NotAllowedError if error is None else error
