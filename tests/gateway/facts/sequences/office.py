"""The real gateway of the sequences: its desks and its exchange on a real database, without the wire."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.contract import Mapped, SourceRecord
from consent.facts import assemble
from consent.naming import PERSON_SYSTEM, WITHOUT_ID
from consent.store.fact_store import FactStore
from consent.store.recording import register
from consent.world.entries import entry
from consent.world.shape import WorldError
from gateway.api.wire import read_body
from gateway.committing.calls import Call, NotAllowedError
from gateway.database.engine import write_transaction
from gateway.exchange import Exchange, FactsMovedError, NotAvailableError
from gateway.flow.question import Question
from gateway.holders.deciding import HolderDesk
from gateway.holders.opening import QuestionOpener
from gateway.holders.stopping import StopSwitch
from gateway.holders.tables import holder_question
from gateway.identity.caller import Caller
from gateway.identity.tokens import Form
from gateway.log.following import Following
from gateway.sandbox.loading import load_world
from schemas.permits import Permit
from schemas.plan import Element, Goal, Handling, Source
from schemas.words import Category, Regime, Role
from tests.audit.make import settle
from tests.gateway.facts.desk import Desk, Said, desk_at
from tests.gateway.facts.sequences.town import CREATED, HOMES, KINDS, RECORDS, Hand, Kept

_SYSTEM = "cabinet"


@dataclass
class Clock:
    """The clock of decisions; it stands still until it is set."""

    at: datetime


@dataclass
class Office:
    """One worker of the gateway."""

    desk: Desk
    clock: Clock
    holders: HolderDesk
    switch: StopSwitch
    exchange: Exchange
    numbers: "itertools.count[int]"
    """Shared by all workers, as a UUID would be."""

    def changed(self, change: Callable[[Exchange], Exchange]) -> "Office":
        """Return the same worker with its exchange changed."""
        return replace(self, exchange=change(self.exchange))

    async def post(self, hand: Hand, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Said:
        """Say something at the door of facts."""
        place = f"@{hand.organisation}/{hand.role}" if hand.organisation else ""
        return await self.desk.post(path, body, by=f"{hand.form}:{hand.id}{place}", key=key, weak=not hand.strong)

    async def ask(self, hand: Hand, about: str, purpose: str, categories: object, **more: str) -> dict[str, str]:
        """Ask for a plan, and return the ids of what leaves with their bases; none where nothing does."""
        person = {"system": PERSON_SYSTEM, "value": about}
        question = read_body(Question, {"person": person, "purpose": purpose, "categories": categories, **more})
        try:
            outgoing = await self.exchange.answer(question, caller_of(hand), self._new_id())
        except (NotAvailableError, FactsMovedError):
            return {}
        return {name: terms["basis"] for name, terms in json.loads(outgoing.body)["released"].items()}

    async def decide(self, hand: Hand, body: Mapping[str, Any]) -> bool:
        """Decide on a holder's own initiative; say whether it was taken."""
        call = Call(self._new_id(), "/api/v1/holder/decisions", body)
        return await self._taken(self.holders.decide(caller_of(hand), call))

    async def answer(self, hand: Hand, question: str, body: Mapping[str, Any]) -> bool:
        """Answer a question that waits; say whether it was taken."""
        call = Call(self._new_id(), f"/api/v1/holder/questions/{question}/decision", body)
        return await self._taken(self.holders.answer(question, caller_of(hand), call))

    async def questions(self, about: str) -> list[tuple[str, str]]:
        """Return the questions about somebody, answered or not: id and holder, oldest first."""
        await settle(self.desk.engine, self.desk.committer.log)
        await Following(self.desk.committer, [QuestionOpener()]).catch_up()
        found = select(holder_question.c.id, holder_question.c.holder).where(holder_question.c.person == about)
        async with self.desk.engine.connect() as connection:
            rows = (await connection.execute(found.order_by(holder_question.c.opened_at, holder_question.c.id))).all()
        return [(row.id, row.holder) for row in rows]

    async def stop(self, holder: str) -> None:
        await self.switch.stop(_officer(holder, 1), Call(self._new_id(), "/api/v1/holder/stop", {}))

    async def lift(self, holder: str) -> None:
        for number in (1, 2):
            await self.switch.lift(_officer(holder, number), Call(self._new_id(), "/api/v1/holder/stop/lift", {}))

    async def move_in(self, family: str, sections: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Load a family as a register would."""
        told = {
            name: tuple(entry(name, {**self._id_for(name), **each}, name) for each in found)
            for name, found in sections.items()
        }
        async with write_transaction(self.desk.engine) as connection:
            await load_world(connection, self.desk.committer.facts, assemble(told), family=family)

    async def facts_of(self, person: str) -> list[tuple[str, str, Mapping[str, Any]]]:
        """Return what is known of a family: section, id and what was said."""
        async with write_transaction(self.desk.engine) as connection:
            family = await self.desk.committer.facts.held(connection, person)
        return [(each.section, each.id, each.source) for each in family.known.values() if each.section != "persons"]

    async def _taken(self, deciding: Any) -> bool:
        try:
            await deciding
        except (NotAllowedError, WorldError):
            return False
        return True

    def _id_for(self, section: str) -> dict[str, str]:
        return {} if section in WITHOUT_ID else {"id": self._new_id()}

    def _new_id(self) -> str:
        return f"00000000-0000-4000-8000-{next(self.numbers):012}"


@dataclass(frozen=True)
class Cabinet:
    """A record system that keeps the same of everybody whom it is asked about."""

    organisation: str
    kept: tuple[Kept, ...]
    system: str = _SYSTEM
    identifier_system: str = PERSON_SYSTEM

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:  # noqa: ARG002 - it keeps the same of all
        return ()

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:  # noqa: ARG002 - idem
        youths = [each for each in permit.family if each.startswith("sem-")]
        return Mapped(tuple(_element(each, youth.removeprefix("sem-")) for youth in youths for each in self.kept), ())

    async def close(self) -> None:
        """Do nothing."""


def _element(kept: Kept, number: str) -> Element:
    return Goal(
        id=f"{kept.holder}-{kept.name}",
        about=tuple(f"{each}-{number}" for each in kept.about),
        category=Category(kept.category),
        regime=Regime(kept.regime),
        source=Source(
            organisation=kept.holder, system=_SYSTEM, record=kept.name, version=None, retrieved_at=datetime.now(UTC)
        ),
        handling=Handling(created_on=str(CREATED), told_in_confidence=kept.in_confidence),
    )


def caller_of(hand: Hand) -> Caller:
    return Caller(
        form=cast("Form", hand.form),
        id=hand.id,
        organisation=hand.organisation or "person",
        role=None if hand.role is None else Role(hand.role),
        trusted=hand.strong,
        officer_of=None,
        client_id="portal",
        acr=None,
    )


def _officer(holder: str, number: int) -> Caller:
    return Caller(
        form="officer",
        id=f"officer-{number}",
        organisation=holder,
        role=None,
        trusted=True,
        officer_of=holder,
        client_id="office",
        acr=None,
    )


async def _register(engine: AsyncEngine, store: FactStore) -> None:
    organisations: list[tuple[str, dict[str, Any]]] = [
        ("organisations", {"id": name, "kind": kind}) for name, kind in KINDS.items()
    ]
    people: list[tuple[str, dict[str, Any]]] = [
        ("professionals", {"id": name, "organisation": home, "role": role}) for name, (home, role) in HOMES.items()
    ]
    async with write_transaction(engine) as connection:
        await register(connection, store, [*organisations, *people])


async def _nothing(_engine: AsyncEngine, _store: FactStore) -> None:
    pass


@asynccontextmanager
async def office_at(
    url: str, clock: Clock, numbers: "itertools.count[int]", *, first: bool = True
) -> AsyncIterator[Office]:
    """Open a worker on a database; the first of them lays it out."""
    holders = {each.holder for each in RECORDS}
    sources = {name: [Cabinet(name, tuple(each for each in RECORDS if each.holder == name))] for name in holders}

    def decided_at(_real: datetime) -> datetime:
        return clock.at

    async with desk_at(url, populate=_register if first else _nothing, decided_at=decided_at) as desk:
        committer = desk.committer
        yield Office(
            desk,
            clock,
            HolderDesk(committer, lambda: sources, decided_at),
            StopSwitch(committer),
            Exchange(committer, lambda: sources, decided_at, element_key=None, require_confirmed_rules=False),
            numbers,
        )
