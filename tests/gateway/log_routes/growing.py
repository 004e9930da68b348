"""A log of numbered leaves, laid straight into the tables, and signed at the sizes that a test names."""

import hashlib
from base64 import b64encode
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.grow import frontier_of, tree_size
from audit.heads import sign_head
from audit.tables import audit_event, audit_leaf, audit_node
from tests.audit import make


def leaf(number: int) -> bytes:
    return b"leaf %d" % number


def leaf_hash(number: int) -> bytes:
    return hashlib.sha256(b"\x00" + leaf(number)).digest()


async def lay(engine: AsyncEngine, size: int) -> None:
    """Let the tree grow to `size` leaves, without signing it."""
    async with engine.begin() as connection:
        start = await tree_size(connection)
        if start == size:
            return
        frontier, nodes = await frontier_of(connection, start), []
        for number in range(start, size):
            nodes += [{**node._asdict(), "hash": whole} for node, whole in frontier.append(leaf_hash(number))]
        numbers = range(start, size)
        await connection.execute(insert(audit_event), [_row(number) for number in numbers])
        await connection.execute(insert(audit_leaf), [_place(number) for number in numbers])
        if nodes:
            await connection.execute(insert(audit_node), nodes)


async def grow_to(engine: AsyncEngine, size: int) -> str:
    """Let the tree grow to `size` leaves, and return its signed head."""
    await lay(engine, size)
    async with engine.begin() as connection:
        return await sign_head(connection, make.LOG_KEY, make.NOON)


def _row(number: int) -> dict[str, object]:
    return {"event_id": _id(number), "leaf": leaf(number), "leaf_hash": leaf_hash(number), "sealed_log": b""}


def _place(number: int) -> dict[str, object]:
    return {"seq": number, "event_id": _id(number), "leaf_hash": leaf_hash(number)}


def _id(number: int) -> str:
    return str(UUID(int=number))


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
