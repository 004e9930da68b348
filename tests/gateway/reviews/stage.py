"""A gateway whose log is led by hand, with events that ask for reviews, and officers at its desks."""

import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from audit.events import Event, EventOutcome, Field, Kind
from audit.tables import audit_event
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.identity.caller import Caller
from gateway.log.following import Following
from gateway.reviews.deeds import ReviewRefusedError
from gateway.reviews.desk import ReviewDesk
from gateway.reviews.doing import DutyDesk
from gateway.reviews.judging import Judging
from gateway.reviews.opener import ReviewOpener
from gateway.reviews.tables import obligation, review_item
from gateway.reviews.taking import Taking
from tests.gateway.log.followers import placed
from tests.gateway.running import PERSON, Running, running
from tests.gateway.worlds import world

Json = dict[str, Any]
ANSWERS = {
    "danger": True,
    "no_time": True,
    "lighter_way": False,
    "no_more_than_needed": True,
    "family_told": False,
}
REASON = "Zij was alleen thuis en niemand van ons was te bereiken."
ASKED = "OB-LOG OB-NOTE OB-REV(5wd)"


def officer(name: str, of: str = "ggz-west", *, trusted: bool = True) -> Caller:
    organisation = "operator" if of == "gateway" else of
    return _caller(name, organisation, form="officer", officer_of=of, trusted=trusted)


def worker(name: str, of: str, *, trusted: bool = True) -> Caller:
    return _caller(name, of, form="professional", officer_of=None, trusted=trusted)


def _caller(name: str, organisation: str, **more: Any) -> Caller:
    return Caller(
        id=name, organisation=organisation, role=None, client_id=f"{organisation}-system", acr=None, **more
    )  # fmt: skip


def call(body: Mapping[str, Any] | None = None, *, key: str | None = None) -> Call:
    return Call(str(uuid.uuid4()), "/path", dict(body or {}), key)


def found(verdict: str = "justified", *, follow_up: str = "none", reason: str = REASON) -> Json:
    return {"verdict": verdict, "follow_up": follow_up, "reason": reason, "answers": ANSWERS}


@dataclass
class Stage:
    """The desks, and the log in hand."""

    gateway: Running

    @property
    def committer(self) -> Committer:
        return self.gateway.gateway.exchange.committer

    @property
    def desk(self) -> ReviewDesk:
        return ReviewDesk(self.committer)

    @property
    def taking(self) -> Taking:
        return Taking(self.committer)

    @property
    def duties(self) -> DutyDesk:
        return DutyDesk(self.committer)

    async def keep(self, event: Event) -> str:
        if event.person is not None:
            await self.committer.gather(PERSON, event.person, also=frozenset())
        return (await self.committer.keep(event)).event_id

    async def released(self, codes: str = ASKED, *, basis: str = "LB-23", deciders: tuple[str, ...] = ()) -> str:
        """Keep a release by ggz-west to Anna, and return its event."""
        return await self.keep(release({"ggz-west": (basis, codes)}, deciders=deciders))

    async def follow(self) -> None:
        """Have everything opened that the log asks for."""
        await self.place()
        await Following(self.committer, [ReviewOpener()]).catch_up()

    async def place(self) -> None:
        """Have every event in the tree."""
        await placed(self.gateway)

    async def items(self, event: str) -> list[Any]:
        return await self._rows(select(review_item).where(review_item.c.event == event).order_by(review_item.c.seq))

    async def owed(self, event: str) -> list[Any]:
        return await self._rows(select(obligation).where(obligation.c.event == event).order_by(obligation.c.code))

    async def opened(self, codes: str = ASKED, **more: Any) -> str:
        """Keep a release that asks a review, have it opened, and return the item."""
        event = await self.released(codes, **more)
        await self.follow()
        [item] = await self.items(event)
        return str(item.id)

    async def judge(self, item: str, who: Caller, body: Json | None = None, *, key: str | None = None) -> Json:
        """Take it where that can be, and judge it."""
        with contextlib.suppress(ReviewRefusedError):
            await self.taking.take(item, who, call())
        told: Json = json.loads(await Judging(self.committer).judge(item, who, call(body or found(), key=key)))
        return told

    async def refused(self, item: str, who: Caller) -> str:
        """Judge, and return why that was refused."""
        try:
            await self.judge(item, who)
        except ReviewRefusedError as error:
            return str(error.why)
        return "done"

    async def leaves(self, kind: Kind) -> list[Json]:
        rows = await self._rows(select(audit_event.c.leaf).order_by(audit_event.c.id))
        leaves = [orjson.loads(row.leaf) for row in rows]
        return [each for each in leaves if each["kind"] == kind]

    async def outcomes(self, kind: Kind) -> list[tuple[str, str]]:
        return [(each["organisation"], each["outcome"]) for each in await self.leaves(kind)]

    async def _rows(self, query: Any) -> list[Any]:
        async with self.gateway.gateway.engine.connect() as connection:
            return list(await connection.execute(query))


@asynccontextmanager
async def staged(folder: Path, database_url: str | None = None) -> AsyncIterator[Stage]:
    async with running(world(), folder, database_url=database_url) as one:
        await one.gateway.following.close()
        await one.gateway.sampling.close()
        yield Stage(one)


def release(by_holder: Mapping[str, tuple[str, str]], *, deciders: tuple[str, ...] = ()) -> Event:
    """Return what the exchange keeps of a release, as far as reviews read it."""
    request_id = str(uuid.uuid4())
    elements = [
        {
            "id": f"r-{holder}",
            "holder": holder,
            "category": "goals",
            "result": "release",
            "basis": basis,
            "reason": None,
        }
        for holder, (basis, _) in by_holder.items()
    ]
    decided = {
        f"r-{holder}": {"result": "release", "basis": basis, "rules": [basis], "obligations": codes.split()}
        for holder, (basis, codes) in by_holder.items()
    }
    return Event(
        kind=Kind.EXCHANGE_DISCLOSED,
        outcome=EventOutcome.PERMIT,
        organisation="team-noord",
        counterparties=frozenset({"ggz-west", "school-1"}),
        rule_set="2026-11",
        person="sem",
        request_id=request_id,
        fields={
            Field.ACTOR: {"form": "professional", "id": "anna", "organisation": "team-noord"},
            Field.SUBJECT: "sem",
            Field.PURPOSE: "avert-harm",
            Field.ELEMENTS: elements,
            Field.DECISION: {"elements": decided, "obligations": []},
            Field.FACTS: {"request": {"holder_decisions": [{"by": each} for each in deciders]}},
            Field.JUSTIFICATION: "Zij belde dat zij niet meer wil leven.",
            Field.REQUEST: {"id": request_id},
            Field.DETAIL: {},
        },
    )
