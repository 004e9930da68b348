"""The audit log's writing side: build an event, insert it in the caller's transaction, promise it after the commit.

The caller owns the transaction, because the check of the persons' versions and the event must commit together:

    async with engine.begin() as connection:
        ...                                        # lock and compare the persons' versions
        pending = await log.append(connection, event)
    receipt = log.receipt(pending)                 # only here is the event durable

What `append` gives is a `Pending`, which proves nothing; only a `Receipt` does, and `receipt` refuses to make one while
the transaction is open. A rolled back transaction leaves its block by an exception, so it never comes that far.
"""

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.durability import WAIT_FOR_DISK
from audit.embedded import insert_and_grow
from audit.events import GO_WITH_FACTS, KEPT_AFTER_ERASURE, Event, Field, field_named
from audit.grow import Tail
from audit.leaf import SALT_BYTES, Leaf, commit
from audit.prepared import Prepared
from audit.receipt import Receipt
from audit.sealing import Left, Salted, Sealer, Shut, associated, pack, shut
from audit.signing import SigningKey
from audit.tiles import LONGEST_ENTRY
from audit.tree import leaf_hash
from schemas.calendar import utc_milliseconds
from schemas.canonical_json import canonical

_UUID_RANDOM_BYTES: Final = 10

# One round trip for event and index. The commit of this transaction waits for the disk whatever the session says:
# promise 1 of the contract is not left to a setting that somebody may have relaxed.
_INSERT: Final = text(f"""\
WITH kept AS (
  INSERT INTO audit_event (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)
  VALUES (:event_id, :leaf, :leaf_hash, :sealed_log, :sealed_person, :request_id)
  RETURNING event_id, sealed_person IS NOT NULL AS sealed, {WAIT_FOR_DISK}
)
INSERT INTO audit_subject (person, event_id, holds_key)
SELECT about.person, kept.event_id, kept.sealed AND about.place = 1
FROM kept, unnest(CAST(:persons AS text[])) WITH ORDINALITY AS about (person, place)""")  # noqa: S608 - own text


class AuditUnavailableError(Exception):
    """The event is not kept; roll back, let nothing leave, answer 503."""


class NotCommittedError(Exception):
    """The event's transaction is still open, so nothing may be promised; a fault in the calling code."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that was inserted but proves nothing yet. `is_open` says whether its transaction still runs."""

    prepared: Prepared
    is_open: Callable[[], bool]


@dataclass(frozen=True)
class AuditLog:
    """Writes events. `key` signs receipts and checkpoints; its name is the log's origin. `now` is the clock."""

    key: SigningKey
    sealer: Sealer
    now: Callable[[], datetime]
    randomness: Callable[[int], bytes] = os.urandom
    tail: Tail = field(default_factory=Tail)

    def build(self, event: Event) -> Prepared:
        """Return `event` with id, instant, salts, commitments and sealed values; no I/O.

        Raises:
            ValueError: a field that is not on the closed list.
            AuditUnavailableError: its leaf is longer than an entry can be (it names very many parties).
        """
        instant = self.now()
        drawn = self.randomness(_UUID_RANDOM_BYTES + SALT_BYTES * len(event.fields))
        event_id = _uuid7(instant, drawn[:_UUID_RANDOM_BYTES])
        salted = _salted(event.fields, drawn[_UUID_RANDOM_BYTES:])
        leaf = Leaf(
            id=event_id,
            at=utc_milliseconds(instant),
            kind=event.kind,
            outcome=event.outcome,
            organisation=event.organisation,
            counterparty=event.counterparty,
            rule_set=event.rule_set,
            commitments={field.name: commit(field.name, field.salt, field.value) for field in salted},
        ).encoded()
        if len(leaf) > LONGEST_ENTRY:
            raise AuditUnavailableError(
                f"the event's leaf is longer than {LONGEST_ENTRY} bytes; ask fewer parties at once"
            )
        own = [s for s in salted if event.person is None or s.name in KEPT_AFTER_ERASURE]
        theirs = self._theirs(event, event_id, [s for s in salted if s.name not in KEPT_AFTER_ERASURE])
        return Prepared(
            event_id=event_id,
            leaf=leaf,
            leaf_hash=leaf_hash(leaf),
            sealed_log=self.sealer.seal(None, pack(own), associated(event_id, "log")),
            sealed_person=None
            if event.person is None
            else self.sealer.seal(event.person, pack(theirs), associated(event_id, "person")),
            request_id=event.request_id,
            persons=() if event.person is None else tuple(dict.fromkeys((event.person, *event.also_about))),
        )

    def _theirs(self, event: Event, event_id: str, salted: list[Salted]) -> list[Salted | Left | Shut]:
        """Return what lies under the key of the event's person: what tells of others under theirs too, within."""
        under = sorted({*event.told_of} - {event.person})
        facts = next((s for s in salted if s.name == Field.FACTS), None)
        if facts is None or not under:
            return [*salted]
        along = [s for s in salted if s.name in GO_WITH_FACTS and s is not facts]
        left = [Left(name.value, canonical(value)) for name, value in event.left.items()]
        stays = [s for s in salted if s.name not in GO_WITH_FACTS]
        return [*stays, *left, shut(self.sealer, event_id, under, facts, *along)]

    async def insert(self, connection: AsyncConnection, prepared: Prepared) -> Pending:
        """Insert `prepared` in the open transaction of `connection`; on SQLite the tree grows in the same one.

        Raises:
            AuditUnavailableError: the database did not take it.
        """
        transaction = connection.get_transaction()
        if transaction is None:
            raise AuditUnavailableError("an event is only inserted in a transaction that the caller opened")
        try:
            if connection.dialect.name == "postgresql":
                await connection.execute(_INSERT, {**prepared.row, "persons": list(prepared.persons)})
            else:
                await insert_and_grow(connection, self.tail, prepared)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise AuditUnavailableError("the database did not take the audit event") from error
        return Pending(prepared, lambda: transaction.is_active)

    async def append(self, connection: AsyncConnection, event: Event) -> Pending:
        """Build and insert `event`.

        Raises:
            AuditUnavailableError: the event is not kept; the caller must not go on.
        """
        return await self.insert(connection, self.build(event))

    def receipt(self, pending: Pending) -> Receipt:
        """Return the signed promise for an event whose transaction has committed.

        Call it after the commit returned and never otherwise: whether a closed transaction was committed or rolled back
        cannot be seen from here.

        Raises:
            NotCommittedError: the transaction is still open.
        """
        if pending.is_open():
            raise NotCommittedError("a receipt is given after the commit")
        prepared = pending.prepared
        return Receipt(prepared.event_id, prepared.leaf_hash, utc_milliseconds(self.now()), self.key)


def _salted(fields: Mapping[Field, object], salts: bytes) -> list[Salted]:
    return [
        Salted(str(field_named(name)), salts[n * SALT_BYTES : (n + 1) * SALT_BYTES], canonical(value))
        for n, (name, value) in enumerate(fields.items())
    ]


def _uuid7(instant: datetime, random: bytes) -> str:
    """Return a version 7 UUID (RFC 9562 section 5.7) of `instant` and ten random bytes."""
    milliseconds = int(instant.timestamp() * 1000)
    number = int.from_bytes(milliseconds.to_bytes(6) + random)
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(UUID(int=number & ~(0x3 << 62) | 0x2 << 62))
