"""The record systems that may be asked, as they are registered now.

Each is made once and kept over requests, with its connections and its breaker; one that is registered no more hears
nothing further, and what it answered before leaves no more (`gateway.committing.relied`). Whoever is let in was held
against the newest registrations (`gateway.identity.replay`), so this looks at those, and the database is not asked
again. Where they cannot be read nobody is let in, so nothing is asked.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from adapters.configure import source_from
from adapters.contract import Mapped, RecordSource, SourceRecord, SourceSilentError
from adapters.resilience import guarded
from gateway.logs import logger, where
from gateway.registry.snapshot import Registry, SourceEntry
from gateway.registry.store import Registrations
from schemas.permits import Permit

Sources: TypeAlias = Mapping[str, Sequence[RecordSource]]
"""Record systems by holder, in the order of their registration."""

_Made: TypeAlias = dict[tuple[str, str], tuple[SourceEntry, RecordSource]]


class RecordSystems:
    """Makes them, keeps them, and closes them. `deadline` and `limit` are for who has none of his own."""

    def __init__(self, registrations: Registrations, *, deadline: timedelta, limit: int) -> None:
        self._registrations = registrations
        self._defaults = {"deadline": deadline.total_seconds(), "concurrency": limit}
        self._followed: int | None = None
        self._sources: Sources = {}
        self._made: _Made = {}
        self._closing: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Make all that are registered.

        Raises:
            ConfigurationError: one of them cannot be made; refuse to start.
        """
        for each in self._registrations.current.sources:
            self._made[_name(each)] = each, self._make(each)

    def now(self) -> Sources:
        """Return those that are registered now. Look once for each request, and work with what was returned."""
        registry = self._registrations.current
        if registry.revision != self._followed:
            self._follow(registry)
        return self._sources

    async def close(self) -> None:
        """Close all."""
        for _, source in self._made.values():
            self._close_later(source)
        self._made.clear()
        await asyncio.gather(*self._closing)

    def _follow(self, registry: Registry) -> None:
        # INVARIANT: nothing here waits, so no request sees half of it. A system takes some 10 ms to make, once.
        before, self._made = self._made, {}
        found: dict[str, list[RecordSource]] = {}
        for each in registry.sources:
            source = self._kept(each, before) or self._made_or_silent(each)
            found.setdefault(each.organisation, []).append(source)
        self._sources, self._followed = found, registry.revision
        for _, source in before.values():
            self._close_later(source)

    def _kept(self, entry: SourceEntry, before: _Made) -> RecordSource | None:
        kept = before.get(_name(entry))
        if kept is None or kept[0] != entry:
            return None
        self._made[_name(entry)] = before.pop(_name(entry))
        return kept[1]

    def _made_or_silent(self, entry: SourceEntry) -> RecordSource:
        try:
            source = self._make(entry)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are asked
            logger().error("source.unusable", organisation=entry.organisation, system=entry.system, **where(error))
            # With a breaker as all: that it is silent is an event, but not at every request for as long as it lasts.
            return guarded(_Unusable.of(entry), deadline=timedelta(seconds=1), limit=1)
        self._made[_name(entry)] = entry, source
        return source

    def _make(self, entry: SourceEntry) -> RecordSource:
        own = {**entry.settings, "organisation": entry.organisation, "system": entry.system}
        return source_from({**self._defaults, **own}, at=f"source {entry.system}")

    def _close_later(self, source: RecordSource) -> None:
        task = asyncio.create_task(_close(source))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _name(entry: SourceEntry) -> tuple[str, str]:
    return entry.organisation, entry.system


async def _close(source: RecordSource) -> None:
    try:
        await source.close()
    except Exception as error:  # noqa: BLE001 - an adapter may fail in any way, and it is asked no more anyway
        logger().error("source.not_closed", organisation=source.organisation, system=source.system, **where(error))


@dataclass(frozen=True, slots=True)
class _Unusable:
    """A system that is registered and cannot be made: silent, so that whoever asks reads that something is missing."""

    organisation: str
    system: str
    identifier_system: str

    @classmethod
    def of(cls, entry: SourceEntry) -> "_Unusable":
        return cls(entry.organisation, entry.system, str(entry.settings.get("identifier_system", "")))

    async def fetch(self, permit: Permit) -> Sequence[SourceRecord]:  # noqa: ARG002 - it can be asked nothing
        raise SourceSilentError("its registration cannot be used")

    def map(self, records: Sequence[SourceRecord], permit: Permit) -> Mapped:  # noqa: ARG002 - it has given nothing
        return Mapped((), ())

    async def close(self) -> None:
        """There is nothing to close."""
