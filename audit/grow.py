"""How the stored tree is read, and how it grows on PostgreSQL: after the last leaf, with the nodes that become whole.

Whoever calls `grow` is alone in doing so, by the sequencer's lock. On SQLite the tree grows in `audit.embedded`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.tables import audit_leaf, audit_node
from audit.tree import Frontier, Node, Range, perfect_nodes

_LAST = select(audit_leaf.c.seq, audit_leaf.c.leaf_hash).order_by(audit_leaf.c.seq.desc()).limit(1)

# What goes to PostgreSQL goes as arrays: one statement however many there are, and it stays prepared.
_FOUND_TOGETHER: Final = text("""\
SELECT level, position, hash
FROM unnest(CAST(:levels AS smallint[]), CAST(:positions AS bigint[])) AS asked (level, position)
JOIN audit_node USING (level, position)
UNION ALL SELECT 0, seq, leaf_hash FROM audit_leaf WHERE seq = ANY (CAST(:leaves AS bigint[]))""")

_PLACED: Final = text("""\
WITH placed AS (
  INSERT INTO audit_leaf (seq, event_id, leaf_hash)
  SELECT * FROM unnest(CAST(:seqs AS bigint[]), CAST(:events AS uuid[]), CAST(:leaf_hashes AS bytea[]))
)
INSERT INTO audit_node (level, position, hash)
SELECT * FROM unnest(CAST(:levels AS smallint[]), CAST(:positions AS bigint[]), CAST(:hashes AS bytea[]))""")


class BrokenTreeError(Exception):
    """The stored tree lacks nodes that it must have: stop, somebody changed the database."""


@dataclass(slots=True)
class Tail:
    """The frontier as last seen, kept to save reading it. Never trusted: valid only for the same size and last leaf.

    A leaf carries a random id, so a tree whose last leaf is the same at the same size has the same edge.
    """

    last_leaf: bytes = b""
    frontier: Frontier | None = None

    def at(self, size: int, last_leaf: bytes) -> Frontier | None:
        """Return a copy of the frontier if it is that of the tree of `size` that ends with `last_leaf`."""
        known = self.frontier
        return known.copy() if known and known.size == size and self.last_leaf == last_leaf else None


async def tree_size(connection: AsyncConnection) -> int:
    """Return how many leaves the tree has."""
    last = (await connection.execute(_LAST)).first()
    return 0 if last is None else last.seq + 1


async def look_up(connection: AsyncConnection, nodes: Sequence[Node]) -> dict[Node, bytes]:
    """Return the hashes of the perfect `nodes`.

    Raises:
        BrokenTreeError: one of them is not stored.
    """
    leaves = [node.position for node in nodes if node.level == 0]
    inner = [node for node in nodes if node.level > 0]
    if connection.dialect.name == "postgresql":
        found = await _found_together(connection, leaves, inner)
    else:
        found = await _found(connection, leaves, inner)
    if len(found) < len(set(nodes)):
        raise BrokenTreeError("the stored tree has gaps; verify the log before anything else is written")
    return found


async def _found_together(
    connection: AsyncConnection, leaves: Sequence[int], inner: Sequence[Node]
) -> dict[Node, bytes]:
    asked = {"levels": [n.level for n in inner], "positions": [n.position for n in inner], "leaves": leaves}
    rows = await connection.execute(_FOUND_TOGETHER, asked)
    return {Node(level, position): hashed for level, position, hashed in rows}


async def _found(connection: AsyncConnection, leaves: Sequence[int], inner: Sequence[Node]) -> dict[Node, bytes]:
    found: dict[Node, bytes] = {}
    if leaves:
        rows = await connection.execute(
            select(audit_leaf.c.seq, audit_leaf.c.leaf_hash).where(audit_leaf.c.seq.in_(leaves))
        )
        found |= {Node(0, seq): hashed for seq, hashed in rows}
    if inner:
        level, position, hashed = audit_node.c.level, audit_node.c.position, audit_node.c.hash
        nodes = await connection.execute(select(level, position, hashed).where(tuple_(level, position).in_(inner)))
        found |= {Node(row.level, row.position): row.hash for row in nodes}
    return found


async def frontier_of(connection: AsyncConnection, size: int) -> Frontier:
    """Return the frontier of the first `size` leaves, read from the store."""
    nodes = perfect_nodes(Range(0, size))
    found = await look_up(connection, nodes)
    return Frontier(size, [found[node] for node in nodes])


async def grow(connection: AsyncConnection, tail: Tail, leaves: Sequence[tuple[str, bytes]]) -> None:
    """Lay `leaves` (event id and leaf hash, in order) at the end of the tree."""
    last = (await connection.execute(_LAST)).first()
    size, last_leaf = (0, b"") if last is None else (last.seq + 1, last.leaf_hash)
    frontier = tail.at(size, last_leaf) or await frontier_of(connection, size)
    completed = [node for _, hashed in leaves for node in frontier.append(hashed)]
    rows = {
        "seqs": list(range(size, frontier.size)),
        "events": [event_id for event_id, _ in leaves],
        "leaf_hashes": [hashed for _, hashed in leaves],
        "levels": [node.level for node, _ in completed],
        "positions": [node.position for node, _ in completed],
        "hashes": [hashed for _, hashed in completed],
    }
    await connection.execute(_PLACED, rows)
    tail.last_leaf, tail.frontier = leaves[-1][1], frontier
