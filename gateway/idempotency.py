"""Once is once: a request repeated with the same `Idempotency-Key` gets the first answer and does nothing again.

The row is claimed, and the answer laid in it, in the transaction of the act itself, so there is never one without the
other. Only keyed hashes of key and request are kept: what a client puts in them is its own affair.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

from dataclasses import dataclass

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

from consent.keys import KeyService, place
from gateway.identity.caller import Caller
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
)
"""What was done under which key. `answer` is the JSON without its receipt, which is signed anew from the event."""


class IdempotencyConflictError(Exception):
    """The key was used for another request: tell the client, and do nothing."""


@dataclass(frozen=True, slots=True)
class Once:
    """What is to be done once: the client's `key`, and all that makes the request the one it is."""

    key: str
    path: str
    body: object


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was first given, with the event that is its proof."""

    answer: str
    event_id: str
    leaf_hash: bytes
    event_at: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that is ours until the transaction ends."""

    key: bytes


@dataclass(frozen=True)
class Idempotency:
    """Keeps which keys were used, by a keyed hash."""

    keys: KeyService

    async def claim(self, connection: AsyncConnection, caller: Caller, once: Once) -> Claim | Kept:
        """Claim the key of `once` for `caller`, or return what was answered when it was used before.

        Where another request holds the key at this moment, waits until that is done.

        Raises:
            IdempotencyConflictError: it was used for another path or body.
            KeyUnavailableError: the key service is down.
        """
        key = await self.keys.hmac(place("idempotent_request", caller.form, caller.id, caller.client_id, once.key))
        request = await self.keys.hmac(place("idempotent_request.request") + canonical([once.path, once.body]))
        insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(idempotent_request)
        claimed = await connection.execute(
            insert.values(key=key, request=request).on_conflict_do_nothing().returning(idempotent_request.c.key)
        )
        if claimed.first() is not None:
            return Claim(key)
        found = (await connection.execute(select(idempotent_request).where(idempotent_request.c.key == key))).one()
        if found.request != request:
            raise IdempotencyConflictError("the key was used for another request")
        return Kept(found.answer, found.event_id, found.leaf_hash, found.event_at)

    async def settle(self, connection: AsyncConnection, claim: Claim, kept: Kept) -> None:
        """Lay the answer beside the key."""
        await connection.execute(
            update(idempotent_request)
            .where(idempotent_request.c.key == claim.key)
            .values(answer=kept.answer, event_id=kept.event_id, leaf_hash=kept.leaf_hash, event_at=kept.event_at)
        )
