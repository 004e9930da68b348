"""Keeping reviews and reading them back. Nothing here decides who may see or judge one."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.part import part
from audit.review.opening import Opening, acted
from audit.review.rows import GATEWAY
from audit.review.verdicts import FINAL, FollowUp, Given, Verdict
from audit.review.working_days import working_days_after
from audit.told import Told
from consent.keys import KeyService, place
from consent.store.reading import instant
from gateway.committing.commit import Committer
from gateway.ids import as_id
from gateway.reviews.tables import review_closed, review_excluded, review_item, review_taken, review_verdict
from schemas.calendar import midnight

TAKEN_FOR: Final = timedelta(minutes=30)
"""How long an item that somebody took is his alone."""

_A_TAKE_AND_ITS_RENEWAL: Final = 2
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:item))")
_OF_ITEMS: Final = 0x5C8A_4E13


@dataclass(frozen=True, slots=True)
class Item:
    """One review. `organisation` is whose officer judges, or `gateway`."""

    seq: int
    id: str
    event: str
    reason: str
    organisation: str
    due: date
    judges: int
    opened_at: datetime


async def open_item(  # noqa: PLR0913 - what opens it, and what is said beside it, by name
    connection: AsyncConnection,
    committer: Committer,
    event: Told | None,
    opening: Opening,
    *,
    also: frozenset[str] = frozenset(),
    because: Any = None,
) -> str | None:
    """Keep a review with its event `review.opened`, and return its id; None where there is one of that kind already.

    `event` is None where it cannot be read. `also` never judge it, beside those who had a hand in `event`; `because`
    stands in the event. The key of the person of `event` is at hand.
    """
    columns = review_item.c
    same = and_(
        columns.about == opening.about,
        columns.reason == opening.reason,
        columns.organisation == opening.organisation,
    )
    if (await connection.execute(select(columns.id).where(same))).first() is not None:
        return None
    item = str(uuid.uuid4())
    row = {
        "id": item,
        "about": opening.about,
        "event": opening.event,
        "reason": opening.reason,
        "organisation": opening.organisation,
        "due": opening.due,
        "judges": opening.judges,
    }
    await connection.execute(insert(review_item).values(row))
    for each in sorted((frozenset() if event is None else acted(event)) | also):
        who = await mark(committer.facts.keys, item, each)
        await connection.execute(insert(review_excluded).values(item=item, who=who))
    await committer.log.append(connection, _opened(event, opening, item, because))
    return item


async def mark(keys: KeyService, item: str, person: str) -> bytes:
    """Return what stands for somebody at one item, and nowhere else.

    Raises:
        KeyUnavailableError: the key service is down.
    """
    return await keys.hmac(place("review", item, person))


async def item_named(connection: AsyncConnection, item: str) -> Item | None:
    """Return the review with this id, or None."""
    row = (await connection.execute(_query().where(review_item.c.id == as_id(item)))).first()
    return None if row is None else _item(row)


async def open_items(
    connection: AsyncConnection, organisation: str | None, *, after: Item | None = None, limit: int
) -> list[Item]:
    """Return reviews that are not closed, the first due first, behind `after`; of every organisation where None."""
    columns, found = review_item.c, _query().where(is_open())
    if organisation is not None:
        found = found.where(columns.organisation == organisation)
    rows = await connection.execute(_behind(found, after).limit(limit))
    return [_item(row) for row in rows]


async def next_items(
    connection: AsyncConnection, organisation: str, today: date, *, after: Item | None, limit: int
) -> list[Item]:
    """Return reviews that an officer of `organisation` (or `gateway`) is given, the first due first, behind `after`.

    His own organisation's that are not disputed. The gateway's officer is also given what others differ about, what is
    late, and what waits for its second judge on the last working day before it is due.
    """
    columns, given = review_item.c, _final_verdicts()
    found = _query().where(is_open())
    if organisation == GATEWAY:
        second = and_(given > 0, columns.due <= working_days_after(midnight(today), 1))
        is_his = or_(columns.organisation == GATEWAY, is_disputed(), columns.due < today, second)
    else:
        is_his = and_(columns.organisation == organisation, ~is_disputed())
    rows = await connection.execute(_behind(found.where(is_his), after).limit(limit))
    return [_item(row) for row in rows]


def is_disputed() -> Any:
    """Return the condition that as many judged an open review as it asks: they differ."""
    return _final_verdicts() >= review_item.c.judges


def _final_verdicts() -> Any:
    row = review_verdict.c
    found = select(func.count()).where(row.item == review_item.c.id, row.verdict.in_(sorted(FINAL)))
    return found.correlate(review_item).scalar_subquery()


def _behind(found: Select[Any], after: Item | None) -> Select[Any]:
    columns = review_item.c
    if after is not None:
        later = and_(columns.due == after.due, columns.seq > after.seq)
        found = found.where(or_(columns.due > after.due, later))
    return found.order_by(columns.due, columns.seq)


def is_open() -> Any:
    """Return the condition that a review is not closed."""
    return ~exists().where(review_closed.c.item == review_item.c.id)


async def hold(connection: AsyncConnection, item: str) -> None:
    """Hold an item until the end of the transaction: who else judges it waits. On SQLite who writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_LOCK, {"lock": _OF_ITEMS, "item": item})


