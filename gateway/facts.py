"""The desk where people record what they decide about their own records: yes, no, no longer, and to whom.

Who says it comes from the token (facts contract, F1): a person with his own login, never a name in a body. Fact and
event are one transaction, and nothing is acknowledged before it is committed, so after "you have stopped sharing"
nothing leaves that relied on it.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.grow import BrokenTreeError
from audit.prepared import Prepared
from audit.sealing import ErasedError
from audit.store import AuditUnavailableError, Pending
from consent.family import Family, Known, StoreBrokenError
from consent.keys import KeyUnavailableError, SealBrokenError
from consent.shape import WorldError
from consent.store import Recorded
from gateway.commit import Committer
from gateway.database import write_transaction
from gateway.idempotency import Claim, Idempotency, Kept, Once
from gateway.identity.caller import Caller
from gateway.recording import actor
from schemas.calendar import AMSTERDAM, local_day, midnight, months_after, parse_moment
from schemas.words import Category

LONGEST_CONSENT: Final = 12
"""Months after which a consent ends whatever it says (decision contract, 5.1)."""

_GIVEN: Final = {"consents": Kind.CONSENT_GIVEN, "refusals": Kind.CONSENT_REFUSED}
_ENDED: Final = {"consents": Kind.CONSENT_WITHDRAWN, "refusals": Kind.FACT_CLOSED}
_BROKEN: Final = (
    SQLAlchemyError,
    OSError,
    ErasedError,
    BrokenTreeError,
    KeyUnavailableError,
    SealBrokenError,
    StoreBrokenError,
)


class NotAllowedError(Exception):
    """Nothing was recorded but that it was tried. Answer as to everybody who may not."""


class _MayNotError(Exception):
    """Who may not; `person` is whom it would have been about, as far as anybody."""

    def __init__(self, person: str | None) -> None:
        super().__init__("may not record this")
        self.person = person


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its id, its path, its body as JSON, and the client's idempotency key where it gave one."""

    request_id: str
    path: str
    body: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    recorded: Recorded
    kind: Kind
    told: Mapping[str, Any]
    shown: Mapping[str, Any]


_Act = Callable[[AsyncConnection, str], Awaitable[_Done]]


