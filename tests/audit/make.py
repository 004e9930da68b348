"""Logs, events and a key service for the tests of the audit wing."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import event as hooks
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from audit import tables
from audit.base64_strict import decode
from audit.entry import Entry
from audit.events import Event, EventOutcome, Field, Kind
from audit.finding.terms import Term, terms
from audit.grow import grow
from audit.receipt import Receipt
from audit.sealing import ErasedError
from audit.sequence import START, checkpoint, sequence, settled, take_turn, waiting
from audit.signing import Algorithm, SigningKey, VerifierKey
from audit.store import AuditLog
from audit.told import Told
from schemas.canonical_json import canonical

ORIGIN = "log.schakel.example/test"
SETTLED_WITHIN = 30
"""Seconds, on a machine that does much else."""
NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
LOG_KEY = SigningKey.from_seed(ORIGIN, bytes(range(32)))
WITNESS = SigningKey.from_seed("witness.example/w1", bytes(range(1, 33)), Algorithm.COSIGNATURE)


@dataclass
class KeyService:
    """A key for each person and one for the log; `erase` destroys one."""

    keys: dict[str | None, AESGCM] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    def _key(self, person: str | None) -> AESGCM:
        if person in self.erased:
            raise ErasedError("the key was destroyed")
        return self.keys.setdefault(person, AESGCM(AESGCM.generate_key(256)))

    def seal(self, person: str | None, plaintext: bytes, associated: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._key(person).encrypt(nonce, plaintext, associated)

    def open(self, person: str | None, sealed: bytes, associated: bytes) -> bytes:
        try:
            return self._key(person).decrypt(sealed[:12], sealed[12:], associated)
        except InvalidTag:
            raise ValueError("not sealed for this person and place") from None

    async def bring(self, person: str, *, anew: bool = False) -> None:
        """Have it at hand: it is always."""

    async def pseudonym(self, person: str) -> str:
        return person[::-1]

    def erase(self, person: str) -> None:
        self.keys.pop(person, None)
        self.erased.add(person)


@dataclass
class Clock:
    """Goes on by a millisecond each time it is read."""

    instant: datetime = NOON

    def __call__(self) -> datetime:
        self.instant += timedelta(milliseconds=1)
        return self.instant


def log(keys: KeyService | None = None) -> AuditLog:
    return AuditLog(key=LOG_KEY, sealer=keys or KeyService(), now=Clock())


def event(
    kind: Kind = Kind.EXCHANGE_DISCLOSED,
    *,
    person: str | None = "person-1",
    also_about: tuple[str, ...] = (),
    request_id: str | None = "request-1",
    fields: Mapping[Field, object] | None = None,
) -> Event:
    return Event(
        kind=kind,
        outcome=EventOutcome.PERMIT,
        organisation="team-noord",
        counterparties=frozenset({"school-de-brug", "ggz-west"}),
        rule_set="2026-11",
        person=person,
        also_about=also_about,
        request_id=request_id,
        fields=fields
        if fields is not None
        else {
            Field.ACTOR: {"professional": "p1", "role": "youth-professional"},
            Field.PURPOSE: "coordinate-plan",
            Field.CATEGORIES: ["goals"],
            **({} if request_id is None else {Field.REQUEST: {"id": request_id}}),
        },
    )


@asynccontextmanager
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine as the gateway configures it, with the log's tables and triggers."""
    made = create_async_engine(url)
    if made.dialect.name == "sqlite":
        hooks.listen(made.sync_engine, "connect", configure_sqlite)
        hooks.listen(made.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    async with made.begin() as connection:
        await connection.run_sync(tables.metadata.create_all)
    try:
        yield made
    finally:
        await made.dispose()


def configure_sqlite(connection: object, _record: object) -> None:
    """Make a new connection durable, and leave BEGIN to us."""
    connection.isolation_level = None  # type: ignore[attr-defined] # the DBAPI connection; BEGIN is ours
    cursor = connection.cursor()  # type: ignore[attr-defined] # idem
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


async def keep(engine: AsyncEngine, log: AuditLog, *events: Event) -> list[Receipt]:
    """Append each event in a transaction of its own."""
    receipts = []
    for one in events:
        async with engine.begin() as connection:
            pending = await log.append(connection, one)
        receipts.append(log.receipt(pending))
    return receipts


async def sequence_from_the_start(connection: AsyncConnection, log: AuditLog) -> None:
    """Put settled events in the tree, looked for among all: as the sequencer does when it begins."""
    if await take_turn(connection) and (leaves := await settled(connection, after=START)):
        await grow(connection, log.tail, leaves)


def is_act_of(
    actor: Mapping[str, Any], *, kind: str, detail: Mapping[str, object], officers: Sequence[VerifierKey]
) -> bool:
    """Say whether the `actor` of an event of `kind` with this `detail` is one of `officers`, by his signature."""
    key = next((each for each in officers if each.label == actor.get("key")), None)
    if key is None or key.name != actor["officer"]:
        return False
    signed = canonical({"kind": kind, "at": actor["at"], "detail": dict(detail)})
    return key.accepts(decode(actor["signature"]), b"schakel-officer-v1\0" + signed)


def all_of(told: Told, viewer: str) -> frozenset[Term]:
    """Return the terms by which `viewer` finds `told`."""
    found = terms(told)
    return frozenset(each for each in (*found.lasting, *found.personal) if each.viewer == viewer)


async def settle(engine: AsyncEngine, log: AuditLog) -> str:
    """Bring every event into the tree, and return the note of its signed head.

    A sequencer of others may be at it, and whatever runs anywhere on the server may hold an event back for a moment.
    """
    async with asyncio.timeout(SETTLED_WITHIN):
        while engine.dialect.name == "postgresql":
            async with engine.begin() as connection:
                await sequence(connection, log)
            async with engine.begin() as connection:
                if not await waiting(connection):
                    break
            await asyncio.sleep(0.01)
    async with engine.begin() as connection:
        return await checkpoint(connection, log)


def salt(text: str) -> bytes:
    """Return the salt of an opened field."""
    return decode(text)


def with_seal_of(entry: Entry, other: Entry) -> Entry:
    """Return `entry` as if somebody had put the sealed values of `other` in its row."""
    return replace(entry, sealed_log=other.sealed_log, sealed_person=other.sealed_person)
