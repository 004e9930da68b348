"""Reading the log: entries in tree order, the events of a request or about a person, and what their keys still open."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, LargeBinary, Row, Select, and_, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.events import Field
from audit.sealing import ErasedError, Opener, Opens, associated, unpack, unsealed, unshut
from audit.tables import audit_event, audit_leaf, audit_subject

_FACTS: Final = f'"{Field.FACTS}"'.encode()


class SealBrokenError(Exception):
    """The sealed values of an event are not what was sealed: somebody changed the database."""


async def entries(connection: AsyncConnection, *, since: int, size: int) -> AsyncIterator[Entry]:
    """Yield the entries `since` up to, not with, `size`, in tree order."""
    query = _query().where(audit_leaf.c.seq >= since, audit_leaf.c.seq < size).order_by(audit_leaf.c.seq)
    async with connection.stream(query) as rows:
        async for row in rows:
            yield _entry(row)


async def events_placed(connection: AsyncConnection, *, since: int, most: int) -> list[Entry]:
    """Return those of the next `most` places from `since` on that are taken, in tree order."""
    return [_entry(row) for row in await connection.execute(_PLACED, {"since": since, "until": since + most})]


async def first_place(connection: AsyncConnection, *, since: int) -> int | None:
    """Return the first place from `since` on that is taken, or None where the log ends before."""
    row = (await connection.execute(_FIRST, {"since": since})).first()
    return None if row is None else int(row.seq)


async def event_named(connection: AsyncConnection, event_id: str) -> Entry | None:
    """Return the event with this id (a UUID), or None where there is none."""
    row = (await connection.execute(_query().where(audit_event.c.event_id == event_id))).first()
    return None if row is None else _entry(row)


async def events_named(connection: AsyncConnection, event_ids: Sequence[str]) -> list[Entry]:
    """Return the events with these ids, in no order; who is not there is left out."""
    return [_entry(row) for row in await connection.execute(_query().where(audit_event.c.event_id.in_(event_ids)))]


async def events_between(connection: AsyncConnection, *, since: str, before: str) -> list[Entry]:
    """Return the events whose ids lie from `since` on and before `before`, by id; `audit.finding.search.id_at`."""
    ids = audit_event.c.event_id
    query = _query().where(ids >= since, ids < before).order_by(ids)
    return [_entry(row) for row in await connection.execute(query)]


async def events_of_request(connection: AsyncConnection, request_id: str) -> list[Entry]:
    """Return the events of one request, oldest first, those that have no place in the tree yet too."""
    query = _query().where(audit_event.c.request_id == request_id).order_by(audit_event.c.id)
    return [_entry(row) for row in await connection.execute(query)]


async def request_ids(connection: AsyncConnection) -> list[str]:
    """Return the ids of all requests that have an event, the oldest first."""
    asked = audit_event.c.request_id
    found = select(asked).where(asked.is_not(None)).group_by(asked).order_by(func.min(audit_event.c.id))
    return list((await connection.execute(found)).scalars())


async def events_about(connection: AsyncConnection, person: str) -> list[Entry]:
    """Return the events about `person`, oldest first; none after erasure."""
    about = select(audit_subject.c.event_id).where(audit_subject.c.person == person)
    query = _query().where(audit_event.c.event_id.in_(about)).order_by(audit_event.c.id)
    return [_entry(row) for row in await connection.execute(query)]


async def events_about_below(connection: AsyncConnection, person: str, *, below: str | None, most: int) -> list[Entry]:
    """Return the newest `most` events about `person` whose ids are below `below`, or all, newest first.

    Ids grow with the time at which events were written; `audit.finding.search.id_at` gives the id that none of before
    reaches.
    """
    about = select(audit_subject.c.event_id).where(audit_subject.c.person == person)
    if below is not None:
        about = about.where(audit_subject.c.event_id < below)
    ids = about.order_by(audit_subject.c.event_id.desc()).limit(most)
    query = _query().where(audit_event.c.event_id.in_(ids)).order_by(audit_event.c.event_id.desc())
    return [_entry(row) for row in await connection.execute(query)]


async def events_about_any(connection: AsyncConnection, persons: Sequence[str]) -> AsyncIterator[Entry]:
    """Yield the events about any of `persons`, oldest first and each once; none about who was erased."""
    about = select(audit_subject.c.event_id).where(audit_subject.c.person.in_(persons))
    query = _query().where(audit_event.c.event_id.in_(about)).order_by(audit_event.c.id)
    async with connection.stream(query) as rows:
        async for row in rows:
            yield _entry(row)


async def fetch_and_open(opener: Opener, entry: Entry) -> dict[str, dict[str, Any]]:
    """Return what is `provable` of `entry`, having the keys of all whom it needs brought first.

    Raises:
        SealBrokenError: a sealed blob was changed or exchanged.
    """
    await _bring(opener, entry)
    try:
        return provable(opened(opener, entry))
    except SealBrokenError:
        # Or a key was renewed since it was brought, and the event lies under the new one.
        await _bring(opener, entry, anew=True)
        return provable(opened(opener, entry))


async def _bring(opener: Opener, entry: Entry, *, anew: bool = False) -> None:
    if entry.person is not None and entry.sealed_person is not None:
        await opener.bring(entry.person, anew=anew)
    for other in told_of(opener, entry):
        await opener.bring(other, anew=anew)


def provable(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return those of the opened `fields` that give their commitments, without what is left of others."""
    return {name: dict(each) for name, each in fields.items() if "salt" in each}


