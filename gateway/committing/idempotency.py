"""Once is once: a request repeated with the same `Idempotency-Key` gets the first answer and does nothing again.

The row is claimed, and the answer laid in it, in the transaction of the act itself, so there is never one without the
other. Only keyed hashes of key and request are kept: what a client puts in them is its own affair. The answer lies
sealed under the key that seals the act's event, so no backup and no write-ahead log shows it after who it is about is
erased.

Source: draft-ietf-httpapi-idempotency-key-header; audit log contract, promise 4; `reference/security.md` 2.1.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

import orjson
from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.prepared import Prepared
from audit.tables import audit_subject
from consent.keys import KeyClass, KeyService, SealBrokenError, place
from consent.store.reading import read_audit_key
from gateway.committing.calls import Call
from gateway.identity.caller import Caller
from gateway.keys.sealing import AuditSealer
from schemas.canonical_json import canonical

metadata = MetaData()

idempotent_request = Table(
    "idempotent_request",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("answer", Text),
    Column("event_id", String(36)),
    Column("leaf_hash", LargeBinary),
    Column("event_at", String(24)),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.current_timestamp(), index=True),
    Column("sealed", LargeBinary),
)
"""What was done under which key. `sealed` is the JSON without its receipt, which is signed anew from the event.

`answer` is what the version before step 0012 keeps, open; nothing writes it any more. Contract: drop it.
"""


class IdempotencyConflictError(Exception):
    """The key was used for another request: tell the client, and do nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was first given, with the event that is its proof, and the person whose key seals both."""

    answer: str
    event_id: str
    leaf_hash: bytes
    event_at: str
    person: str | None

    @classmethod
    def of(cls, answer: str, event: Prepared) -> Self:
        """Return what is kept of `answer`, whose act is `event`."""
        person = None if event.sealed_person is None else event.persons[0]
        return cls(answer, event.event_id, event.leaf_hash, orjson.loads(event.leaf)["at"], person)


@dataclass(frozen=True)
class Idempotency:
    """Keeps which keys were used, by a keyed hash, and seals what was answered."""

    keys: KeyService
    sealer: AuditSealer

    async def done(
        self, connection: AsyncConnection, caller: Caller, call: Call, act: Callable[[], Awaitable[Kept]]
    ) -> Kept:
        """Return what `act` keeps in this transaction, or what it kept the first time; without a key it always acts.

        Where another request holds the key at this moment, waits until that is done.

        Raises:
            IdempotencyConflictError: the key was used for another path or body.
            KeyUnavailableError: the key service is down.
            ErasedError, SealBrokenError: the first answer cannot be read any more, so nothing is done again.
            What `act` raises; the key is free then.
        """
        if call.key is None:
            return await act()
        key, request = await self._named(caller, call)
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(idempotent_request)
        claim = insert.values(key=key, request=request).on_conflict_do_nothing().returning(idempotent_request.c.key)
        while (await connection.execute(claim)).first() is None:
            before = await self._answered(connection, key, request)
            if before is not None:
                return before
            # It went between the two, with its term or with whom it was about: the key is free.
        kept = await act()
        await self._lay(connection, key, kept)
        return kept

    async def kept(self, connection: AsyncConnection, caller: Caller, call: Call) -> Kept | None:
        """Return what was answered when the key of `call` was used before, or None; takes no key.

        Raises:
            As `done`.
        """
        return await self._answered(connection, *await self._named(caller, call))

    async def _lay(self, connection: AsyncConnection, key: bytes, kept: Kept) -> None:
        """Lay the answer beside the key, sealed. The key of its person must be at hand, as its event needed it too."""
        sealed = self.sealer.seal(kept.person, kept.answer.encode(), _place(key, kept.event_id))
        await connection.execute(
            update(idempotent_request)
            .where(idempotent_request.c.key == key)
            .values(sealed=sealed, event_id=kept.event_id, leaf_hash=kept.leaf_hash, event_at=kept.event_at)
        )

    async def _named(self, caller: Caller, call: Call) -> tuple[bytes, bytes]:
        """Return the keyed hashes of key and request."""
        key = await self.keys.hmac(
            place("idempotent_request", caller.form, caller.id, caller.client_id, call.key or "")
        )
        return key, await self.keys.hmac(place("idempotent_request.request") + canonical([call.path, call.body]))

    async def _answered(self, connection: AsyncConnection, key: bytes, request: bytes) -> Kept | None:
        row = (await connection.execute(select(idempotent_request).where(idempotent_request.c.key == key))).first()
        if row is None:
            return None
        if row.request != request:
            raise IdempotencyConflictError("the key was used for another request")
        return await self._opened(connection, row)

    async def _opened(self, connection: AsyncConnection, row: Any) -> Kept:
        about = select(audit_subject.c.person).where(
            audit_subject.c.event_id == row.event_id, audit_subject.c.holds_key
        )
        person: str | None = (await connection.execute(about)).scalar_one_or_none()
        answer = row.answer if row.sealed is None else await self._open(connection, person, row)
        return Kept(answer, row.event_id, row.leaf_hash, row.event_at, person)

    async def _open(self, connection: AsyncConnection, person: str | None, row: Any) -> str:
        if person is not None:
            key = await read_audit_key(connection, self.keys, person)
            self.sealer.know([(person, 0)], {} if key is None else {(person, KeyClass.AUDIT): key})
        try:
            return self.sealer.open(person, row.sealed, _place(row.key, row.event_id)).decode()
        except ValueError as error:
            raise SealBrokenError("a kept answer does not belong where it stands") from error


def _place(key: bytes, event_id: str) -> bytes:
    return place("idempotent_request.sealed", key.hex(), event_id)
