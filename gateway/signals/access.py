"""Who may have to do with signals: officers with a strong login, each within his own. A try is on record too."""

from collections.abc import Mapping
from typing import Any, NoReturn

from audit.events import EventOutcome, Kind
from gateway.committing.calls import NotAllowedError
from gateway.committing.commit import Committer
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from gateway.log.reading import acted_event


async def require(  # noqa: PLR0913, PLR0917 - who asks, and the parts of the event of a refusal
    committer: Committer,
    caller: Caller,
    request_id: str,
    kind: Kind,
    detail: Mapping[str, Any],
    organisation: str | None = None,
) -> str:
    """Return of which organisation `caller` is the officer, or the word for the gateway's own.

    Raises:
        NotAllowedError: of none, not of `organisation`, or his login is too weak to be sure of; that he tried is in the
            log.
        AuditUnavailableError: that cannot be kept.
    """
    viewer = caller.officer_of
    is_his = organisation is None or viewer in {GATEWAY, organisation}
    if viewer is None or not caller.trusted or not is_his:
        await refuse(committer, caller, request_id, kind, detail)
    return viewer


async def refuse(  # noqa: PLR0913, PLR0917 - the parts of an event
    committer: Committer,
    caller: Caller,
    request_id: str,
    kind: Kind,
    detail: Mapping[str, Any],
    error: Exception | None = None,
) -> NoReturn:
    """Put a try on record, and raise `error`, or NotAllowedError."""
    await committer.keep(acted_event(caller, request_id, kind, detail, outcome=EventOutcome.DENY))
    raise NotAllowedError if error is None else error
