"""What an exchange relies on of what is registered: who asks, and the record systems that he was answered by."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.identity.caller import Caller, lets_in, places_of
from gateway.registry.rows import EntryKind, newest_revision
from gateway.registry.snapshot import Registry
from gateway.registry.store import load_registry


@dataclass(frozen=True, slots=True)
class Relied:
    """Of `registry`, as it was when they were asked, `caller` and the record `systems` (holder and system)."""

    registry: Registry = field(repr=False)
    caller: Caller
    systems: Collection[tuple[str, str]]

    async def stands(self, connection: AsyncConnection) -> bool:
        """Return whether all of it is registered now as it was; for who has locked what is registered.

        Raises:
            RegistryError: what is registered cannot be read.
        """
        if await newest_revision(connection) == self.registry.revision:
            return True
        systems: list[tuple[EntryKind, str]] = [("source", f"{holder}/{system}") for holder, system in self.systems]
        now = await load_registry(connection, builtin_allowed=True, places=(*places_of(self.caller), *systems))
        asked = set(self.systems)
        return lets_in(now, self.caller) and _systems(self.registry, asked) == _systems(now, asked)


def _systems(registry: Registry, asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], object]:
    found = {(each.organisation, each.system): each for each in registry.sources}
    return {name: each for name, each in found.items() if name in asked}
