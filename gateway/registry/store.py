"""Registrations in the database: rows that are only appended, and the newest of each as a `Registry`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditLog
from gateway.registry.bodies import client_from, provider_from, webhook_from
from gateway.registry.snapshot import OPERATOR, Registry, RegistryError, SourceEntry
from gateway.registry.tables import registration
from schemas.canonical_json import digest

EntryKind = Literal["client", "identity-provider", "source", "webhook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One registration; `body` None ends it.

    `key` is a client id, an issuer, `organisation/system`, or of a webhook the organisation.
    """

    kind: EntryKind
    key: str
    organisation: str
    body: Mapping[str, Any] | None = field(repr=False)


async def load_registry(connection: AsyncConnection, *, builtin_allowed: bool) -> Registry:
    """Return what is registered now.

    Raises:
        RegistryError: an entry that cannot be read, or a built-in identity provider where none is allowed: the gateway
            must not start on it.
    """
    newest = await _newest(connection)
    live = [entry for entry in newest.entries.values() if entry.body is not None]
    if not builtin_allowed:
        for entry in live:
            _refuse_invented(entry)
    return Registry(
        revision=newest.revision,
        clients={e.key: client_from(e.key, e.organisation, e.body or {}) for e in live if e.kind == "client"},
        providers={
            e.key: provider_from(e.key, e.organisation, e.body or {}) for e in live if e.kind == "identity-provider"
        },
        sources=tuple(
            SourceEntry(organisation=e.organisation, system=e.key.partition("/")[2], settings=e.body or {})
            for e in live
            if e.kind == "source"
        ),
        webhooks={e.key: webhook_from(e.organisation, e.body or {}) for e in live if e.kind == "webhook"},
    )


async def record(
    connection: AsyncConnection, entries: Sequence[Entry], *, log: AuditLog, recorded_by: str
) -> tuple[Entry, ...]:
    """Append the `entries` that say something new, with one audit event for each organisation; return those.

    A client whose keys are others than before gets a new epoch, so its earlier tokens are dead. Call it in a write
    transaction: rows and events are there together or not at all.

    Raises:
        RegistryError: a client id or issuer that is registered for another organisation.
        AuditUnavailableError: the log did not take the event; nothing is registered.
    """
    if connection.dialect.name == "postgresql":
        # Row ids are revisions, so they must be committed in their order.
        await connection.execute(text("LOCK TABLE registration IN SHARE ROW EXCLUSIVE MODE"))
    known = await _newest(connection)
    new = [changed for entry in entries if (changed := _changed(entry, known)) is not None]
    for entry in new:
        row = {"kind": entry.kind, "key": entry.key, "organisation": entry.organisation, "body": entry.body}
        await connection.execute(insert(registration).values(**row, recorded_by=recorded_by))
    for organisation in dict.fromkeys(entry.organisation for entry in new):
        await log.append(connection, _event(organisation, new, recorded_by))
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


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest row id, the newest entry of each kind and key (by first registration), each client's last epoch."""

    revision: int
    entries: dict[tuple[str, str], Entry]
    epochs: dict[str, int]


async def _newest(connection: AsyncConnection) -> _Newest:
    columns = registration.c
    rows = await connection.execute(
        select(columns.id, columns.kind, columns.key, columns.organisation, columns.body).order_by(columns.id)
    )
    revision, entries, epochs = 0, dict[tuple[str, str], Entry](), dict[str, int]()
    for row in rows:
        revision = row.id
        entries[row.kind, row.key] = Entry(kind=row.kind, key=row.key, organisation=row.organisation, body=row.body)
        if row.kind == "client" and row.body is not None:
            epochs[row.key] = row.body.get("epoch", 0)
    return _Newest(revision, entries, epochs)


def _changed(entry: Entry, known: _Newest) -> Entry | None:
    """Return what must be appended: the entry, a client with its epoch, or None where nothing is new.

    Raises:
        RegistryError: it is registered for another organisation.
    """
    before = known.entries.get((entry.kind, entry.key))
    if before is not None and before.organisation != entry.organisation:
        raise RegistryError(f"{entry.kind} `{entry.key}` is registered for organisation `{before.organisation}`")
    body = entry.body
    if entry.kind == "client" and body is not None and entry.key in known.epochs:
        same_keys = before is not None and before.body is not None and before.body["jwks"] == body["jwks"]
        least = known.epochs[entry.key] + (not same_keys)
        body = {**body, "epoch": max(least, body["epoch"])}
    if body == (None if before is None else before.body):
        return None
    return replace(entry, body=body)


def _refuse_invented(entry: Entry) -> None:
    body = entry.body or {}
    if body.get("builtin") or body.get("subject_is_professional_id"):
        raise RegistryError(
            f"identity provider `{entry.key}` is for sandbox and demo only; production needs a database of its own"
        )


def _event(organisation: str, entries: Sequence[Entry], recorded_by: str) -> Event:
    registered = [
        {"kind": each.kind, "key": each.key, "digest": None if each.body is None else digest(each.body)}
        for each in entries
        if each.organisation == organisation
    ]
    return Event(
        kind=Kind.CONFIG_CHANGED,
        outcome=EventOutcome.OK,
        organisation=OPERATOR,
        counterparties=frozenset({organisation} - {OPERATOR}),
        fields={Field.ACTOR: {"operator": recorded_by}, Field.DETAIL: {"registered": registered}},
    )
