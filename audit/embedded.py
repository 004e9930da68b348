"""Inserting on SQLite: the event and its place in the tree in one transaction.

The statements go to the driver directly: each crosses to SQLite's thread once there, four times through SQLAlchemy,
and the log is the one place where that is felt.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.grow import Tail, frontier_of
from audit.prepared import Prepared
from audit.tree import Node

_EVENT: Final = """\
INSERT INTO audit_event (event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id)
VALUES (:event_id, :leaf, :leaf_hash, :sealed_log, :sealed_person, :request_id)"""
_SUBJECTS: Final = """\
INSERT INTO audit_subject (person, event_id, holds_key) SELECT value, ?, key = 0 FROM json_each(?)"""
_LEAF: Final = """\
INSERT INTO audit_leaf (seq, event_id, leaf_hash) SELECT coalesce(max(seq) + 1, 0), ?, ? FROM audit_leaf
RETURNING seq, (SELECT leaf_hash FROM audit_leaf AS before WHERE before.seq = audit_leaf.seq - 1)"""
_NODES: Final = "INSERT INTO audit_node (level, position, hash) VALUES "


class _Driver(Protocol):
    async def execute_fetchall(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object]
    ) -> Sequence[Sequence[Any]]: ...


async def insert_and_grow(connection: AsyncConnection, tail: Tail, prepared: Prepared) -> None:
    """Insert `prepared` in the open transaction of `connection`, and lay its leaf at the end of the tree.

    Raises:
        sqlite3.Error: the database did not take it.
    """
    driver = cast("_Driver", (await connection.get_raw_connection()).driver_connection)
    event_id = prepared.event_id.replace("-", "")  # as SQLAlchemy's `Uuid` keeps it where the database has no such type
    # The insert comes first: it takes SQLite's write lock, so that what is read after it cannot go stale.
    await driver.execute_fetchall(_EVENT, prepared.row | {"event_id": event_id})
    if prepared.persons:
        await driver.execute_fetchall(_SUBJECTS, (event_id, json.dumps(prepared.persons)))
    [(seq, last_leaf)] = await driver.execute_fetchall(_LEAF, (event_id, prepared.leaf_hash))
    frontier = tail.at(seq, last_leaf or b"") or await frontier_of(connection, seq)
    await _insert_nodes(driver, frontier.append(prepared.leaf_hash))
    tail.last_leaf, tail.frontier = prepared.leaf_hash, frontier


async def _insert_nodes(driver: _Driver, completed: list[tuple[Node, bytes]]) -> None:
    if completed:
        values = [value for node, hashed in completed for value in (*node, hashed)]
        await driver.execute_fetchall(_NODES + ", ".join(["(?, ?, ?)"] * len(completed)), values)
