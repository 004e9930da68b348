"""Taking one step of an import: judged by the table, stored, and put on record, in the import's own transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from audit.store import AuditLog, AuditUnavailableError
from consent.known.family import Family
from consent.known.registered import merged
from consent.naming import names_in
from consent.registers.said import NUMBER_SYSTEM
from consent.registers.seen import Act, Amend, New, Seen, seen_of
from consent.store.appending import new_id
from consent.store.fact_store import FactStore
from consent.store.finding import find
from consent.store.recorders import read_recorders
from consent.store.recording import Recorded, amend, record
from consent.whose.allowed import missing, require_closer, require_confirmer, require_recorder, row_of
from consent.whose.hand import Form, Hand
from consent.whose.scene import Scene
from consent.world.entries import entry
from gateway.committing.fact_event import fact_event
from gateway.facts.stage import recorder_of
from gateway.keys.sealing import AuditSealer
from gateway.registers.port import RegisterKind
from gateway.registry.snapshot import OPERATOR

_OF_SECTION: Final = {"authority": Kind.AUTHORITY_CHANGED, "orders": Kind.ORDER_CHANGED}
_OF_ACT: Final = {Act.RECORD: Kind.FACT_RECORDED, Act.CONFIRM: Kind.FACT_CONFIRMED, Act.CLOSE: Kind.FACT_CLOSED}
_REGISTERS: Final = frozenset({"register", "system"})
"""As what a register, and a world file that counts as one, stands in `recorded_by`."""


@dataclass(frozen=True, slots=True)
class By:
    """Who brings an answer: of which register, what it is found by, and which operator with which account."""

    kind: RegisterKind
    source: str
    operator: str
    account: str

    @property
    def hand(self) -> Hand:
        """The hand of the register: the answer is its word, not the operator's."""
        return Hand(form=Form.REGISTER, id=str(self.kind))

    def as_json(self) -> dict[str, Any]:
        """Return it as facts and events have it."""
        return {
            "form": str(Form.REGISTER),
            "id": str(self.kind),
            "organisation": OPERATOR,
            "source": self.source,
            "operator": self.operator,
            "account": self.account,
        }


@dataclass(frozen=True, slots=True)
class Takes:
    """The transaction of one import, and all that its steps need. `at` is the database's clock at its beginning."""

    connection: AsyncConnection
    facts: FactStore
    log: AuditLog
    sealer: AuditSealer
    by: By
    at: datetime
    request_id: str = field(default_factory=new_id)

    async def find(self, number: str) -> tuple[str, str] | None:
        """Return who has a number and somebody of his family by whom it is known again, or None of nobody."""
        found = await find(self.connection, await self.facts.name(NUMBER_SYSTEM, number))
        return None if found.named is None else (found.named, found.members[0][0])

    async def family(self, person: str) -> Family:
        """Return the family of `person`, held until the end.

        Raises:
            AuditUnavailableError: he was erased since his number was looked up.
        """
        family = await self.facts.held(self.connection, person)
        if person not in dict(family.members):
            raise AuditUnavailableError("what is known here moved; nothing was brought in, so import it again")
        self.sealer.know(family.members, family.keys)
        return family

    async def seen(self, family: Family) -> Seen:
        """Return what is known of a family, and by whom."""
        recorders = await read_recorders(self.connection, self.facts.keys, family.members[0][0])
        registers = {row for row, recorder in recorders.items() if recorder.who["form"] in _REGISTERS}
        return seen_of(family, registers, self.at)

    async def take(self, person: str, step: New | Amend) -> Recorded:
        """Store a step about `person` or somebody of his family, with its event.

        Raises:
            MayNotError: the table does not let a register do this; a fault in the steps.
            WorldError, ContradictionError: it does not fit what is known.
        """
        family = await self.family(person)
        if isinstance(step, New):
            recorded = await self._record(family, step)
            await self._keep(recorded, _OF_SECTION.get(step.section, Kind.FACT_RECORDED), step.fields)
            return recorded
        recorded = await self._amend(family, step)
        kind = _OF_SECTION.get(step.key[0], _OF_ACT[step.act])
        doubted = {"doubted": True} if family.known[step.key].source.get("disputed") is True else {}
        await self._keep(recorded, kind, self._said(step), doubted)
        return recorded

    def _said(self, step: Amend) -> dict[str, Any]:
        # In the words of the desk of facts. An end without fields was said before, and is confirmed.
        if step.act is Act.CONFIRM or (step.act is Act.CLOSE and not step.fields):
            return {"confirmed": step.field, **step.fields}
        return dict(step.fields) or {"answered": str(self.by.kind)}

    async def _record(self, family: Family, step: New) -> Recorded:
        unnamed = {"id": "new"} if "id" not in step.fields and step.section in {"authority", "orders"} else {}
        scene = await self._scene(family, step.section, {**unnamed, **step.fields})
        row = row_of(step.section, scene.entry)
        require_recorder(row, scene)
        # F4: its own word confirms it, so it needs no other.
        assert missing(row, scene, ()) == ()  # noqa: S101 - the table says so of every register
        by = self.by.as_json()
        return await record(
            self.connection, self.facts, family, step.section, step.fields, recorded_by=by, word=step.word
        )

    async def _amend(self, family: Family, step: Amend) -> Recorded:
        known = family.known[step.key]
        if step.act is Act.CONFIRM:
            recorders = await read_recorders(self.connection, self.facts.keys, known.person)
            recorder = recorder_of(recorders[known.person, known.version].who)
            scene = await self._scene(family, known.section, known.source, recorded_by=recorder)
            require_confirmer(row_of(known.section, scene.entry), step.field, scene)
        else:
            scene = await self._scene(family, known.section, merged(known.source, step.fields))
            row = row_of(known.section, scene.entry)
            require_recorder(row, scene)
            if step.act is Act.CLOSE:
                require_closer(row, step.field, scene)
        return await amend(
            self.connection, self.facts, family, known, step.fields, recorded_by=self.by.as_json(), word=step.word
        )

    async def _scene(
        self, family: Family, section: str, source: Mapping[str, Any], *, recorded_by: Hand | None = None
    ) -> Scene:
        read = entry(section, dict(source), section)
        facts = family.facts(await self.facts.registry(self.connection), frozenset(names_in(section, read.source)))
        hand = self.by.hand
        return Scene(hand=hand, entry=read, facts=facts, at=self.at, recorded_by=recorded_by or hand)

    async def _keep(
        self, recorded: Recorded, kind: Kind, said: Mapping[str, Any], beside: Mapping[str, Any] | None = None
    ) -> None:
        by = self.by.as_json()
        event = fact_event(
            recorded, kind, said, by=by, organisation=OPERATOR, request_id=self.request_id, beside=beside
        )
        await self.log.append(self.connection, event)
