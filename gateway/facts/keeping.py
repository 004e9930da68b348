"""One act at the desk: the fact, its event and the answer to a repeated request are one transaction."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.grow import BrokenTreeError
from audit.prepared import Prepared
from audit.sealing import ErasedError
from audit.store import AuditLog, AuditUnavailableError, Pending
from consent.keys import KeyUnavailableError, SealBrokenError
from consent.known.family import StoreBrokenError
from consent.store.recording import Recorded
from consent.whose.allowed import MayNotError
from gateway.committing.commit import Committer
from gateway.committing.idempotency import Idempotency, Kept, Once
from gateway.committing.recording import actor
from gateway.database.engine import write_transaction
from gateway.facts.calls import Call, NotAllowedError
from gateway.identity.caller import Caller
from gateway.notices.due import keep_due
from schemas.calendar import AMSTERDAM, parse_moment

BROKEN: Final = (
    SQLAlchemyError,
    OSError,
    ErasedError,
    BrokenTreeError,
    KeyUnavailableError,
    SealBrokenError,
    StoreBrokenError,
)
"""What makes that nothing can be kept now."""


class RefusedError(Exception):
    """Who may not; `person` is whom it would have been about, as far as anybody."""

    def __init__(self, person: str | None) -> None:
        super().__init__("may not do this")
        self.person = person


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the row, the kind of its event, what the event and the answer say."""

    recorded: Recorded
    kind: Kind
    said: Mapping[str, Any]
    shown: Mapping[str, Any]
    evidence: Mapping[str, Any] = field(default_factory=dict)


Act = Callable[[AsyncConnection, str], Awaitable[Done]]
"""Does it inside the transaction, at an instant (ISO with offset); raises MayNotError inside `RefusedError` only."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done that is no fact: its event, which is not inserted yet, and what the answer says."""

    event: Prepared
    shown: Mapping[str, Any]


@dataclass(frozen=True)
class Keeping:
    """Does an act once, with its event. `decided_at` turns the database's clock into that of decisions."""

    committer: Committer
    decided_at: Callable[[datetime], datetime]

    async def keep(self, caller: Caller, call: Call, act: Act) -> bytes:
        """Do `act` and return the answer's bytes, or those of the first time.

        Raises:
            NotAllowedError: he may not; that it was tried is in the log, and nothing else is.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: it cannot be recorded now.
        """
        self.committer.health.require_whole()
        try:
            return promised(self.committer.log, await self._kept(caller, call, act))
        except (RefusedError, MayNotError) as refused:
            person = refused.person if isinstance(refused, RefusedError) else None
            await self.committer.keep(_refusal(caller, call, person))
            raise NotAllowedError from None
        except BROKEN as error:
            raise AuditUnavailableError("this cannot be recorded now") from error

    async def _kept(self, caller: Caller, call: Call, act: Act) -> Kept:
        committer = self.committer
        idempotency, once = Idempotency(committer.facts.keys, committer.sealer), Once(call.key, call.path, call.body)
        async with write_transaction(committer.engine) as connection:

            async def acted() -> Kept:
                done = await act(connection, written(self.decided_at(await committer.facts.clock(connection))))
                prepared = committer.log.build(_event(caller, call, done))
                await committer.log.insert(connection, prepared)
                await keep_due(connection, done.recorded, done.said)
                return Kept.of(_told(call, done), prepared)

            # It returns behind the commit, and only there may anybody be told.
            return await idempotency.done(connection, caller, once, acted)


async def done_once(
    committer: Committer, caller: Caller, call: Call, act: Callable[[AsyncConnection], Awaitable[Deed]]
) -> bytes:
    """Do `act` with its event in one transaction and return the answer's bytes, or those of the first time.

    Raises:
        IdempotencyConflictError: the key was used for something else.
        Each of `BROKEN`, and what `act` raises; nothing is kept then.
    """
    idempotency, once = Idempotency(committer.facts.keys, committer.sealer), Once(call.key, call.path, call.body)
    async with write_transaction(committer.engine) as connection:

        async def acted() -> Kept:
            deed = await act(connection)
            await committer.log.insert(connection, deed.event)
            return Kept.of(json.dumps({**deed.shown, "request_id": call.request_id}), deed.event)

        kept = await idempotency.done(connection, caller, once, acted)
    # Only here, behind the commit, may anybody be told.
    return promised(committer.log, kept)


async def done_before(committer: Committer, caller: Caller, call: Call) -> bytes | None:
    """Return the answer of the first time, for an act that would not be let through again; None where there is none.

    Raises:
        IdempotencyConflictError: the key was used for something else.
        Each of `BROKEN`.
    """
    if call.key is None:
        return None
    idempotency, once = Idempotency(committer.facts.keys, committer.sealer), Once(call.key, call.path, call.body)
    async with committer.engine.connect() as connection:
        kept = await idempotency.kept(connection, caller, once)
    return None if kept is None else promised(committer.log, kept)


def promised(log: AuditLog, kept: Kept) -> bytes:
    """Return an answer with the receipt of its event, once that is durable."""
    # The promise is signed as of the event's own instant, so a repeated answer is the same to the byte.
    proved = Prepared(kept.event_id, b"", kept.leaf_hash, b"", None, None, ())
    signing = replace(log, now=lambda: parse_moment(kept.event_at))
    receipt = signing.receipt(Pending(proved, is_open=lambda: False))
    return kept.answer[:-1].encode() + b',"receipt":' + orjson.dumps(receipt.document()) + b"}"


def written(at: datetime) -> str:
    """Return an instant as facts have it, never later than the clock: an end that is acknowledged has been reached."""
    return at.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")


def _event(caller: Caller, call: Call, done: Done) -> Event:
    recorded = done.recorded
    detail = {
        "section": recorded.section,
        "fact": recorded.id,
        "version": recorded.version,
        "said": dict(done.said),
    }
    if done.evidence:
        detail["evidence"] = dict(done.evidence)
    return Event(
        kind=done.kind,
        outcome=EventOutcome.OK,
        organisation=caller.organisation,
        person=recorded.person,
        also_about=tuple(sorted(recorded.concerns - {recorded.person})),
        request_id=call.request_id,
        fields={
            Field.ACTOR: actor(caller),
            Field.SUBJECT: recorded.person,
            Field.REQUEST: {"id": call.request_id},
            Field.DETAIL: detail,
        },
    )


def _refusal(caller: Caller, call: Call, person: str | None) -> Event:
    return Event(
        kind=Kind.FACT_REFUSED,
        outcome=EventOutcome.DENY,
        organisation=caller.organisation,
        person=person,
        request_id=call.request_id,
        fields={
            Field.ACTOR: actor(caller),
            Field.SUBJECT: person,
            Field.REQUEST: {"id": call.request_id},
            Field.DETAIL: {"path": call.path},
        },
    )


def _told(call: Call, done: Done) -> str:
    return json.dumps({"id": done.recorded.id, **done.shown, "request_id": call.request_id})
