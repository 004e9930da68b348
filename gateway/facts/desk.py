"""The desk where facts are recorded, confirmed and ended (facts contract, *Ways in*).

Who says it comes from the token (F1), who may is `consent.whose.allowed` and nothing else. Fact and event are one
transaction, and nothing is acknowledged before it is committed, so after "you have stopped sharing" nothing leaves that
relied on it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from consent.known.agreed import agreed_to
from consent.known.opened_since import finding_opened_since, no_opened_since, partner_came_back
from consent.known.rows import Known
from consent.naming import OWNER
from consent.store.appending import group_of, new_id
from consent.store.recorders import read_recorders
from consent.store.recording import amend, record, register_person
from consent.whose.allowed import MayNotError
from consent.world.shape import WorldError
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.evenly import Evenly
from gateway.committing.recording import actor
from gateway.facts.confirming import Changed, after, confirm
from gateway.facts.ending import Objected, end
from gateway.facts.keeping import Act, Done, Keeping, RefusedError, never_before
from gateway.facts.seeing import without_others
from gateway.facts.stage import Stage
from gateway.facts.taken_back import goes_with, switched_with
from gateway.facts.telling import Telling, tell
from gateway.identity.caller import Caller
from schemas.words import Category

_CHANGED: Final = {
    "authority": Kind.AUTHORITY_CHANGED,
    "orders": Kind.ORDER_CHANGED,
    "capacity": Kind.CAPACITY_RECORDED,
    "mandates": Kind.MANDATE_CHANGED,
}
"""The kinds of event that say the same of every change (audit log contract, *An event*)."""

_RECORDED: Final = {**_CHANGED, "consents": Kind.CONSENT_GIVEN, "refusals": Kind.CONSENT_REFUSED}
_CONFIRMED: Final = {**_CHANGED, "consents": Kind.CONSENT_CONFIRMED}
_CLOSED: Final = {**_CHANGED, "consents": Kind.CONSENT_WITHDRAWN}
_TOLD: Final = ("on", "since", "until")
_ALONE_FROM: Final = 16
_BEYOND: Final = (
    "who has authority did not agree to this; choose this mentor with it in another mandate, for them to agree to"
)


@dataclass(frozen=True)
class FactsDesk:
    """Records, confirms and ends facts. `decided_at` turns the database's clock into that of decisions.

    `evenly` is for who looks at them (`gateway.facts.looking`).

    Every method returns the answer's bytes, and raises:
        NotAllowedError: who may not, whatever the reason; that it was tried is in the log.
        WorldError, ContradictionError: what is said is wrong, or does not fit; nothing is stored.
        IdempotencyConflictError: the key was used for something else; nothing is stored.
        AuditUnavailableError: it cannot be recorded now; nothing is stored.
    """

    committer: Committer
    decided_at: Callable[[datetime], datetime]
    evenly: Evenly = field(default_factory=Evenly)

    async def record(
        self, section: str, caller: Caller, call: Call, *, check: Callable[[Stage], None] = lambda _: None
    ) -> bytes:
        """Record a new fact of `section`. Whether it counts is not judged here: that is `decide`.

        `check` is asked once it is sure that the caller may; what it raises leaves nothing stored.
        """

        async def act(connection: AsyncConnection, at: str) -> Done:
            stage = await self._stage(connection, await self._owner(connection, section, call.body), caller, at)
            with _refusing(stage):
                telling = tell(stage, section, call.body)
            check(stage)
            return await self._told(connection, stage, section, telling)

        async def lost(connection: AsyncConnection, answered: Mapping[str, Any]) -> Act | None:
            if section != "refusals":
                return None
            family = await self.committer.facts.held(connection, str(call.body["about"]))
            return act if no_opened_since(answered["id"], family.known) else None

        return await self._keeping.keep(caller, call, act, lost=lost)

    async def confirm(self, section: str, fact_id: str, caller: Caller, call: Call) -> bytes:
        """Add a confirmation to a fact; a second one of the same kind leaves the first as it was."""
        name, evidence = call.body["field"], call.body.get("evidence", {})

        async def act(connection: AsyncConnection, at: str) -> Done:
            stage = await self._stage_of(connection, section, fact_id, caller, at)
            with _refusing(stage):
                known = stage.known(section, fact_id)
                changed = confirm(stage, known, name, evidence)
                changed = replace(changed, shown={**changed.shown, "needs": _needs(stage, after(known, changed))})
            kind = _CONFIRMED.get(section, Kind.FACT_CONFIRMED)
            said = {"confirmed": name, **changed.fields}
            return await self._changed(connection, stage, known, changed, kind=kind, said=said, evidence=evidence)

        return await self._keeping.keep(caller, call, act)

    async def close(self, section: str, fact_id: str, caller: Caller, call: Call) -> bytes:
        """End a fact from now on, or at a later instant where that is said. An earlier end stays as it was."""
        field, on = call.body["field"], call.body.get("on")

        def ended_too(stage: Stage, other: Known) -> Changed:
            ended = end(stage, other, field, on)
            assert isinstance(ended, Changed)  # noqa: S101 - for the type checker: no finding goes with another
            return ended

        async def act(connection: AsyncConnection, at: str) -> Done:
            stage = await self._stage_of(connection, section, fact_id, caller, at)
            with _refusing(stage):
                known = stage.known(section, fact_id)
                ended = end(stage, known, field, on)
            if isinstance(ended, Objected):
                return await self._objected(connection, stage, ended)
            others = goes_with(stage, known, field)
            kind = _CLOSED.get(section, Kind.FACT_CLOSED)
            done = await self._changed(connection, stage, known, ended, kind=kind, said=ended.shown)
            return replace(done, also=await self._also(connection, stage, others, kind, ended_too))

        async def lost(connection: AsyncConnection, _answered: Mapping[str, Any]) -> Act | None:
            if field not in {"objection", "left_by"}:
                return None  # Nobody takes back any other end.
            facts = self.committer.facts
            owner = await facts.owner(connection, section, fact_id) or ""
            known = (await facts.held(connection, owner)).known
            if field == "left_by":
                return act if partner_came_back(fact_id, caller.organisation, known) else None
            return act if finding_opened_since(owner, known) else None

        return await self._keeping.keep(caller, call, act, lost=lost)

    async def switch(self, mandate: str, caller: Caller, call: Call) -> bytes:
        """Turn categories on or off for the caller's mentor. Off needs no more than his word; on, a strong login.

        Under 16 he turns on only what his holders of authority agreed to, where they did.
        All off is kept as an empty list, and then `decide` is not given the mandate: it opens nothing.
        """

        async def act(connection: AsyncConnection, at: str, switches: Mapping[str, bool]) -> Done:
            stage = await self._stage_of(connection, "mandates", mandate, caller, at)
            with _refusing(stage):
                chosen = stage.known("mandates", mandate)
                changed = _switched(stage, chosen, switches)
            off = {name: False for name, is_on in switches.items() if not is_on}
            others, kind = switched_with(stage, chosen, off), Kind.MANDATE_CHANGED
            done = await self._changed(connection, stage, chosen, changed, kind=kind, said=changed.shown)

            def switched_too(stage: Stage, other: Known) -> Changed:
                return _switched(stage, other, off)

            return replace(done, also=await self._also(connection, stage, others, kind, switched_too))

        wanted = call.body["categories"]

        async def lost(connection: AsyncConnection, _answered: Mapping[str, Any]) -> Act | None:
            facts = self.committer.facts
            family = await facts.held(connection, await facts.owner(connection, "mandates", mandate) or "")
            chosen = family.known.get(("mandates", mandate))
            on = set() if chosen is None else set(chosen.source["categories"])
            # Only off: what he turned on before may be off since, and stays so.
            off = {name: False for name, is_on in wanted.items() if not is_on}
            return partial(act, switches=off) if on & off.keys() else None

        return await self._keeping.keep(caller, call, partial(act, switches=wanted), lost=lost)

    @property
    def _keeping(self) -> Keeping:
        return Keeping(self.committer, self.decided_at)

    async def _owner(self, connection: AsyncConnection, section: str, body: Mapping[str, Any]) -> str:
        if section == "assignments":
            return await self.committer.facts.owner(connection, "orders", body["order"]) or ""
        return str(body["family_of" if section == "persons" else OWNER[section]])

    async def _stage_of(
        self, connection: AsyncConnection, section: str, fact_id: str, caller: Caller, at: str
    ) -> Stage:
        # Of a fact that nobody has, the family is looked for all the same: the same work.
        owner = await self.committer.facts.owner(connection, section, fact_id) or ""
        return await self._stage(connection, owner, caller, at)

    async def _stage(self, connection: AsyncConnection, person: str, caller: Caller, at: str) -> Stage:
        facts = self.committer.facts
        family = await self.committer.held(connection, person)
        known = person in dict(family.members)
        return Stage(
            caller=caller,
            person=person if known else None,
            family=family,
            registry=await facts.registry(connection),
            recorders=await read_recorders(connection, facts.keys, person if known else ""),
            at=never_before(at, self.decided_at(family.read_at)),
        )

    async def _also(
        self,
        connection: AsyncConnection,
        stage: Stage,
        others: Iterable[Known],
        kind: Kind,
        change: Callable[[Stage, Known], Changed],
    ) -> tuple[Done, ...]:
        """Do to `others` what is done to a fact with which they go."""
        done = []
        for each in others:
            # A family serves for one change: the next begins with what it is by then.
            stage = replace(stage, family=await self.committer.facts.held(connection, each.person))
            changed = change(stage, each)
            done.append(await self._changed(connection, stage, each, changed, kind=kind, said=changed.shown))
        return tuple(done)

    async def _told(self, connection: AsyncConnection, stage: Stage, section: str, telling: Telling) -> Done:
        facts, fields, family = self.committer.facts, dict(telling.fields), stage.family
        if section == "persons":
            fields["id"] = new_id()
            group = await group_of(connection, str(stage.person))
            await register_person(connection, facts, fields["id"], family=group, identifiers={})
            family = await self.committer.held(connection, fields["id"])
        recorded = await record(
            connection, facts, family, section, fields, recorded_by=actor(stage.caller), word=telling.word
        )
        shown = {name: fields[name] for name in _TOLD if name in fields} | {"needs": list(telling.lacks)}
        kind = _RECORDED.get(section, Kind.FACT_RECORDED)
        return Done(recorded, kind, fields, shown, telling.word.evidence)

    async def _changed(  # noqa: PLR0913 - what changed, and what is said of it, each by name
        self,
        connection: AsyncConnection,
        stage: Stage,
        known: Known,
        changed: Changed,
        *,
        kind: Kind,
        said: Mapping[str, Any],
        evidence: Mapping[str, Any] | None = None,
    ) -> Done:
        facts, recorder = self.committer.facts, actor(stage.caller)
        recorded = await amend(
            connection, facts, stage.family, known, changed.fields, recorded_by=recorder, word=changed.word
        )
        doubted = known.source.get("disputed") is True
        return Done(recorded, kind, said, changed.shown, evidence or {}, doubted)

    async def _objected(self, connection: AsyncConnection, stage: Stage, objected: Objected) -> Done:
        told = objected.fields
        recorded = await record(
            connection, self.committer.facts, stage.family, objected.section, told, recorded_by=actor(stage.caller)
        )
        return Done(recorded, Kind.CAPACITY_RECORDED, told, {"objection": told["on"]})


@contextmanager
def _refusing(stage: Stage) -> Iterator[None]:
    try:
        yield
    except MayNotError:
        raise RefusedError(stage.person) from None


def _needs(stage: Stage, known: Known) -> list[str]:
    """Return what a fact still needs, as far as it is told who confirmed a part of it."""
    # Of others who agree to a mentor neither he hears nor a parent, as where facts are seen.
    works = stage.caller.form == "professional"
    return list(stage.lacks(known if works else without_others(stage.hand, known)))


def _switched(stage: Stage, chosen: Known, switches: Mapping[str, bool]) -> Changed:
    hand = stage.hand
    if stage.caller.form != "person" or chosen.source["youth"] != hand.id:
        raise MayNotError
    before = set(chosen.source["categories"])
    on = {name for name, wanted in switches.items() if wanted}
    if on - before:
        stage.require_strong()
        _require_agreed(stage, chosen, on - before)
    after = (before | on) - {name for name, wanted in switches.items() if not wanted}
    told = {"categories": [str(each) for each in Category if each in after]}
    return Changed(told, None, told)


def _require_agreed(stage: Stage, chosen: Known, wanted: set[str]) -> None:
    """Let a youth under 16 switch on only what the mandate had when his holders of authority agreed to it."""
    age, agreed = stage.scene_of(chosen).age(chosen.source["youth"]), agreed_to(stage.family.told, chosen.id)
    if agreed is None or (age is not None and age >= _ALONE_FROM):
        return  # Who agrees yet agrees to what is switched on then; from 16 on nobody needs to (5.5).
    if beyond := sorted(wanted - agreed):
        raise WorldError(tuple(f"switch.categories.{each}: {_BEYOND}" for each in beyond))
