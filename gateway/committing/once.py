"""An act with its event, done once, and the answer that promises it: repeated with its key, the same to the byte."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.grow import BrokenTreeError
from audit.prepared import Prepared
from audit.sealing import ErasedError
from audit.store import AuditLog, AuditUnavailableError, Pending
from consent.keys import KeyUnavailableError, SealBrokenError
from consent.known.rows import StoreBrokenError
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.idempotency import Idempotency, Kept
from gateway.committing.let_in import transaction_of
from gateway.identity.caller import Caller
from schemas.calendar import parse_moment

BROKEN: Final = (
    SQLAlchemyError,
    OSError,
    ErasedError,
    BrokenTreeError,
    KeyUnavailableError,
    SealBrokenError,
    StoreBrokenError,
)
"""What makes that nothing can be read or kept now."""


@contextmanager
def unless_broken(why: str, *also: type[Exception]) -> Iterator[None]:
    """Say `why` of whatever in the block makes that nothing can be read or kept now.

    Raises:
        AuditUnavailableError: one of `BROKEN`, or of `also`.
    """
    broken: tuple[type[Exception], ...] = (*BROKEN, *also)
    try:
        yield
    except broken as error:
        raise AuditUnavailableError(why) from error


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done that is no fact: its event, which is not inserted yet, and what the answer says."""

    event: Prepared
    shown: Mapping[str, Any]


Act = Callable[[AsyncConnection], Awaitable[Deed]]
"""Does something in the open transaction."""
Again = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[Act | None]]
"""Returns what to do again for who closed before, and was answered so; None where what he closed is closed still."""


async def nothing_again(_connection: AsyncConnection, _answered: Mapping[str, Any]) -> Act | None:
    """Leave it at the first time: what is asked of every act that closes nothing."""
    return None


async def done_once(  # noqa: PLR0913 - what is done, by whom, and how, by name
    committer: Committer,
    caller: Caller,
    call: Call,
    act: Act,
    *,
    again: Again = nothing_again,
    looks_before: bool = False,
) -> bytes:
    """Do `act` with its event in one transaction and return the answer's bytes, or those of the first time.

    But for what `again` returns: who closes what was opened since is not told that it is closed when it is not (F3).
    `act` itself may look first whether `caller` is let in still (`transaction_of`).

    Raises:
        EndedError: `caller` was ended before that; nothing is kept, but that he tried.
        IdempotencyConflictError: the key was used for something else.
        Each of `BROKEN`, and what `act` raises; nothing is kept then.
    """
    idempotency = Idempotency(committer.facts.keys, committer.sealer)
    async with transaction_of(committer, caller, call, looks_before=looks_before) as connection:
        done = list[Kept]()

        async def acted(act: Act = act) -> Kept:
            deed = await act(connection)
            await committer.log.insert(connection, deed.event)
            done.append(Kept.of(json.dumps({**deed.shown, "request_id": call.request_id}), deed.event))
            return done[-1]

        kept = await idempotency.done(connection, caller, call, acted)
        if not done and (anew := await again(connection, orjson.loads(kept.answer))) is not None:
            kept = await acted(anew)
    # Only here, behind the commit, may anybody be told. Of a repeat too: who did it first may have died before this.
    await committer.remember([kept.event_id])
    return promised(committer.log, kept)


async def done_before(committer: Committer, caller: Caller, call: Call) -> bytes | None:
    """Return the answer of the first time, for an act that would not be let through again; None where there is none.

    Raises:
        EndedError: `caller` was ended before that.
        IdempotencyConflictError: the key was used for something else.
        Each of `BROKEN`.
    """
    if call.key is None:
        return None
    idempotency = Idempotency(committer.facts.keys, committer.sealer)
    async with transaction_of(committer, caller, call) as connection:
        kept = await idempotency.kept(connection, caller, call)
    return None if kept is None else promised(committer.log, kept)


def promised(log: AuditLog, kept: Kept) -> bytes:
    """Return an answer with the receipt of its event, once that is durable."""
    # The promise is signed as of the event's own instant, so a repeated answer is the same to the byte.
    proved = Prepared(kept.event_id, b"", kept.leaf_hash, b"", None, None, ())
    signing = replace(log, now=lambda: parse_moment(kept.event_at))
    receipt = signing.receipt(Pending(proved, is_open=lambda: False))
    return kept.answer[:-1].encode() + b',"receipt":' + orjson.dumps(receipt.document()) + b"}"
