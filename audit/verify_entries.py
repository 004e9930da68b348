"""The entries of the live store, each held against its proven hash, and what is sealed against its commitments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import LargeBinary, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import EventOutcome, Field, Kind
from audit.read import SealBrokenError, entries, event_named, fetch_and_open
from audit.sealing import Opener
from audit.tables import audit_event, audit_leaf
from audit.tree import leaf_hash
from audit.verification import Fault, entry_fault

_ERASED: Final = Kind.SUBJECT_ERASED.encode()
_UNDER_WAY: Final = timedelta(minutes=2)
_NOT_ON_RECORD: Final = "it is not on record any more whom the event is about, and nobody was erased since"


@dataclass(slots=True)
class _Orphans:
    """The first event that is sealed under somebody's key and names nobody, as long as no erasure explains it.

    Erasing a person deletes who he was (`audit_subject`), and is itself an event. So whatever names nobody and comes
    after the last erasure was taken away by somebody else; but for what was under way then: a process remembers a key
    for a minute, and what it seals under one that is gone leads to nobody.
    """

    first: int | None = None
    _under_way: datetime | None = None

    def see(self, entry: Entry, seq: int) -> None:
        if (erased := _erased_at(entry.leaf)) is not None:
            self.first, self._under_way = None, erased + _UNDER_WAY
        elif entry.sealed_person is not None and entry.person is None and self.first is None:
            at = _at(entry.leaf)
            if self._under_way is None or at is None or at > self._under_way:
                self.first = seq


async def first_bad_entry(connection: AsyncConnection, size: int, open_with: Opener | None) -> Fault | None:
    """Return what is wrong with the first bad entry of the first `size`, whose hashes are proven; None if nothing."""
    fault, expected, orphans = None, 0, _Orphans()
    async for entry in entries(connection, since=0, size=size):
        seq = expected if entry.seq is None else entry.seq
        fault = fault or await _fault(entry, seq, expected, open_with)
        # After the first fault too: an event before it may name nobody, and only a later erasure explains that.
        orphans.see(entry, seq)
        expected = seq + 1
    if fault is None and expected < size:
        fault = Fault(expected, "the entry is missing")
    if orphans.first is None or (fault is not None and fault.first <= orphans.first):
        return fault
    return fault if await _erased_since(connection, size, open_with) else Fault(orphans.first, _NOT_ON_RECORD)


async def _fault(entry: Entry, seq: int, expected: int, open_with: Opener | None) -> Fault | None:
    if seq < expected:
        return Fault(seq, "the event, or who holds its key, is stored twice")
    if seq > expected:
        return Fault(expected, "the entry is missing")
    why = await _entry_fault(entry, seq, open_with)
    return Fault(seq, why) if why else None


def _erased_at(leaf: bytes | None) -> datetime | None:
    """Return when a person was erased, if `leaf`, whatever somebody made of it, says so; a refusal to does not."""
    if leaf is None or _ERASED not in leaf:
        return None  # nearly all, and without being parsed once more
    members = _members(leaf)
    erased = members.get("kind") == Kind.SUBJECT_ERASED and members.get("outcome") != EventOutcome.DENY
    return _at(leaf) if erased else None


def _at(leaf: bytes | None) -> datetime | None:
    try:
        return datetime.fromisoformat(_members(leaf or b"")["at"])
    except (KeyError, TypeError, ValueError):
        return None


def _members(leaf: bytes) -> dict[str, Any]:
    try:
        members = orjson.loads(leaf)
    except orjson.JSONDecodeError:
        return {}
    return members if isinstance(members, dict) else {}


async def _entry_fault(entry: Entry, seq: int, open_with: Opener | None) -> str:
    if not (entry.leaf and entry.sealed_log):
        return "a part of the event is not stored"
    if entry.leaf_hash != entry.kept_hash or leaf_hash(entry.leaf) != entry.leaf_hash:
        return "the leaf does not give its hash"
    try:
        fields = {} if open_with is None else await fetch_and_open(open_with, entry)
        leaf = orjson.loads(entry.leaf)
    except (SealBrokenError, ValueError) as error:
        return str(error)
    why = entry_fault({"seq": seq, "leaf": leaf, "opened": fields}, seq, entry.leaf_hash)
    if why:
        return why
    if leaf["id"] != entry.event_id:
        return "the event is stored under another id"
    if entry.person is not None and entry.sealed_person is None:
        return "a person is said to hold the key of an event that is sealed under nobody's"
    return "" if open_with is None else _sealed_fault(entry, leaf, fields)


def _sealed_fault(entry: Entry, leaf: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    """Say what is wrong with what stands beside the leaf, given the `fields` that could be opened."""
    erased = entry.sealed_person is not None and entry.person is None
    if not erased and fields.keys() != leaf["commitments"].keys():
        return "values that the event committed to are gone, though its person was not erased"
    told = fields[Field.REQUEST]["value"] if Field.REQUEST in fields else None
    named = told.get("id") if isinstance(told, dict) else None
    # Who reads the log names the request that he reads about, and is not part of it.
    if named == entry.request_id or (entry.request_id is None and leaf["kind"] == Kind.LOG_READ):
        return ""
    return "the event is stored under another request"


async def _erased_since(connection: AsyncConnection, size: int, open_with: Opener | None) -> bool:
    """Say whether a person was erased by an event that the newest head does not cover yet.

    With `open_with` only by one that the log sealed, which nobody can who merely writes in its database.
    """
    query = (
        select(audit_event.c.event_id, cast(audit_event.c.leaf, LargeBinary).label("leaf"))
        .outerjoin(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .where(or_(audit_leaf.c.seq.is_(None), audit_leaf.c.seq >= size))
    )
    for row in (await connection.execute(query)).all():
        entry = await event_named(connection, row.event_id) if _erased_at(row.leaf) is not None else None
        if entry is not None and not await _entry_fault(entry, size, open_with):
            return True
    return False
