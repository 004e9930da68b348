"""The verifier of the live store: the same checks as on an export, and everything that is stored beside."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import ColumnElement, LargeBinary, Row, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.sealing import Opener
from audit.sequence import has_overtaken
from audit.signing import Algorithm, VerifierKey
from audit.tables import audit_checkpoint, audit_event, audit_leaf
from audit.tree import leaf_hash
from audit.verifying.checks import (
    Counted,
    Fault,
    Head,
    Roots,
    Verdict,
    judge_end,
    judge_heads,
    passed,
    read_head,
)
from audit.verifying.entries import first_bad_entry
from audit.verifying.heads import heads_between, lost_of
from audit.verifying.nodes import nodes_of_no_leaves, wrong_node

_BATCH: Final = 500


async def verify_database(
    engine: AsyncEngine,
    *,
    keys: Sequence[VerifierKey],
    older: bytes | None = None,
    promised: Iterable[bytes] = (),
    open_with: Opener | None = None,
) -> Verdict:
    """Return the verdict on the log up to its newest signed head, which must contain the `older` checkpoint note.

    `keys` are those one trusts, the log's own first: they come from the settings, never from the database.
    `promised` are the leaf hashes of receipts held outside (`audit.receipt.check_receipt`), which must be there.
    With `open_with` what the keys still open is checked against its commitments.

    A range begins at the last head that binds the log itself: one that a witness signed, or `older`. Heads that only
    the log signed are no proof against whoever has its key; they are told besides, and serve a log without witnesses.

    What it cannot see, because nobody signed it: that a head which no witness signed was deleted, that a cosignature
    was (unless `older` bears it), when a head was signed, rows of `audit_subject` that name others than whose key seals
    the event, and, before an erasure, which rows there were taken away, though more than it accounts for are found
    `open_with` the keys.
    """
    async with _snapshot(engine) as connection:
        return await _Verifier(connection, keys, older, promised).verdict(open_with)


@asynccontextmanager
async def _snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection on which the log stands still, while others go on writing it."""
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


