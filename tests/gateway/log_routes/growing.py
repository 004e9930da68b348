"""A log of numbered leaves, laid straight into the tables, and signed at the sizes that a test names."""

import hashlib
from base64 import b64encode
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.grow import Tail, grow, tree_size
from audit.heads import sign_head
from audit.tables import audit_event
from tests.audit import make


def leaf(number: int) -> bytes:
    return b"leaf %d" % number


def leaf_hash(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + leaf(number)).digest()


async def lay(engine: AsyncEngine, size: int) -> None:
    """Let the tree grow to `size` leaves, without signing it."""
    async with engine.begin() as connection:
        start = await tree_size(connection)
        ids = {number: str(UUID(int=number)) for number in range(start, size)}
        if ids:
            await connection.execute(insert(audit_event), [_row(event_id, number) for number, event_id in ids.items()])
            await grow(connection, Tail(), [(event_id, leaf_hash(number)) for number, event_id in ids.items()])


async def grow_to(engine: AsyncEngine, size: int) -> str:
    """Let the tree grow to `size` leaves, and return its signed head."""
    await lay(engine, size)
    async with engine.begin() as connection:
        return await sign_head(connection, make.LOG_KEY, make.NOON)


def _row(event_id: str, number: int) -> dict[str, object]:
    return {"event_id": event_id, "leaf": leaf(number), "leaf_hash": leaf_hash(number), "sealed_log": b""}


def root_of(hashes: list[bytes]) -> bytes:
    """Return the Merkle tree hash, as RFC 6962 section 2.1 defines it: written apart from ours."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def shown(hashed: bytes) -> str:
    return b64encode(hashed).decode()
