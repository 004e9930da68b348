"""Finding events: by lists that each lie in the order of time, looked through side by side, the newest first.

A round reads the next few ids of every list. The list that reaches furthest back with them is the thinnest there: its
ids are the only ones that can be in all, so they are looked up in the others, and the next round begins behind them.
So the work is bounded by the rarest list, whichever that is at each time, and by the page: never by the log.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, insert, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.entry import Entry
from audit.finding.table import audit_term
from audit.finding.terms import TERM_BYTES, Terms
from audit.read import events_named
from audit.tables import audit_leaf, audit_subject

FIRST: Final = str(UUID(int=0))
"""Before every event's id."""
LAST: Final = str(UUID(int=2**128 - 1))
"""Behind every event's id."""
_FEWEST: Final = 64
_MOST: Final = 512
_OPEN_AT_ONCE: Final = 100
"""Whoever opens them has the keys of all whom they tell of at hand."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_TIME_BITS: Final = 80
"""The bits of an id behind its milliseconds (RFC 9562 section 5.7)."""
_KEEP: Final = text(f"""\
INSERT INTO audit_term (term, event_id, personal)
SELECT substring(found.terms FROM {TERM_BYTES} * n + 1 FOR {TERM_BYTES}), found.event_id, found.personal
FROM unnest(CAST(:terms AS bytea[]), CAST(:events AS uuid[]), CAST(:personal AS boolean[]))
  AS found (terms, event_id, personal), generate_series(0, length(found.terms) / {TERM_BYTES} - 1) AS n""")  # noqa: S608 - own text
"""`terms` has the terms of an event one behind another: a list of each term with its event costs the driver more than
all else that is done with it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: events that all of `terms` (keyed, 16 bytes) find, and about `person` if one is named.

    Of those with a place below `size` in the tree, from the id `since` on, before the id `before`. Events that are only
    also about him, and tell of another, are among them where it is `also_about`.
    """

    terms: tuple[bytes, ...]
    person: str | None
    size: int
    since: str = FIRST
    before: str = LAST
    also_about: bool = False


def id_at(moment: datetime) -> str:
    """Return what stands before the id of every event built at `moment` or later, and behind that of the earlier.

    An event's id may have lost the last millisecond in rounding, so look from one earlier, and then at its instant.
    """
    milliseconds = (moment - _EPOCH) // _MILLISECOND
    return str(UUID(int=max(0, milliseconds) << _TIME_BITS))


def instant_of(event_id: str) -> datetime:
    """Return the instant that the id of an event begins with, to the millisecond; with dashes or without.

    Raises:
        ValueError, OverflowError: it is no such id.
    """
    return _EPOCH + (UUID(event_id).int >> _TIME_BITS) * _MILLISECOND


async def find(connection: AsyncConnection, wanted: Wanted, *, most: int) -> list[str]:
    """Return the ids of the newest `most` events that are `wanted`, the newest first."""
    found: list[str] = []
    async for each in find_every(connection, wanted, at_once=most):
        found.append(each)
        if len(found) == most:
            break
    return found


async def find_every(connection: AsyncConnection, wanted: Wanted, *, at_once: int = _MOST) -> AsyncIterator[str]:
    """Yield the ids of all events that are `wanted`, the newest first; `at_once` are read at first."""
    before, count = wanted.before, max(_FEWEST, min(at_once, _MOST))
    while True:
        led, lists = await _next(connection, wanted, before, count)
        ids = lists[led]
        for other in range(len(lists)):
            if other != led and ids:
                ids = await _also_in(connection, wanted, other, ids)
        for each in await _placed(connection, ids, wanted.size):
            yield each
        if len(lists[led]) < count:
            return
        before, count = lists[led][-1], _MOST


async def entries_of(connection: AsyncConnection, ids: Iterable[str]) -> AsyncIterator[list[Entry]]:
    """Yield the events with these ids in their order, some at once."""
    wanted = list(ids)
    for some in (wanted[start : start + _OPEN_AT_ONCE] for start in range(0, len(wanted), _OPEN_AT_ONCE)):
        known = {each.event_id: each for each in await events_named(connection, some)}
        yield [known[each] for each in some if each in known]


async def keep_terms(connection: AsyncConnection, key: bytes, found: Iterable[tuple[str, Terms]]) -> None:
    """Insert the terms of events, each with its id, keyed."""
    rows = [
        (b"".join([term.kept(key) for term in kept]), event_id, personal)
        for event_id, each in found
        for personal, kept in ((False, each.lasting), (True, each.personal))
        if kept
    ]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        columns = zip(("terms", "events", "personal"), zip(*rows, strict=True), strict=True)
        await connection.execute(_KEEP, {name: list(values) for name, values in columns})
        return
    await connection.execute(
        insert(audit_term),
        [
            {"term": joined[n : n + TERM_BYTES], "event_id": event_id, "personal": personal}
            for joined, event_id, personal in rows
            for n in range(0, len(joined), TERM_BYTES)
        ],
    )


async def forget_terms(connection: AsyncConnection, person: str) -> None:
    """Delete what finds events by something that was sealed under the key of `person`.

    Before the rows of `audit_subject` are deleted: they tell which events these are.
    """
    sealed = select(audit_subject.c.event_id).where(audit_subject.c.person == person, audit_subject.c.holds_key)
    await connection.execute(delete(audit_term).where(audit_term.c.personal, audit_term.c.event_id.in_(sealed)))


async def _next(
    connection: AsyncConnection, wanted: Wanted, before: str, count: int
) -> tuple[int, dict[int, list[str]]]:
    """Return the next ids of every list, and which of them reaches furthest back with them."""
    parts = [
        _ids(wanted, number)
        .where(column < before, column >= wanted.since)
        .order_by(column.desc())
        .limit(count)
        .subquery()
        for number, column in enumerate(_columns(wanted))
    ]
    together = union_all(*(select(literal(n).label("n"), part.c.event_id) for n, part in enumerate(parts)))
    lists: dict[int, list[str]] = {number: [] for number in range(len(parts))}
    for row in await connection.execute(together):
        lists[row.n].append(row.event_id)
    for each in lists.values():
        each.sort(reverse=True)  # a union keeps no order
    return _thinnest(lists, count), lists


def _thinnest(lists: Mapping[int, Sequence[str]], count: int) -> int:
    """Return which list reaches furthest back: the shortest of those that ended, else the one with the oldest id."""
    ended = [number for number, ids in lists.items() if len(ids) < count]
    if ended:
        return min(ended, key=lambda number: len(lists[number]))
    return min(lists, key=lambda number: lists[number][-1])


async def _also_in(connection: AsyncConnection, wanted: Wanted, number: int, ids: Sequence[str]) -> list[str]:
    column = _columns(wanted)[number]
    there = {row.event_id for row in await connection.execute(_ids(wanted, number).where(column.in_(ids)))}
    return [each for each in ids if each in there]


async def _placed(connection: AsyncConnection, ids: Sequence[str], size: int) -> list[str]:
    if not ids:
        return []
    placed = select(audit_leaf.c.event_id).where(audit_leaf.c.event_id.in_(ids), audit_leaf.c.seq < size)
    there = {row.event_id for row in await connection.execute(placed)}
    return [each for each in ids if each in there]


def _columns(wanted: Wanted) -> list[ColumnElement[str]]:
    by_person: list[ColumnElement[Any]] = [] if wanted.person is None else [audit_subject.c.event_id]
    return [*(audit_term.c.event_id for _ in wanted.terms), *by_person]


def _ids(wanted: Wanted, number: int) -> Select[tuple[str]]:
    if number == len(wanted.terms):
        about = select(audit_subject.c.event_id).where(audit_subject.c.person == wanted.person)
        return about if wanted.also_about else about.where(audit_subject.c.holds_key)
    return select(audit_term.c.event_id).where(audit_term.c.term == wanted.terms[number])