@dataclass(frozen=True)
class FactsDesk:
    """Records facts for the people whom they are about. `decided_at` turns the database's clock into that of decisions.

    Every method returns the answer's bytes, and raises:
        NotAllowedError: who may not record this, whatever the reason; that it was tried is in the log.
        WorldError, ContradictionError: what is said is wrong, or does not fit; nothing is stored.
        IdempotencyConflictError: the key was used for something else; nothing is stored.
        AuditUnavailableError: it cannot be recorded now; nothing is stored.
    """

    committer: Committer
    decided_at: Callable[[datetime], datetime]

    async def say(self, section: str, caller: Caller, call: Call) -> bytes:
        """Record the caller's own yes (`consents`) or no (`refusals`) about himself or somebody in his family.

        Whether it counts is not judged here: `decide` knows whose word is needed for whom.
        """

        async def act(connection: AsyncConnection, at: str) -> _Done:
            family = await self._family(connection, str(call.body["about"]), caller)
            told = {**call.body, **_beside(section, caller), "given_by": caller.id, "on": at}
            _require_until(told, at)
            recorded = await self.committer.facts.record(connection, family, section, told, recorded_by=actor(caller))
            return _Done(recorded, _GIVEN[section], told, {"on": at})

        return await self._keep(caller, call, act)

    async def withdraw(self, section: str, fact_id: str, caller: Caller, call: Call) -> bytes:
        """End the caller's own yes or no from now on. One that has ended already keeps its first end."""

        async def act(connection: AsyncConnection, at: str) -> _Done:
            family, said = await self._own(connection, section, fact_id, caller, by="given_by")
            # Where a clock went back it ends with its beginning: it was never in force, and no end is refused.
            end = max(at, said.source["on"], key=parse_moment)
            told = {"withdrawn_on": said.source.get("withdrawn_on", end)}
            recorded = await self.committer.facts.amend(connection, family, said, told, recorded_by=actor(caller))
            return _Done(recorded, _ENDED[section], told, told)

        return await self._keep(caller, call, act)

    async def switch(self, mandate: str, caller: Caller, call: Call) -> bytes:
        """Turn categories on or off for the caller's mentor. Off needs no more than his word; on, a strong login.

        All off is kept as an empty list, and then `decide` is not given the mandate: it opens nothing.
        """

        async def act(connection: AsyncConnection, _at: str) -> _Done:
            family, chosen = await self._own(connection, "mandates", mandate, caller, by="youth")
            switches: Mapping[str, bool] = call.body["categories"]
            before = set(chosen.source["categories"])
            on = {name for name, wanted in switches.items() if wanted}
            if on - before and not caller.trusted:
                raise _MayNotError(chosen.person)
            after = (before | on) - {name for name, wanted in switches.items() if not wanted}
            told = {"categories": [str(each) for each in Category if each in after]}
            recorded = await self.committer.facts.amend(connection, family, chosen, told, recorded_by=actor(caller))
            return _Done(recorded, Kind.MANDATE_CHANGED, told, told)

        return await self._keep(caller, call, act)

    async def _family(self, connection: AsyncConnection, person: str, caller: Caller) -> Family:
        family = await self.committer.facts.held(connection, person)
        members = {member for member, _ in family.members}
        self.committer.sealer.know(family.members, family.keys)
        # INVARIANT: only the giver himself, logged in as himself, and only about his own family.
        if caller.form != "person" or not {person, caller.id} <= members:
            raise _MayNotError(person if person in members else None)
        return family

    async def _own(
        self, connection: AsyncConnection, section: str, fact_id: str, caller: Caller, *, by: str
    ) -> tuple[Family, Known]:
        # Of a fact that nobody has, the family is looked for all the same: the same work.
        owner = await self.committer.facts.owner(connection, section, fact_id) or ""
        family = await self._family(connection, owner, caller)
        known = family.known[section, fact_id]
        if known.source[by] != caller.id:
            raise _MayNotError(owner)
        return family, known

    async def _keep(self, caller: Caller, call: Call, act: _Act) -> bytes:
        if self.committer.health.broken:
            raise AuditUnavailableError("the log's tree was changed; verify it before anything else is kept")
        try:
            return self._answer(await self._kept(caller, call, act))
        except _MayNotError as refused:
            await self.committer.keep(_refusal(caller, call, refused.person))
            raise NotAllowedError from None
        except _BROKEN as error:
            raise AuditUnavailableError("this cannot be recorded now") from error

    async def _kept(self, caller: Caller, call: Call, act: _Act) -> Kept:
        committer, idempotency = self.committer, Idempotency(self.committer.facts.keys)
        async with write_transaction(committer.engine) as connection:
            claim: Claim | Kept | None = None
            if call.key is not None:
                claim = await idempotency.claim(connection, caller, Once(call.key, call.path, call.body))
            if isinstance(claim, Kept):
                return claim
            done = await act(connection, _written(self.decided_at(await committer.facts.clock(connection))))
            prepared = committer.log.build(_event(caller, call, done))
            await committer.log.insert(connection, prepared)
            kept = Kept(_told(call, done), prepared.event_id, prepared.leaf_hash, orjson.loads(prepared.leaf)["at"])
            if claim is not None:
                await idempotency.settle(connection, claim, kept)
        # Only here, behind the commit, may anybody be told.
        return kept

    def _answer(self, kept: Kept) -> bytes:
        # The promise is signed as of the event's own instant, so a repeated answer is the same to the byte.
        proved = Prepared(kept.event_id, b"", kept.leaf_hash, b"", None, None, ())
        log = replace(self.committer.log, now=lambda: parse_moment(kept.event_at))
        receipt = log.receipt(Pending(proved, is_open=lambda: False))
        return kept.answer[:-1].encode() + b',"receipt":' + orjson.dumps(receipt.document()) + b"}"


def _beside(section: str, caller: Caller) -> dict[str, Any]:
    if section == "refusals":
        return {"written": True}
    return {"form": "own-login"} if caller.trusted else {"form": "own-login", "identity_verified": False}


def _require_until(told: Mapping[str, Any], at: str) -> None:
    if "until" not in told:
        return
    until, now = parse_moment(told["until"]), parse_moment(at)
    if until <= now:
        raise WorldError(("until: lies in the past; name a later day",))
    if until > midnight(months_after(local_day(now), LONGEST_CONSENT)):
        raise WorldError((f"until: a consent ends after {LONGEST_CONSENT} months; name an earlier day",))


def _written(at: datetime) -> str:
    # Never later than the clock: an end that is acknowledged has been reached.
    return at.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")


def _event(caller: Caller, call: Call, done: _Done) -> Event:
    recorded = done.recorded
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
            Field.DETAIL: {
                "section": recorded.section,
                "fact": recorded.id,
                "version": recorded.version,
                "said": dict(done.told),
            },
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


def _told(call: Call, done: _Done) -> str:
    return json.dumps({"id": done.recorded.id, **done.shown, "request_id": call.request_id})
