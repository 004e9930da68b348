"""The sequencer of PostgreSQL: gives committed events their order, one process at a time.

Events are inserted by many transactions side by side, and neither their ids nor their transaction numbers follow the
order of the commits. So each round takes only what is *settled*: written by transactions older than every one still
running (`xid < pg_snapshot_xmin`). Nothing older can appear later, so (xid, id) is an order in which nothing is missed.
"""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.durability import WAIT_FOR_DISK
from audit.grow import grow
from audit.heads import sign_head
from audit.store import AuditLog

_LOCK: Final = 0x5C8A_4E11  # any number, as long as no other part of the gateway locks the same
BATCH: Final = 5000
"""The most that is placed in one transaction."""

# A process that stands still in the middle of its round (frozen, or cut off from us) loses its turn before the events
# of others are late. The commit waits for the disk: a head that was shown may not be gone after a power cut.
_TRY_LOCK: Final = text(f"""\
SELECT pg_try_advisory_xact_lock(:lock), set_config('idle_in_transaction_session_timeout', '3s', true),
{WAIT_FOR_DISK}""")
_WAIT_LOCK: Final = text(f"SELECT pg_advisory_xact_lock(:lock), {WAIT_FOR_DISK}")

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

_FROM_WAITING: Final = """\
FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.event_id
WHERE l.event_id IS NULL AND (e.xid, e.id) > (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS bigint))"""
_WAITING: Final = text(f"SELECT count(*) {_FROM_WAITING}")
_OLDEST: Final = text(f"""\
SELECT e.event_id::text, e.id, (SELECT max(id) FROM audit_event) AS newest
{_FROM_WAITING} ORDER BY e.xid, e.id LIMIT 1""")  # noqa: S608 - own text

_OVERTAKEN: Final = text("""\
SELECT EXISTS (
  SELECT FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.event_id
  WHERE l.event_id IS NULL AND (e.xid, e.id) < (CAST(CAST(:xid AS text) AS xid8), CAST(:id AS bigint)))""")


class At(NamedTuple):
    """A place in the order in which events settle."""

    xid: str
    id: int


START: Final = At("0", 0)
"""Before every event."""


class Waiting(NamedTuple):
    """A committed event that is not in the tree yet, its number, and that of the newest event there is."""

    event_id: str
    id: int
    newest: int

    @property
    def built_at(self) -> float:
        """When it was built, in seconds since 1970 by the clock of who built it (RFC 9562 section 5.7)."""
        return (UUID(self.event_id).int >> 80) / 1000


async def sequence(connection: AsyncConnection, log: AuditLog) -> int:
    """Put settled events in the tree, at most 5,000, and return how many; 0 also while another sequencer is at work.

    PostgreSQL only; `connection` is in a transaction that wrote no event itself.
    """
    if not await take_turn(connection):
        return 0
    leaves = await settled(connection, after=await last_placed(connection))
    if leaves:
        await grow(connection, log.tail, leaves)
    return len(leaves)


async def take_turn(connection: AsyncConnection) -> bool:
    """Say whether this transaction is the only one that places events, until it ends.

    It has to go on: where nothing is asked of it for 3 seconds the server rolls it back.
    """
    return bool((await connection.execute(_TRY_LOCK, {"lock": _LOCK})).scalar_one())


async def last_placed(connection: AsyncConnection) -> At:
    """Return where the last event of the tree stands in the order, to go on from."""
    row = (await connection.execute(_LAST)).first()
    return START if row is None else At(row.xid, row.id)


async def settled(connection: AsyncConnection, *, after: At) -> list[tuple[str, bytes]]:
    """Return id and leaf hash of the settled events that have no place yet, in their order, at most `BATCH`."""
    rows = await connection.execute(_SETTLED, after._asdict() | {"batch": BATCH})
    return [(row.event_id, row.leaf_hash) for row in rows]


async def waiting(connection: AsyncConnection) -> int:
    """Return how many committed events are not in the tree yet; PostgreSQL only."""
    last = await last_placed(connection)
    return int((await connection.execute(_WAITING, last._asdict())).scalar_one())


async def oldest_waiting(connection: AsyncConnection) -> Waiting | None:
    """Return the committed event that waits first in the order, or None where all have their place; PostgreSQL only.

    That is also one that waits for a transaction of somebody else to end.
    """
    last = await last_placed(connection)
    row = (await connection.execute(_OLDEST, last._asdict())).first()
    return None if row is None else Waiting(row.event_id, row.id, row.newest)


async def has_overtaken(connection: AsyncConnection) -> bool:
    """Say whether an event without a place is older than the last that has one: no sequencer does that. PostgreSQL."""
    last = await last_placed(connection)
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