class _Verifier:
    """Goes through heads and leaves side by side, in batches: neither need fit in memory."""

    def __init__(
        self, connection: AsyncConnection, keys: Sequence[VerifierKey], older: bytes | None, promised: Iterable[bytes]
    ) -> None:
        self._connection = connection
        self._keys = keys
        self._older = older
        self._roots = Roots.at((), promised=promised)
        self._bound = 0
        self._wrong_node: Fault | None = None
        self._counted = Counted()

    async def verdict(self, open_with: Opener | None) -> Verdict:
        size: int | None = (await self._connection.execute(select(func.max(audit_checkpoint.c.size)))).scalar_one()
        if size is None:
            return Fault(0, "no checkpoint was ever signed").verdict()
        if not isinstance(size, int):
            # On SQLite somebody may have put text there.
            return Fault(0, "a checkpoint is stored under what is no size").verdict()
        # What the signed heads say comes first: only they prove that the leaves are right and the rest is wrong.
        fault = await self._bad_heads(size)
        if fault is not None:
            # Below the range the leaves are proven all the same, and so whatever differs from them comes before it.
            return (await first_bad_entry(self._connection, fault.first, open_with) or fault).verdict()
        faults = [
            self._wrong_node,
            await _leaves_out_of_row(self._connection, size),
            await nodes_of_no_leaves(self._connection, size),
            await first_bad_entry(self._connection, size, open_with),
            await _unplaced(self._connection, size),
            await self._broken_promise(size),
        ]
        first = min(filter(None, faults), key=lambda each: each.first, default=None)
        return first.verdict() if first else passed(size, self._counted, self._roots.frontier.root())

    async def _bad_heads(self, size: int) -> Fault | None:
        older = None
        if self._older is not None:
            older = read_head("older checkpoint", self._older, self._keys, expected_size=size)
        after, upto = -1, 0
        while True:
            heads = await self._heads(after, upto)
            also = [] if older is None or not after < older.size <= upto else [older]
            self._roots.want(head.size for head in (*heads, *also))
            await self._lay(max(after, 0), upto)
            fault = self._judged(heads, also) or await self._lost(also) or await self._gap(upto)
            if fault is not None:
                return fault
            self._counted.add([head for head in heads if head.size == size or head.cosigners] + also)
            if upto == size:
                break
            after, upto = upto, min(upto + _BATCH, size)
        return self._judged(await self._heads(size, None), [older] if older is not None and older.size > size else [])

    def _judged(self, heads: list[Head], held: list[Head]) -> Fault | None:
        """Return what is wrong with the stored `heads` and those `held` outside, from the last that binds the log."""
        fault = judge_heads([*heads, *held], self._roots)
        binding = [head.size for head in (*(each for each in heads if each.cosigners), *held)]
        self._bound = max((size for size in binding if size <= self._roots.proven), default=self._bound)
        if fault is None or fault.first == self._bound or not self._is_witnessed():
            return fault
        return replace(fault, first=self._bound, why=f"{fault.why}; the log's own heads hold up to {fault.first}")

    def _is_witnessed(self) -> bool:
        return any(key.algorithm is Algorithm.COSIGNATURE for key in self._keys)

    async def _heads(self, after: int, upto: int | None) -> list[Head]:
        return await heads_between(self._connection, self._keys, after=after, upto=upto)

    async def _lost(self, also: list[Head]) -> Fault | None:
        for head in [await lost_of(self._connection, each) for each in also]:
            if head.verified is None:
                return Fault(min(self._roots.proven, head.size), head.why, last=head.size)
        return None

    async def _gap(self, upto: int) -> Fault | None:
        """Return the fault of the first head that a missing leaf leaves unproven."""
        if self._roots.frontier.size == upto:
            return None
        [first, *_] = await self._heads(upto, None)
        return self._judged([first], [])

    async def _lay(self, start: int, end: int) -> None:
        """Lay the stored leaf hashes, up to the first gap, and note the first stored node that differs from them."""
        query = select(audit_leaf.c.seq, _HASH).where(audit_leaf.c.seq >= start, audit_leaf.c.seq < end)
        rows = (await self._connection.execute(query.order_by(audit_leaf.c.seq))).all()
        whole = [row.leaf_hash for n, row in takewhile(_is_in_its_place, enumerate(rows, start))]
        completed = dict(node for hashed in whole for node in self._roots.lay(hashed))
        self._wrong_node = self._wrong_node or await wrong_node(self._connection, completed)
        ended = start + len(whole)
        if len(whole) < len(rows) and rows[len(whole)].seq < ended:
            self._roots.stopped = f"leaf {ended - 1} is stored twice"
        elif ended < end:
            self._roots.stopped = f"leaf {ended} is not stored"

    async def _broken_promise(self, size: int) -> Fault | None:
        """Return that a promised leaf is not there; one that still waits for its place or its head is there.

        It would have its place after the last head that binds the log: below that one the leaves are proven.
        """
        kept = select(
            _kept(audit_event.c.leaf).label("leaf"), cast(audit_leaf.c.leaf_hash, LargeBinary).label("placed")
        ).outerjoin_from(audit_event, audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        waiting = kept.where(or_(audit_leaf.c.seq.is_(None), audit_leaf.c.seq >= size))
        for row in await self._connection.execute(waiting):
            # What was promised is the leaf, not the hash that somebody left beside another.
            hashed = leaf_hash(row.leaf)
            if row.placed in {None, hashed}:
                self._roots.promised.pop(hashed, None)
        fault = judge_end(self._roots)
        return None if fault is None else replace(fault, first=max(fault.first, self._bound))


def _is_in_its_place(numbered: tuple[int, Row[Any]]) -> bool:
    number, row = numbered
    return bool(row.seq == number)


def _kept(column: ColumnElement[bytes]) -> ColumnElement[bytes]:
    # SQLite keeps text in a column of bytes if somebody puts it there, and either may be made to keep nothing: read it
    # as bytes, and find it wrong.
    return func.coalesce(cast(column, LargeBinary), literal(b"", LargeBinary))


_HASH: Final = _kept(audit_leaf.c.leaf_hash).label("leaf_hash")


async def _leaves_out_of_row(connection: AsyncConnection, size: int) -> Fault | None:
    seq = audit_leaf.c.seq
    count, first, last = (await connection.execute(select(func.count(), func.min(seq), func.max(seq)))).one()
    if first is not None and first < 0:
        return Fault(0, "a leaf stands before the first")
    if count and count != last + 1:
        return Fault(size, "the leaves after the newest checkpoint are not in a row", last + 1)
    return None


async def _unplaced(connection: AsyncConnection, size: int) -> Fault | None:
    """Find an event outside the tree: on SQLite each is placed in its own transaction, on PostgreSQL in order."""
    if connection.dialect.name == "postgresql":
        overtaken = await has_overtaken(connection)
        return Fault(size, "an event has no place in the tree, though later ones have") if overtaken else None
    query = (
        select(audit_event.c.id)
        .outerjoin(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .where(audit_leaf.c.event_id.is_(None))
        .limit(1)
    )
    found = (await connection.execute(query)).first()
    return None if found is None else Fault(size, "an event has no place in the tree")
