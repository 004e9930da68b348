"""The stored nodes of the tree, held against those that its proven leaves give."""

from collections.abc import Mapping, Sequence

from sqlalchemy import LargeBinary, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.grow import tree_size
from audit.tables import audit_node
from audit.tree import Node
from audit.verifying.checks import Fault

_NOT_THERE = "a node is stored of leaves that are not there"


async def wrong_node(connection: AsyncConnection, completed: Mapping[Node, bytes]) -> Fault | None:
    """Return the fault of the first stored node that is not as `completed` has it, by the first leaf below it."""
    if not completed:
        return None
    level, position = audit_node.c.level, audit_node.c.position
    query = select(level, position, cast(audit_node.c.hash, LargeBinary).label("hash"))
    stored: dict[Node, list[bytes]] = {}
    for row in await connection.execute(query.where(tuple_(level, position).in_([tuple(node) for node in completed]))):
        stored.setdefault(Node(row.level, row.position), []).append(row.hash)
    wrong = [node for node, hashed in completed.items() if stored.get(node) != [hashed]]
    first = min(wrong, key=_first_leaf, default=None)
    return None if first is None else Fault(_first_leaf(first), _why(stored.get(first, [])))


def _first_leaf(node: Node) -> int:
    return node.position << node.level


def _why(hashes: Sequence[bytes]) -> str:
    if not hashes:
        return "the tree lacks a stored node"
    return "a stored node of the tree is not what its leaves give" if len(hashes) == 1 else _TWICE


_TWICE = "a node of the tree is stored twice"


async def nodes_of_no_leaves(connection: AsyncConnection, size: int) -> Fault | None:
    """Return that nodes are stored, or lack, of other leaves than the first `size`, whose nodes are right."""
    level, position = audit_node.c.level, audit_node.c.position
    rows = await connection.execute(
        select(level, func.count(), func.min(position), func.max(position)).group_by(level).order_by(level)
    )
    leaves = await tree_size(connection)
    lacking = set(range(1, leaves.bit_length()))
    for height, count, first, last in rows:
        # On SQLite somebody may have put text there.
        if not all(isinstance(each, int) for each in (height, first, last)) or height < 1:
            return Fault(size, _NOT_THERE)
        if first < 0:
            return Fault(0, _NOT_THERE)
        if last >= leaves >> height or count > leaves >> height:
            return Fault(size, _NOT_THERE)
        if count == leaves >> height:
            lacking.discard(height)
    return Fault(size, "the tree lacks a node of the leaves after the newest checkpoint") if lacking else None
