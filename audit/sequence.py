"""The sequencer of PostgreSQL: gives committed events their order, one process at a time.

Events are inserted by many transactions side by side, and neither their ids nor their transaction numbers follow the
order of the commits. So each round takes only what is *settled*: written by transactions older than every one still
running (`xid < pg_snapshot_xmin`). Nothing older can appear later, so (xid, id) is an order in which nothing is missed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.grow import Tail, grow, tree_size
from audit.heads import newest_size, sign_head
from audit.store import AuditLog

_LOCK: Final = 0x5C8A_4E11  # any number, as long as no other part of the gateway locks the same
_BATCH: Final = 5000

_TRY_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(:lock)")
_WAIT_LOCK: Final = text("SELECT pg_advisory_xact_lock(:lock)")

# Inserts nothing, and takes SQLite's write lock as any insert does: what is read after it stays true until the commit,
# also where the transaction began without the lock.
_SQLITE_LOCK: Final = text("INSERT INTO audit_node SELECT level, position, hash FROM audit_node WHERE 0")

# Transaction numbers do not survive dump and restore: a visible row from the "future" can only be a restored one,
# so it counts as settled, and it never serves as the place to go on from.
_LAST: Final = text("""\
SELECT CASE WHEN e.xid < pg_snapshot_xmax(pg_current_snapshot()) THEN e.xid ELSE '0'::xid8 END::text AS xid, e.id
FROM audit_leaf l JOIN audit_event e ON e.event_id = l.event_id ORDER BY l.seq DESC LIMIT 1""")

_SETTLED: Final = text("""\
SELECT e.event_id::text AS event_id, e.leaf_hash
FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.event_id
WHERE l.event_id IS NULL AND (e.xid, e.id) > (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS bigint))
  AND (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
ORDER BY e.xid, e.id LIMIT :batch""")

_WAITING: Final = text("""\
SELECT count(*) FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.event_id
WHERE l.event_id IS NULL AND (e.xid, e.id) > (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS bigint))""")


_OVERTAKEN: Final = text("""\
SELECT EXISTS (
  SELECT FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.event_id
  WHERE l.event_id IS NULL AND (e.xid, e.id) < (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS bigint)))""")


class _At(NamedTuple):
    xid: str
    id: int


_START: Final = _At("0", 0)
_Place = Callable[[AsyncConnection, AuditLog], Awaitable[int]]


async def sequence(connection: AsyncConnection, log: AuditLog) -> int:
    """Put settled events in the tree, at most 5,000, and return how many; 0 also while another sequencer is at work.

    PostgreSQL only; `connection` is in a transaction that wrote no event itself.
    """
    if not await _take_lock(connection):
        return 0
    return await _place(connection, log.tail, await _last(connection))


async def sequence_from_the_start(connection: AsyncConnection, log: AuditLog) -> int:
    """Do as `sequence`, looking through all events: the truth, for start-up and after a restore."""
    return await _place(connection, log.tail, _START) if await _take_lock(connection) else 0


async def waiting(connection: AsyncConnection) -> int:
    """Return how many committed events are not in the tree yet; PostgreSQL only."""
    last = await _last(connection)
    return int((await connection.execute(_WAITING, last._asdict())).scalar_one())


async def has_overtaken(connection: AsyncConnection) -> bool:
    """Say whether an event without a place is older than the last that has one: no sequencer does that. PostgreSQL."""
    last = await _last(connection)
    return bool((await connection.execute(_OVERTAKEN, last._asdict())).scalar_one())


async def checkpoint(connection: AsyncConnection, log: AuditLog) -> str:
    """Return the note of the newest tree head, signing it where the tree grew; waits for a sequencer at work.

    The first thing that its transaction does.

    Raises:
        BrokenTreeError: the stored tree was changed; nothing is signed.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_WAIT_LOCK, {"lock": _LOCK})
    else:
        await connection.execute(_SQLITE_LOCK)
    return await sign_head(connection, log.key, log.now())


async def run_sequencer(
    engine: AsyncEngine,
    log: AuditLog,
    *,
    every: timedelta,
    stop: asyncio.Event,
    failed: Callable[[Exception], None],
) -> None:
    """Sequence and sign every `every` until `stop` is set; a failed round is told to `failed` and tried again.

    Any number of processes may run it: one works, the others find the lock taken. On SQLite it only signs.

    Raises:
        BrokenTreeError: the stored tree was changed; nothing more is signed.
    """
    place: _Place = sequence_from_the_start
    while not stop.is_set():
        placed = 0
        try:
            placed = await _round(engine, log, place)
            place = sequence
        except (SQLAlchemyError, OSError) as error:
            failed(error)
        if placed < _BATCH:
            await _wait(stop, every)


async def _round(engine: AsyncEngine, log: AuditLog, place: _Place) -> int:
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            placed = await place(connection, log)
            if placed:
                await sign_head(connection, log.key, log.now())
        return placed
    # Looked at first, so that an idle log does not take the one write lock five times a second.
    async with engine.connect() as connection:
        grew = await tree_size(connection) != await newest_size(connection)
    if grew:
        async with engine.begin() as connection:
            await checkpoint(connection, log)
    return 0


async def _take_lock(connection: AsyncConnection) -> bool:
    return bool((await connection.execute(_TRY_LOCK, {"lock": _LOCK})).scalar_one())


async def _last(connection: AsyncConnection) -> _At:
    row = (await connection.execute(_LAST)).first()
    return _START if row is None else _At(row.xid, row.id)


async def _place(connection: AsyncConnection, tail: Tail, after: _At) -> int:
    rows = await connection.execute(_SETTLED, after._asdict() | {"batch": _BATCH})
    leaves = [(row.event_id, row.leaf_hash) for row in rows]
    if leaves:
        await grow(connection, tail, leaves)
    return len(leaves)


async def _wait(stop: asyncio.Event, every: timedelta) -> None:
    try:
        await asyncio.wait_for(stop.wait(), every.total_seconds())
    except TimeoutError:
        return
