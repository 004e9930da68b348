"""The entries of the live store, each held against its proven hash, and what is sealed against its commitments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import LargeBinary, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Field, Kind
from audit.read import Entry, SealBrokenError, entries, fetch_and_open
from audit.sealing import Opener
from audit.tables import audit_event, audit_leaf
from audit.tree import leaf_hash
from audit.verification import Fault, entry_fault

_EXCHANGE = "exchange."


@dataclass(slots=True)
class _Orphans:
    """The first event that is sealed under somebody's key and names nobody, as long as no erasure explains it.

    Erasing a person deletes who he was (`audit_subject`), and is itself an event. So whatever names nobody and comes
    after the last erasure was taken away by somebody else.
    """

    first: int | None = None

    def see(self, entry: Entry, seq: int) -> None:
        if entry.leaf_json["kind"] == Kind.SUBJECT_ERASED:
            self.first = None
        elif entry.sealed_person is not None and entry.person is None and self.first is None:
            self.first = seq


async def first_bad_entry(connection: AsyncConnection, size: int, open_with: Opener | None) -> Fault | None:
    """Return what is wrong with the first bad entry of the first `size`, whose hashes are proven; None if nothing."""
    expected, orphans = 0, _Orphans()
    async for entry in entries(connection, since=0, size=size):
        if entry.seq == expected - 1:
            return Fault(entry.seq, "two persons are said to hold the key of the event")
        if entry.seq != expected:
            return Fault(expected, "the entry is missing")
        why = await _entry_fault(entry, expected, open_with)
        if why:
            return Fault(expected, why)
        orphans.see(entry, expected)
        expected += 1
    if expected < size:
        return Fault(expected, "the entry is missing")
    if orphans.first is None or await _erased_since(connection, size):
        return None
    return Fault(orphans.first, "it is not on record any more whom the event is about, and nobody was erased since")


async def _entry_fault(entry: Entry, seq: int, open_with: Opener | None) -> str:
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
    must_be_named = entry.request_id is not None or leaf["kind"].startswith(_EXCHANGE)
    if named is not None and must_be_named and named != entry.request_id:
        return "the event is stored under another request"
    return ""


async def _erased_since(connection: AsyncConnection, size: int) -> bool:
    """Say whether a person was erased by an event that the newest head does not cover yet."""
    query = (
        select(cast(audit_event.c.leaf, LargeBinary))
        .outerjoin(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .where(or_(audit_leaf.c.seq.is_(None), audit_leaf.c.seq >= size))
    )
    return any(
        orjson.loads(leaf)["kind"] == Kind.SUBJECT_ERASED for leaf in (await connection.execute(query)).scalars()
    )