def told_of(opener: Opens, entry: Entry) -> tuple[str, ...]:
    """Return whose keys `entry` needs besides that of its person, which is at hand; nobody where it is broken."""
    if _FACTS not in entry.leaf:
        return ()  # most events, and without being opened twice
    try:
        return tuple(_of_person(opener, entry).get(Field.FACTS, {}).get("under", ()))
    except SealBrokenError:
        return ()


def shuts(opener: Opens, entry: Entry) -> tuple[str, ...]:
    """Return whose destroyed keys keep the facts of `entry` shut; the keys of all whom it needs are at hand."""
    return tuple(each for each in told_of(opener, entry) if not _has_key(opener, each))


def _has_key(opener: Opens, person: str) -> bool:
    try:
        opener.open(person, b"", b"")
    except ErasedError:
        return False
    except ValueError:
        return True
    return True


def opened(sealer: Opens, entry: Entry) -> dict[str, dict[str, Any]]:
    """Return `{field: {"salt": base64, "value": …}}` for the fields whose keys all still exist, and are at hand.

    What is left of a field that went with the facts has no `salt`: it can be read, and proves nothing.
    Does not check them against the commitments; `audit.verifying.checks.opened_fault` does.

    Raises:
        SealBrokenError: a sealed blob was changed or exchanged.
    """
    half = half_opened(sealer, entry)
    if not half.shut:
        return half.fields
    try:
        return {**half.fields, **unshut(sealer, entry.event_id, Field.FACTS, half.shut)}
    except ErasedError:
        return half.fields
    except (ValueError, KeyError) as error:
        raise SealBrokenError("the sealed facts of an event were changed") from error


@dataclass(frozen=True, slots=True)
class Half:
    """An event as the key of its person alone opens it.

    `fields` as `opened` gives them where the facts are gone. Where the facts tell of others too, `shut` is what lies
    under the keys of all of `under` besides; else they are among `fields`, and it is empty.
    """

    fields: dict[str, dict[str, Any]] = field(repr=False)
    shut: Mapping[str, Any] = field(repr=False)

    @property
    def under(self) -> tuple[str, ...]:
        """Whose keys open the rest; nobody where there is none."""
        return tuple(self.shut.get("under", ()))


