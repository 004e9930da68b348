"""Record systems that tests put in the place of the sandbox's: one that remembers, and some that misbehave."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from adapters.contract import Mapped, RecordSource, SourceRecord
from consent.naming import PERSON_SYSTEM
from gateway.sandbox.running import SYSTEM
from gateway.wiring import World
from schemas.permits import Permit
from schemas.plan import Element, Goal, Handling, Source
from schemas.words import Category, Regime
from tests.canaries.looking import FAMILY_NAME, GIVEN_NAME, SAID


@dataclass
class Heard:
    """A source that gives what `behind` gives, and remembers every question."""

    behind: RecordSource
    permits: list[Permit] = field(default_factory=list)

    @property
    def organisation(self) -> str:
        return self.behind.organisation

    @property
    def system(self) -> str:
        return self.behind.system

    @property
    def identifier_system(self) -> str:
        return self.behind.identifier_system

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        self.permits.append(permit)
        return await self.behind.fetch(permit)

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:
        return self.behind.map(records, permit)

    async def close(self) -> None:
        await self.behind.close()


@dataclass
class Telling:
    """A source that gives `elements` whatever the permit says, or does what `act` does first."""

    organisation: str
    elements: Sequence[Any] = ()
    act: Callable[[], Any] = lambda: None
    identifier_system: str = PERSON_SYSTEM
    system: str = SYSTEM

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:  # noqa: ARG002 - it does not care
        done = self.act()
        if asyncio.iscoroutine(done):
            await done
        return ()

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:  # noqa: ARG002 - idem
        return Mapped(tuple(self.elements), ())

    async def close(self) -> None:
        """Do nothing."""


def element(name: str, holder: str = "ggz-west", /, **more: Any) -> Element:
    """Return a goal of Sem's at `holder`; `created_on` and the flags go to its handling."""
    handling = {each: more.pop(each) for each in list(more) if each in Handling.__dataclass_fields__}
    source = Source(organisation=holder, system=SYSTEM, record=name, version=None, retrieved_at=datetime.now(UTC))
    plain: dict[str, Any] = {
        "id": name,
        "about": ("sem",),
        "category": Category.GOALS,
        "regime": Regime.JEUGDWET,
        "source": source,
        "text": f"{GIVEN_NAME} {FAMILY_NAME} {SAID}",
    }
    return Goal(**plain | {"handling": Handling(**{"created_on": "2026-11-10"} | handling)} | more)


def spies(world: World) -> tuple[World, Mapping[str, Heard]]:
    """Return the world with a spy before each source, and the spies by holder."""
    found = {holder: Heard(source) for holder, sources in world.sources.items() for source in sources}
    return replace(world, sources={holder: [spy] for holder, spy in found.items()}), found


def instead(*sources: RecordSource) -> Callable[[World], World]:
    """Return what puts `sources` in the place of those of their holders."""

    def change(world: World) -> World:
        return replace(world, sources={**world.sources, **{each.organisation: [each] for each in sources}})

    return change


@dataclass
class Slow(Heard):
    """A source that takes its time."""

    seconds: float = 0.0

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:
        await asyncio.sleep(self.seconds)
        return await super().fetch(permit)


def slowly(world: World, seconds: float) -> World:
    """Return the world with sources that take `seconds` to answer."""
    slow = {holder: [Slow(each, seconds=seconds) for each in found] for holder, found in world.sources.items()}
    return replace(world, sources=slow)
