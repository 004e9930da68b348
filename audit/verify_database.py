"""The verifier of the live store: the same checks as on an export, and the stored nodes and sealed values too."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import orjson
from sqlalchemy import LargeBinary, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.grow import BrokenTreeError, look_up
from audit.heads import newest_size, note_for, witnessed_sizes
from audit.read import Entry, SealBrokenError, entries, opened
from audit.sealing import Sealer
from audit.signing import VerifierKey
from audit.tables import audit_event, audit_leaf
from audit.tree import Node, leaf_hash
from audit.verification import Fault, Head, Roots, Verdict, entry_fault, judge_heads, passed, read_head

_BATCH: Final = 500
# SQLite keeps text in a column of bytes if somebody puts it there: read it as bytes, and find it wrong.
_HASH: Final = cast(audit_leaf.c.leaf_hash, LargeBinary).label("leaf_hash")


async def verify_database(
    engine: AsyncEngine, *, keys: Sequence[VerifierKey], older: bytes | None = None, open_with: Sealer | None = None
) -> Verdict:
    """Return the verdict on the log up to its newest signed head, which must contain the `older` checkpoint note.

    `keys` are those one trusts, the log's own first: they come from the settings, never from the database.
    With `open_with` what the keys still open is checked against its commitments.
    """
    async with engine.connect() as connection:
        size = await newest_size(connection)
        if size is None:
            return Fault(0, "no checkpoint was ever signed").verdict()
        heads = await _heads(connection, keys, size, older)
        roots = Roots.at(head.size for head in heads)
        fault = await _lay_leaves(connection, roots, size)
        # What the signed heads say comes first: only they prove that the leaves are right and the nodes wrong.
        fault = judge_heads(heads, roots) or fault or await _first_bad_entry(connection, size, open_with)
        return fault.verdict() if fault else passed(size, heads, roots.frontier.root())


async def _heads(
    connection: AsyncConnection, keys: Sequence[VerifierKey], newest: int, older: bytes | None
) -> list[Head]:
    sizes = sorted({*await witnessed_sizes(connection, keys), newest})
    heads = [
        read_head(f"checkpoint {size}", (await note_for(connection, size, keys)).encode(), keys, expected_size=size)
        for size in sizes
    ]
    return heads if older is None else [*heads, read_head("older checkpoint", older, keys, expected_size=newest)]


async def _lay_leaves(connection: AsyncConnection, roots: Roots, size: int) -> Fault | None:
    """Lay the stored leaf hashes up to `size`, and return the first place where a stored node differs from them."""
    fault = None
    async for hashes in _batches(connection, size):
        start = roots.frontier.size
        completed = dict(node for hashed in hashes for node in roots.lay(hashed))
        fault = fault or await _wrong_node(connection, start, completed)
    return fault


async def _wrong_node(connection: AsyncConnection, start: int, completed: dict[Node, bytes]) -> Fault | None:
    try:
        stored = await look_up(connection, list(completed))
    except BrokenTreeError:
        return Fault(start, "the tree lacks a stored node")
    wrong = [node for node, hashed in completed.items() if stored[node] != hashed]
    first = min((node.position << node.level for node in wrong), default=None)
    return None if first is None else Fault(first, "a stored node of the tree is not what its leaves give")


async def _batches(connection: AsyncConnection, size: int) -> AsyncIterator[list[bytes]]:
    """Yield the leaf hashes in order, up to the first gap."""
    for start in range(0, size, _BATCH):
        query = (
            select(audit_leaf.c.seq, _HASH)
            .where(audit_leaf.c.seq >= start, audit_leaf.c.seq < min(start + _BATCH, size))
            .order_by(audit_leaf.c.seq)
        )
        rows = (await connection.execute(query)).all()
        whole = [row.leaf_hash for n, row in enumerate(rows, start) if row.seq == n]
        yield whole
        if len(whole) < min(_BATCH, size - start):
            return


async def _first_bad_entry(connection: AsyncConnection, size: int, open_with: Sealer | None) -> Fault | None:
    expected = 0
    async for entry in entries(connection, since=0, size=size):
        if entry.seq != expected:
            return Fault(expected, "the entry is missing")
        why = _entry_fault(entry, expected, open_with)
        if why:
            return Fault(expected, why)
        expected += 1
    if expected < size:
        return Fault(expected, "the entry is missing")
    return await _unplaced(connection, size) if connection.dialect.name == "sqlite" else None


def _entry_fault(entry: Entry, seq: int, open_with: Sealer | None) -> str:
    if leaf_hash(entry.leaf) != entry.leaf_hash:
        return "the leaf does not give its hash"
    try:
        fields = {} if open_with is None else opened(open_with, entry)
        document = {"seq": seq, "leaf": orjson.loads(entry.leaf), "opened": fields}
    except (SealBrokenError, ValueError) as error:
        return str(error)
    return entry_fault(document, seq, entry.leaf_hash)


async def _unplaced(connection: AsyncConnection, size: int) -> Fault | None:
    """Find an event outside the tree: on SQLite each is placed in its own transaction."""
    query = (
        select(audit_event.c.id)
        .outerjoin(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .where(audit_leaf.c.event_id.is_(None))
        .limit(1)
    )
    found = (await connection.execute(query)).first()
    return None if found is None else Fault(size, "an event has no place in the tree")
