"""One sequence at the offices: what came of each trial is held against the model."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tests.gateway.facts.sequences.office import Office
from tests.gateway.facts.sequences.opens import allows
from tests.gateway.facts.sequences.said import Act
from tests.gateway.facts.sequences.standing import Standing
from tests.gateway.facts.sequences.town import RECORD
from tests.gateway.facts.sequences.trying import Did, ModelBrokenError, Trying
from tests.gateway.facts.sequences.voices import Wanted
from tests.gateway.facts.sequences.word import may
from tests.gateway.facts.sequences.words import Ask, Midway, Together, Trial, Wait, parts_of
from tests.gateway.running import at_step

_MOST_ORDERS: Final = 8
_TICK: Final = timedelta(seconds=1)


@dataclass
class Playing:
    """One family on its way through a sequence. `orders` are the orders in which it may have happened."""

    trying: Trying
    orders: list[tuple[Act, ...]] = field(default_factory=lambda: [()])

    async def begin(self, told: Sequence[str]) -> None:
        """Move the family in, with what a register told."""
        for act in await self.trying.begin(told):
            self._add(act)

    async def play(self, trial: Trial) -> None:
        """Try something, and hold what came of it against the model."""
        self.trying.clock.at += _TICK
        office, other = self.trying.two_offices()
        if isinstance(trial, Wait):
            self.trying.clock.at += timedelta(days=trial.days)
        elif isinstance(trial, Midway):
            await self._midway(trial, office, other)
        elif isinstance(trial, Together) and len(self.orders) < _MOST_ORDERS:
            first, second = await asyncio.gather(
                self.trying.one(trial.first, office), self.trying.one(trial.second, other)
            )
            self._together(first, second)
        else:
            for one, at in zip(parts_of(trial), (office, other), strict=False):
                self._alone(await self.trying.one(one, at))
        for one in parts_of(trial):
            if isinstance(one, Ask):
                await self.trying.note_questions(one)

    async def end(self) -> None:
        """Lift what was stopped: the holders belong to every family."""
        for holder in {name for acts in self.orders for name in self._standing(acts).stopped}:
            await self.trying.offices[0].lift(holder)

    # What came of it

    async def _midway(self, trial: Midway, office: Office, other: Office) -> None:
        doing: list[asyncio.Task[Did]] = []

        async def act() -> None:
            # What fails there is no failure of the exchange, which would be silent about it.
            doing.append(asyncio.create_task(self.trying.one(trial.act, other)))
            await asyncio.wait(doing)

        asked = await self.trying.ask(trial.ask, office, at_step(trial.step, act))
        # Whatever was acknowledged before the answer was on record counts in it (F5).
        for did in (*(each.result() for each in doing), asked):
            self._alone(did)

    def _alone(self, did: Did) -> None:
        self._require(did, self.orders)
        if did.act is not None:
            self._add(did.act)

    def _together(self, first: Did, second: Did) -> None:
        # Of two things at once either may have been first.
        for did, other in ((first, second), (second, first)):
            beside = [] if other.act is None else [(*acts, other.act) for acts in self.orders]
            self._require(did, [*self.orders, *beside])
        acts = [did.act for did in (first, second) if did.act is not None]
        self._become([(*before, *order) for before in self.orders for order in itertools.permutations(acts)])

    def _require(self, did: Did, orders: Sequence[tuple[Act, ...]]) -> None:
        standings = [self._standing(acts) for acts in orders]
        act, wanted = did.act, did.wanted
        if act is not None and not any(may(known, act) for known in standings):
            raise ModelBrokenError(f"taken, though the contract refuses it: {act}")
        if wanted is None:
            return
        for name, basis in did.left.items():
            asked = self._wanted(wanted, name)
            if not any(allows(known, asked, RECORD[name]) for known in standings):
                raise ModelBrokenError(f"{name} left on {basis}, though the contract opens nothing: {asked}")
            self.trying.tally[basis] += 1

    def _add(self, act: Act) -> None:
        self._become([(*acts, act) for acts in self.orders])

    def _become(self, orders: list[tuple[Act, ...]]) -> None:
        self.orders, self.trying.acts = orders, orders[0]

    def _standing(self, acts: tuple[Act, ...]) -> Standing:
        return Standing(acts, self.trying.born)

    def _wanted(self, wanted: Wanted, name: str) -> Wanted:
        kept = RECORD[name]
        return Wanted(wanted.by, wanted.subject, wanted.purpose, kept.holder, kept.category, wanted.at, wanted.itemised)