def half_opened(sealer: Opens, entry: Entry) -> Half:
    """Return what the key of its person, which is at hand, opens of `entry`; what else there is stays shut.

    Raises:
        SealBrokenError: a sealed blob was changed or exchanged.
    """
    fields = _all_of(sealer, entry)
    if "under" not in fields.get(Field.FACTS, {}):
        return Half(fields, {})
    return Half(fields, fields.pop(Field.FACTS))


def would_open(sealer: Opens, entry: Entry, half: Half) -> bool:
    """Say whether all keys that the rest of `entry` needs exist still; they are at hand. What it holds is not read.

    Raises:
        SealBrokenError: the rest was changed or exchanged.
    """
    try:
        if half.shut:
            unsealed(sealer, entry.event_id, Field.FACTS, half.shut)
    except ErasedError:
        return False
    except (ValueError, KeyError) as error:
        raise SealBrokenError("the sealed facts of an event were changed") from error
    return True


def opened_but_facts(sealer: Opens, entry: Entry) -> dict[str, dict[str, Any]]:
    """Do as `opened`, for who needs no facts: so the key of its person is enough.

    Raises:
        SealBrokenError: a sealed blob was changed or exchanged.
    """
    fields = _all_of(sealer, entry)
    fields.pop(Field.FACTS, None)
    return fields


def _all_of(sealer: Opens, entry: Entry) -> dict[str, dict[str, Any]]:
    log = _open(sealer, None, entry.sealed_log, associated(entry.event_id, "log"))
    return log | _of_person(sealer, entry)


def _of_person(sealer: Opens, entry: Entry) -> dict[str, dict[str, Any]]:
    if entry.sealed_person is None or entry.person is None:
        return {}
    return _open(sealer, entry.person, entry.sealed_person, associated(entry.event_id, "person"))


def _open(sealer: Opens, person: str | None, sealed: bytes, bound: bytes) -> dict[str, dict[str, Any]]:
    try:
        return unpack(sealer.open(person, sealed, bound))
    except ErasedError:
        return {}
    except ValueError as error:
        raise SealBrokenError("the sealed values of an event were changed") from error


def _bytes(column: ColumnElement[bytes], name: str) -> Label[bytes]:
    # SQLite keeps text in a column of bytes if somebody puts it there, and would then not be read at all.
    return cast(column, LargeBinary).label(name)


def _query() -> Select[Any]:
    key_holder = and_(audit_subject.c.event_id == audit_event.c.event_id, audit_subject.c.holds_key)
    return (
        select(
            audit_leaf.c.seq,
            audit_event.c.id,
            audit_event.c.event_id,
            _bytes(audit_event.c.leaf, "leaf"),
            _bytes(func.coalesce(audit_leaf.c.leaf_hash, audit_event.c.leaf_hash), "leaf_hash"),
            _bytes(audit_event.c.leaf_hash, "kept_hash"),
            _bytes(audit_event.c.sealed_log, "sealed_log"),
            _bytes(audit_event.c.sealed_person, "sealed_person"),
            audit_event.c.request_id,
            audit_subject.c.person,
        )
        .select_from(audit_event)
        .outerjoin(audit_leaf, audit_leaf.c.event_id == audit_event.c.event_id)
        .outerjoin(audit_subject, key_holder)
    )


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        seq=row.seq,
        event_id=row.event_id,
        leaf=row.leaf,
        leaf_hash=row.leaf_hash,
        sealed_log=row.sealed_log,
        sealed_person=row.sealed_person,
        person=row.person,
        kept_hash=row.kept_hash,
        request_id=row.request_id,
        number=row.id,
    )


_PLACED: Final = (
    _query()
    .where(audit_leaf.c.seq >= bindparam("since"), audit_leaf.c.seq < bindparam("until"))
    .order_by(audit_leaf.c.seq)
)
"""Made once: it is asked every second and for every few events."""
_FIRST: Final = _query().where(audit_leaf.c.seq >= bindparam("since")).order_by(audit_leaf.c.seq).limit(1)
