"""Closing an emergency by hand, before its hours are over. Closing is cheap: whoever has a part in it may.

Source: facts contract, F3 and F5; `law.md` E.2.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.read import events_of_request
from consent.store.appending import raise_versions
from gateway.committing.calls import Call, NotAllowedError
from gateway.committing.commit import Committer
from gateway.committing.idempotency import Idempotency, Kept
from gateway.committing.let_in import transaction_of
from gateway.committing.once import unless_broken
from gateway.committing.recording import actor, reading_event
from gateway.emergency.parts import Part, keep_closed, parts_of
from gateway.emergency.standing import Side
from gateway.identity.caller import Caller
from gateway.log.officers import GATEWAY
from schemas.calendar import written


@dataclass(frozen=True)
class ClosingDesk:
    """Closes emergencies. `decided_at` turns the database's clock into that of decisions."""

    committer: Committer
    decided_at: Callable[[datetime], datetime]

    async def close(self, emergency: str, caller: Caller, call: Call) -> bytes:
        """Close what of an emergency is the caller's to close, and tell how each part stands. Again does no harm.

        The worker who opened it and the gateway's officer close all of it; a holder's officer or professional what came
        of that holder. INVARIANT: a request that was judged before and commits after is judged again: the versions of
        the family are raised, as by a fact that ends.

        Raises:
            NotAllowedError: no such emergency, or no part in it; that he tried is in the log.
            IdempotencyConflictError: the key was used for something else; nothing changed.
            AuditUnavailableError: it cannot be recorded now; nothing changed.
        """
        committer = self.committer
        committer.health.require_whole()
        idempotency = Idempotency(committer.facts.keys, committer.sealer)
        try:
            with unless_broken("this cannot be recorded now", ValueError):
                async with transaction_of(committer, caller, call) as connection:
                    act = partial(self._closed, connection, emergency, caller, call.request_id)
                    kept = await idempotency.done(connection, caller, call, act)
                    told = await events_of_request(connection, emergency)
                # All of its events, each part's: who closed it before this request may have died before he did so.
                await committer.remember([each.event_id for each in told])
        except NotAllowedError:
            await committer.keep(_refusal(caller, call.request_id))
            raise
        # Only here, behind the commit, does anybody hear of it.
        return kept.answer.encode()

    async def _closed(self, connection: AsyncConnection, emergency: str, caller: Caller, request_id: str) -> Kept:
        committer = self.committer
        found = await parts_of(connection, committer.sealer, emergency)
        family = await committer.facts.held(connection, found[0].person if found else "")
        # Again, now that nobody else can close it or rely on it.
        mine = [each for each in await parts_of(connection, committer.sealer, emergency) if side_of(caller, each)]
        if not mine:
            raise NotAllowedError
        at = self.decided_at(await committer.facts.clock(connection))
        going = [each for each in mine if each.may_close(_his_side(caller, each), at)]
        committer.sealer.know(family.members, family.keys)
        for part in going:
            await keep_closed(connection, part, _his_side(caller, part), at)
        events = [_event(caller, part, _his_side(caller, part), request_id) for part in going]
        # Where nothing is left to close, that he asked.
        events = events or [reading_event(caller, request_id, what="emergency", seen=True)]
        prepared = [committer.log.build(each) for each in events]
        for each in prepared:
            await committer.log.insert(connection, each)
        if going:
            await raise_versions(connection, {member: version + 1 for member, version in family.members})
        told = [_told(each, at, closed=each in going) for each in mine]
        return Kept.of(json.dumps({"id": emergency, "parts": told, "request_id": request_id}), prepared[0])


def side_of(caller: Caller, part: Part) -> Side | None:
    """Return on which side of a part `caller` stands who may close it; None of everybody else."""
    if caller.officer_of is not None:
        by_office = {GATEWAY: Side.GATEWAY, part.use.holder: Side.HOLDER, part.organisation: Side.ASKER}
        return by_office.get(caller.officer_of)
    if caller.form != "professional":
        return None
    # First the holder: of what a crisis service pulled from its own records, its own no counts as a holder's.
    if caller.organisation == part.use.holder:
        return Side.HOLDER
    opened_it = caller.id == part.worker and caller.organisation == part.organisation
    return Side.ASKER if opened_it else None


def _told(part: Part, at: datetime, *, closed: bool) -> dict[str, Any]:
    return {"holder": part.use.holder, "ended_at": written(min(at, part.ended_at) if closed else part.ended_at)}


def _his_side(caller: Caller, part: Part) -> Side:
    side = side_of(caller, part)
    assert side is not None  # noqa: S101 - for the type checker: he has a part in it
    return side


def _refusal(caller: Caller, request_id: str) -> Event:
    # About nobody: what he has no part in may not exist.
    return Event(
        kind=Kind.EMERGENCY_CLOSED,
        outcome=EventOutcome.DENY,
        organisation=caller.organisation,
        request_id=request_id,
        fields={Field.ACTOR: actor(caller), Field.REQUEST: {"id": request_id}},
    )


def _event(caller: Caller, part: Part, side: Side, request_id: str) -> Event:
    others = frozenset({part.organisation, part.use.holder})
    return Event(
        kind=Kind.EMERGENCY_CLOSED,
        outcome=EventOutcome.OK,
        organisation=caller.organisation,
        counterparties=others - {caller.organisation},
        person=part.person,
        request_id=part.use.id,
        fields={
            Field.ACTOR: actor(caller),
            Field.SUBJECT: part.person,
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: closing_detail(part, side),
        },
    )


def closing_detail(part: Part, side: Side) -> dict[str, Any]:
    """Return what an event tells of a part that was closed."""
    return {
        "emergency": part.use.id,
        "holder": part.use.holder,
        "closed_by": str(side),
        "expires_at": written(part.use.expires_at),
    }
