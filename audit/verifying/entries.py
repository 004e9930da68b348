"""The entries of the live store, each held against its proven hash, and what is sealed against its commitments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import LargeBinary, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import GO_WITH_FACTS, Field, Kind
from audit.read import SealBrokenError, entries, event_named, fetch_and_open, shuts
from audit.sealing import Opener
from audit.tables import audit_event, audit_leaf
from audit.tree import leaf_hash
from audit.verifying.checks import Fault, entry_fault
from audit.verifying.forgotten import Forgotten
from audit.verifying.orphans import Erasure, Orphans, erased_at


async def first_bad_entry(connection: AsyncConnection, size: int, open_with: Opener | None) -> Fault | None:
    """Return what is wrong with the first bad entry of the first `size`, whose hashes are proven; None if nothing."""
    fault, expected, orphans, forgotten = None, 0, Orphans(), Forgotten()
    async for entry in entries(connection, since=0, size=size):
        seq = expected if entry.seq is None else entry.seq
        fault = fault or await _fault(entry, seq, expected, open_with, forgotten)
        # After the first fault too: an event before it may name nobody, and only a later erasure explains that.
        if (erased := erased_at(entry.leaf)) is None:
            orphans.see(entry, seq)
        else:
            await _take(_Erased(erased, entry), open_with, orphans, forgotten)
        expected = seq + 1
    if fault is None and expected < size:
        fault = Fault(expected, "the entry is missing")
    if orphans.first is None and not forgotten.persons:
        return fault
    for later in await _erased_since(connection, size, open_with):
        await _take(later, open_with, orphans, forgotten)
    pseudonyms = {} if open_with is None else {each: await open_with.pseudonym(each) for each in forgotten.persons}
    found = [each for each in (fault, orphans.fault(), forgotten.fault(pseudonyms)) if each is not None]
    return min(found, key=lambda each: each.first, default=None)


async def _fault(entry: Entry, seq: int, expected: int, open_with: Opener | None, forgotten: Forgotten) -> Fault | None:
    if seq < expected:
        return Fault(seq, "the event, or who holds its key, is stored twice")
    if seq > expected:
        return Fault(expected, "the entry is missing")
    why = await _entry_fault(entry, seq, open_with, forgotten)
    return Fault(seq, why) if why else None


async def _entry_fault(entry: Entry, seq: int, open_with: Opener | None, forgotten: Forgotten) -> str:
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
    if open_with is None:
        return ""
    gone = leaf["commitments"].keys() - fields.keys()
    # Which of them went with the facts depends on the version that wrote it: once it was the facts alone.
    if Field.FACTS in gone and gone <= GO_WITH_FACTS and (without := shuts(open_with, entry)):
        forgotten.see(without, seq)
        gone = set()
    return _sealed_fault(entry, leaf, fields, gone)


def _sealed_fault(entry: Entry, leaf: Mapping[str, Any], fields: Mapping[str, Any], gone: Collection[str]) -> str:
    """Say what is wrong with what stands beside the leaf, given `fields`, and which are `gone` that should be there."""
    erased = entry.sealed_person is not None and entry.person is None
    if not erased and gone:
        return "values that the event committed to are gone, though its person was not erased"
    named = _request_named(leaf["kind"], fields)
    # Who reads the log names the request that he reads about, and is not part of it.
    if named == entry.request_id or (entry.request_id is None and leaf["kind"] == Kind.LOG_READ):
        return ""
    return "the event is stored under another request"


def _request_named(kind: Any, fields: Mapping[str, Any]) -> Any:
    """Return under which request an event says that it is stored."""
    own = _told(fields, Field.REQUEST, "id")
    if kind == Kind.EMERGENCY_CLOSED:
        # Who closes one stands with the request that opened it, and says his own beside.
        return _told(fields, Field.DETAIL, "emergency") or own
    if kind == Kind.REVIEW_OPENED:
        # What is about an event without a request stands by itself.
        return own or _told(fields, Field.DETAIL, "item")
    return own


def _told(fields: Mapping[str, Any], field: Field, member: str) -> Any:
    told = fields[field]["value"] if field in fields else None
    return told.get(member) if isinstance(told, dict) else None


@dataclass(frozen=True, slots=True)
class _Erased:
    """The event `entry` erased somebody, at an instant that it says itself."""

    at: datetime
    entry: Entry


async def _take(erased: _Erased, open_with: Opener | None, orphans: Orphans, forgotten: Forgotten) -> None:
    told = {} if open_with is None else await _detail(erased.entry, open_with)
    # Who opens nothing cannot read how many events it accounts for: then it is any number.
    count = None if open_with is None else _accounted_for(told)
    orphans.erased(Erasure(erased.at, erased.entry.number, count))
    forgotten.erased(told.get("pseudonym"))


async def _detail(entry: Entry, open_with: Opener) -> Mapping[str, Any]:
    try:
        told = (await fetch_and_open(open_with, entry))[Field.DETAIL]["value"]
    except (SealBrokenError, ValueError, KeyError):
        return {}
    return told if isinstance(told, dict) else {}


def _accounted_for(told: Mapping[str, Any]) -> int:
    """Return how many events the erasure that `told` this says were sealed under the key that it destroyed."""
    try:
        # Before step 0012 it said only of how many it was on record that they were about him.
        count = told["sealed"] if "sealed" in told else told["rows"]["audit_subject"]
    except (KeyError, TypeError):
        return 0
    return count if isinstance(count, int) and count > 0 else 0


async def _erased_since(connection: AsyncConnection, size: int, open_with: Opener | None) -> list[_Erased]:
    """Return the erasures that the newest head does not cover yet.

    With `open_with` only those that the log sealed, which nobody can who merely writes in its database.
    """
    query = (
        select(audit_event.c.event_id, cast(audit_event.c.leaf, LargeBinary).label("leaf"))
        .outerjoin(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .where(or_(audit_leaf.c.seq.is_(None), audit_leaf.c.seq >= size))
        .order_by(audit_event.c.id)
    )
    found = []
    for row in (await connection.execute(query)).all():
        at = erased_at(row.leaf)
        entry = None if at is None else await event_named(connection, row.event_id)
        if at is None or entry is None or await _entry_fault(entry, size, open_with, Forgotten()):
            continue
        found.append(_Erased(at, entry))
    return found
