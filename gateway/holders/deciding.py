"""What a professional of a holder decides: in answer to a question that waits, or on his own initiative.

Source: facts contract, *Who* (*holder decision*), F1, F3 and F4; decision contract, section 4, *A holder decision*.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from consent.decided import ASKED, SECTION
from consent.keys import SealBrokenError
from consent.known.family import Family
from consent.known.opened_since import holder_opened_since
from consent.known.registered import Registered
from consent.law.purposes import is_only_told
from consent.naming import PERSON_SYSTEM
from consent.store.recording import record
from consent.world.shape import WorldError
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.recording import actor
from gateway.facts.keeping import Act, Done, Keeping, Lost, RefusedError, never_before
from gateway.holders.questions import Waiting, question_of
from gateway.holders.waiting import who_know
from gateway.identity.caller import Caller
from gateway.registry.systems import Sources
from schemas.words import ALL, Purpose

_ANSWER: Final = ("approved", "reason", "categories", "meldcode_steps", "step3_skipped_because")
_SHOWN: Final = ("approved", "on", "categories")


@dataclass(frozen=True)
class HolderDesk:
    """Records decisions of holders. `decided_at` turns the database's clock into decisions' own.

    `sources` gives the record systems that may be asked now, by holder.

    Both methods return the answer's bytes, and raise:
        NotAllowedError: who may not, whatever the reason, a question that nobody has included; it is in the log.
        WorldError: what is decided does not answer the question; nothing is stored.
        IdempotencyConflictError, AuditUnavailableError: as at the desk of facts; nothing is stored.
    """

    committer: Committer
    sources: Callable[[], Sources]
    decided_at: Callable[[datetime], datetime]

    async def answer(self, question: str, caller: Caller, call: Call) -> bytes:
        """Decide on a question. The first decision ends its waiting; a later one counts from then on."""

        async def act(connection: AsyncConnection, at: str) -> Done:
            found = await question_of(connection, question)
            family = await self.committer.held(connection, "" if found is None else found.person)
            # Again, now that nobody else can decide on it: whether it still waits.
            waits = await question_of(connection, question)
            await self._require_holder(connection, caller, waits.holder if waits else None, family)
            assert waits is not None  # noqa: S101 - for the type checker: without it he was refused
            told = _answer_to(waits, _opened(waits, family), caller, call.body, self._since(at, family))
            return await self._recorded(connection, family, told, caller)

        return await self._keeping.keep(caller, call, act, lost=self._lost(call, act))

    async def decide(self, caller: Caller, call: Call) -> bytes:
        """Decide about an asker and a purpose on the holder's own initiative, about somebody whom the holder knows."""

        async def act(connection: AsyncConnection, at: str) -> Done:
            about = str(call.body["about"])
            family = await self.committer.held(connection, about)
            identifiers = {PERSON_SYSTEM: {member: member for member, _ in family.members}, **family.identifiers}
            knows = caller.organisation in who_know(self.sources(), identifiers, about)
            await self._require_holder(connection, caller, caller.organisation if knows else None, family)
            told = _of_own_accord(caller, call.body, self._since(at, family))
            return await self._recorded(connection, family, told, caller)

        return await self._keeping.keep(caller, call, act, lost=self._lost(call, act))

    def _lost(self, call: Call, act: Act) -> Lost:
        async def lost(connection: AsyncConnection, answered: Mapping[str, Any]) -> Act | None:
            facts = self.committer.facts
            if call.body["approved"]:
                return None
            family = await facts.held(connection, await facts.owner(connection, SECTION, answered["id"]) or "")
            return act if holder_opened_since(answered["id"], family.known) else None

        return lost

    @property
    def _keeping(self) -> Keeping:
        return Keeping(self.committer, self.decided_at)

    def _since(self, at: str, family: Family) -> str:
        return never_before(at, self.decided_at(family.read_at))

    async def _require_holder(
        self, connection: AsyncConnection, caller: Caller, holder: str | None, family: Family
    ) -> None:
        registry = await self.committer.facts.registry(connection)
        if not decides_for(caller, registry, holder) or not family.members:
            raise RefusedError(None)

    async def _recorded(
        self, connection: AsyncConnection, family: Family, told: Mapping[str, Any], caller: Caller
    ) -> Done:
        recorded = await record(connection, self.committer.facts, family, SECTION, told, recorded_by=actor(caller))
        shown = {name: told[name] for name in _SHOWN if name in told}
        return Done(recorded, Kind.HOLDER_DECIDED, told, shown)


def decides_for(caller: Caller, registry: Registered, holder: str | None) -> bool:
    """Return whether `caller` is a professional who is registered as the holder's.

    INVARIANT: a decision counts only of who is; so nobody else records one, nor sees what waits for one.
    """
    known = registry.source("professionals", caller.id)
    own = known is not None and known["organisation"] == caller.organisation == holder
    return caller.form == "professional" and own


def _opened(waits: Waiting, family: Family) -> Mapping[str, Any]:
    try:
        return waits.opened(family.keys)
    except SealBrokenError:
        # Whom it was about was forgotten, or somebody changed it.
        raise RefusedError(None) from None


def _answer_to(
    waits: Waiting, asked: Mapping[str, Any], caller: Caller, body: Mapping[str, Any], at: str
) -> dict[str, Any]:
    asker = asked["asker"]
    _require_another(caller, body, at_asker=asker["organisation"], himself=asker["id"], person=waits.person)
    told = _decision(caller, body, at)
    if body["approved"]:
        if is_only_told(Purpose(asked["purpose"])):
            raise WorldError(("approved: nobody can ask for this; tell it of your own accord (holder/decisions)",))
        told["categories"] = _approved(asked["categories"], body.get("categories"))
    first = {"id": waits.id} if waits.is_open else {}
    bound = {name: asked[name] for name in ASKED if name in asked}
    return {
        **first,
        **told,
        **bound,
        "about": waits.person,
        "asked_as": asker["form"],
        "asker": asker["as"],
        "purpose": asked["purpose"],
        "answers": waits.id,
    }


def _of_own_accord(caller: Caller, body: Mapping[str, Any], at: str) -> dict[str, Any]:
    [(form, asker)] = body["asker"].items()
    organisation = asker if form == "organisation" else None
    _require_another(caller, body, at_asker=organisation, himself=asker, person=body["about"])
    if body["approved"] and "categories" not in body:
        raise WorldError(("categories: say which categories are approved",))
    return {
        **_decision(caller, body, at),
        "about": body["about"],
        "asked_as": "professional" if form == "organisation" else form,
        "asker": asker,
        "purpose": body["purpose"],
    }


def _decision(caller: Caller, body: Mapping[str, Any], at: str) -> dict[str, Any]:
    answer = {name: body[name] for name in _ANSWER if name in body}
    return {**answer, "holder": caller.organisation, "by": caller.id, "on": at}


def _require_another(
    caller: Caller, body: Mapping[str, Any], *, at_asker: str | None, himself: str, person: str
) -> None:
    # A no protects, so it needs no strong login and may be said to a colleague; nobody answers himself (F3, F4).
    lets_in = body["approved"] and (not caller.trusted or at_asker == caller.organisation)
    if himself == caller.id or lets_in:
        raise RefusedError(person)


def _approved(asked: Any, named: Sequence[str] | None) -> list[str]:
    """Return what an approval covers: what it names of what was asked; all of that where it names nothing."""
    if named is None:
        if asked == ALL:
            raise WorldError(("categories: everything was asked; say which categories are approved",))
        return list(asked)
    if asked != ALL and not set(named) <= set(asked):
        raise WorldError(("categories: approve no more than was asked",))
    return list(named)