async def is_excluded(connection: AsyncConnection, item: str, who: bytes) -> bool:
    """Say whether `who` had a hand in what is reviewed."""
    row = review_excluded.c
    return (await connection.execute(select(row.item).where(row.item == item, row.who == who))).first() is not None


async def verdicts(connection: AsyncConnection, items: Iterable[str]) -> dict[str, list[tuple[Given, str]]]:
    """Return for each item what was said of it, oldest first, each with the id of its event."""
    columns = review_verdict.c
    query = select(review_verdict).where(columns.item.in_(list(items))).order_by(columns.item, columns.nth)
    found: dict[str, list[tuple[Given, str]]] = {}
    for row in await connection.execute(query):
        given = Given(row.who, Verdict(row.verdict), FollowUp(row.follow_up), instant(row.at))
        found.setdefault(row.item, []).append((given, row.event))
    return found


async def keep_verdict(connection: AsyncConnection, item: str, nth: int, given: Given, event: str) -> None:
    """Keep a verdict; `at` is the database's clock."""
    row = {"item": item, "nth": nth, "who": given.who, "event": event}
    row |= {"verdict": given.verdict, "follow_up": given.follow_up}
    await connection.execute(insert(review_verdict).values(row))


async def close_item(connection: AsyncConnection, item: str, verdict: Verdict) -> None:
    """Close a review."""
    await connection.execute(insert(review_closed).values(item=item, verdict=verdict))


async def taken(connection: AsyncConnection, items: Sequence[str], at: datetime) -> dict[str, bytes]:
    """Return who holds which of `items` at `at`, by his mark.

    That is who took it, until his time is up or he said what he finds.
    """
    columns = review_taken.c
    query = select(review_taken).where(columns.item.in_(items)).order_by(columns.item, columns.nth)
    newest = {row.item: (row.who, instant(row.at)) for row in await connection.execute(query)}
    said = await verdicts(connection, newest)
    return {
        item: who
        for item, (who, since) in newest.items()
        if since + TAKEN_FOR > at and not any(given.who == who and given.at >= since for given, _ in said.get(item, []))
    }


async def take_item(connection: AsyncConnection, item: str, who: bytes) -> None:
    """Note that `who` holds an item from now on; who took it and took it again has it no longer for a third time."""
    columns = review_taken.c
    rows = await connection.execute(select(columns.who, columns.at).where(columns.item == item).order_by(columns.nth))
    before = [(row.who, instant(row.at)) for row in rows]
    if _was_renewed(before, who):
        return
    nth = len(before) + 1
    await connection.execute(insert(review_taken).values(item=item, nth=nth, who=who))


def _was_renewed(before: Sequence[tuple[bytes, datetime]], who: bytes) -> bool:
    if len(before) < _A_TAKE_AND_ITS_RENEWAL:
        return False
    (first, since), (second, again) = before[-_A_TAKE_AND_ITS_RENEWAL:]
    return first == second == who and again < since + TAKEN_FOR


def _query() -> Select[Any]:
    return select(review_item)


def _item(row: Any) -> Item:
    opened_at = instant(row.opened_at)
    return Item(row.seq, row.id, row.event, row.reason, row.organisation, row.due, row.judges, opened_at)


def shown_person(event: Told, viewer: str) -> str | None:
    """Return whom `event` is about, where the officer of `viewer` may learn that and he has a key still."""
    seen = part(event, viewer) if Field.SUBJECT in event.fields else None
    return None if seen is None else seen.person


def _opened(event: Told | None, opening: Opening, item: str, because: Any) -> Event:
    person = None if event is None else shown_person(event, opening.organisation)
    request_id = None if event is None else event.request_id
    detail = {
        "item": item,
        "event": opening.event,
        "reason": str(opening.reason),
        "due": str(opening.due),
    }
    if because is not None:
        detail["because"] = because
    # The subject always stands there: or that it is lacking would tell of a request that gave nothing.
    fields: dict[Field, object] = {Field.SUBJECT: person, Field.DETAIL: detail}
    if request_id is not None:
        fields[Field.REQUEST] = {"id": request_id}
    return Event(
        kind=Kind.REVIEW_OPENED,
        outcome=EventOutcome.REVIEW,
        organisation="operator" if opening.organisation == "gateway" else opening.organisation,
        person=person,
        # By it the review finds its own event again, where what it is about has no request.
        request_id=request_id or item,
        fields=fields,
    )
