"""What the log publishes of itself: the tiles of its tree and the bundles of its entries, up to its newest signed head.

Source: C2SP tlog-tiles; audit log contract, *Export* (over HTTP).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.grow import BrokenTreeError
from audit.heads import newest_size
from audit.tables import audit_event, audit_leaf, audit_node
from audit.tiles import HEIGHT, Tile, bundle


class NotPublishedError(LookupError):
    """No signed head has this tile, or not yet; answer as to any address that does not exist."""


async def published(connection: AsyncConnection, tile: Tile) -> bytes:
    """Return the bytes of `tile`: its hashes side by side, or its entries as a bundle. Costs as much as one tile.

    Raises:
        NotPublishedError: the newest signed head is too small to have it, whatever is stored beyond.
        BrokenTreeError: the stored tree lacks a part of it.
    """
    if not tile.is_in(await newest_size(connection) or 0):
        raise NotPublishedError("no signed head has this tile")
    found = await (_leaves(connection, tile) if tile.level is None else _hashes(connection, tile.level, tile))
    if len(found) < tile.width:
        raise BrokenTreeError("the stored tree lacks a part of a tile; verify the log")
    return bundle(found) if tile.level is None else b"".join(found)


async def _hashes(connection: AsyncConnection, level: int, tile: Tile) -> Sequence[bytes]:
    query = _laid(audit_leaf.c.leaf_hash, tile) if level == 0 else _nodes(HEIGHT * level, tile)
    return list((await connection.execute(query)).scalars())


async def _leaves(connection: AsyncConnection, tile: Tile) -> Sequence[bytes]:
    """Look up the events by their ids: a join would read all of them where the database's statistics are old."""
    ids = (await connection.execute(_laid(audit_leaf.c.event_id, tile))).scalars().all()
    events = select(audit_event.c.event_id, audit_event.c.leaf).where(audit_event.c.event_id.in_(ids))
    leaves: dict[str, bytes] = {row.event_id: row.leaf for row in await connection.execute(events)}
    return [leaves[each] for each in ids if each in leaves]


def _nodes(level: int, tile: Tile) -> Select[Any]:
    first, end = tile.positions
    position = audit_node.c.position
    nodes = select(audit_node.c.hash).where(audit_node.c.level == level, position >= first, position < end)
    return nodes.order_by(position)


def _laid(column: ColumnElement[Any], tile: Tile) -> Select[Any]:
    first, end = tile.positions
    return select(column).where(audit_leaf.c.seq >= first, audit_leaf.c.seq < end).order_by(audit_leaf.c.seq)
