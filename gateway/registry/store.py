"""Registrations in the database: rows that are only appended, and the newest of each as a `Registry`."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.store import AuditLog
from gateway.registry.bodies import client_from, provider_from, webhook_from
from gateway.registry.rows import Entry, EntryKind, append, changed, hold, newest
from gateway.registry.snapshot import Registry, RegistryError, SourceEntry
from gateway.registry.telling import events_of


async def load_registry(
    connection: AsyncConnection,
    *,
    builtin_allowed: bool,
    places: Collection[tuple[EntryKind, str]] | None = None,
) -> Registry:
    """Return what is registered now; where `places` are given, of those alone.

    Raises:
        RegistryError: an entry that cannot be read, or a built-in identity provider where none is allowed: the gateway
            must not start on it.
    """
    known = await newest(connection, places)
    live = [entry for entry in known.entries.values() if entry.body is not None]
    if not builtin_allowed:
        for entry in live:
            _refuse_invented(entry)
    return Registry(
        revision=known.revision,
        clients={e.key: client_from(e.key, e.organisation, e.body or {}) for e in live if e.kind == "client"},
        providers={
            e.key: replace(provider_from(e.key, e.organisation, e.body or {}), since=known.since[e.place])
            for e in live
            if e.kind == "identity-provider"
        },
        sources=tuple(
            SourceEntry(organisation=e.organisation, system=e.key.partition("/")[2], settings=e.body or {})
            for e in live
            if e.kind == "source"
        ),
        webhooks={e.key: webhook_from(e.organisation, e.body or {}) for e in live if e.kind == "webhook"},
        barred=frozenset(e.key for e in live if e.kind == "barred"),
    )


async def record(
    connection: AsyncConnection, entries: Sequence[Entry], *, log: AuditLog, recorded_by: str
) -> tuple[Entry, ...]:
    """Register the `entries` that say something new, as if two operators had confirmed it; return those.

    For sandbox and demo, and nowhere else (a test holds that). There is one audit event for each organisation. A client
    whose keys are others than before gets a new epoch, so its earlier tokens are dead. Call it in a write transaction:
    rows and events are there together or not at all.

    Raises:
        RegistryError: a client id or issuer that is registered for another organisation.
        AuditUnavailableError: the log did not take the event; nothing is registered.
    """
    await hold(connection)
    known = await newest(connection)
    new = [says for entry in entries if (says := changed(entry, known)) is not None]
    await append(connection, new, recorded_by=recorded_by)
    for event in events_of("registered", new, actor={"operator": recorded_by}):
        await log.append(connection, event)
    return tuple(new)


@dataclass
class Registrations:
    """The registry as this process knows it, renewed when somebody says that there is a newer one."""

    engine: AsyncEngine
    builtin_allowed: bool
    current: Registry = field(default_factory=Registry)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def at_least(self, revision: int) -> Registry:
        """Return the registry, read again if it is older than `revision`.

        Raises:
            RegistryError: the newer one cannot be used.
            SQLAlchemyError, OSError: the database does not answer.
        """
        if self.current.revision >= revision:
            return self.current
        async with self._lock:
            if self.current.revision < revision:
                await self.renew()
        return self.current

    async def renewed(self) -> Registry:
        """Return the registry as it is registered now.

        Raises:
            RegistryError: it cannot be used.
        """
        async with self._lock:
            await self.renew()
        return self.current

    async def renew(self) -> None:
        """Read the registry now.

        Raises:
            RegistryError: it cannot be used.
        """
        async with self.engine.connect() as connection:
            self.current = await load_registry(connection, builtin_allowed=self.builtin_allowed)


def _refuse_invented(entry: Entry) -> None:
    body = entry.body or {}
    if body.get("builtin") or body.get("subject_is_professional_id"):
        raise RegistryError(
            f"identity provider `{entry.key}` is for sandbox and demo only; production needs a database of its own"
        )
