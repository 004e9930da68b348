"""Until when somebody must be kept, and what stands in the way of forgetting him on his own request.

Source: `gateway.erasing.terms`; `reference/law.md` R1.8 (Jeugdwet art. 7.3.9: destroyed within three months of the
request, unless it matters much to another that it is kept, or the law opposes).
"""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.finding.search import instant_of
from audit.tables import audit_leaf, audit_subject
from consent.known.family import Family
from consent.known.rows import Known
from consent.store.reading import instant
from consent.store.tables import fact, person
from gateway.erasing.terms import KEPT
from gateway.holders.opening import NAME as QUESTIONS
from gateway.holders.questions import waiting_about
from gateway.log.following import place_of
from gateway.notices.tables import notice_due, notice_looked
from schemas.calendar import AMSTERDAM, parse_moment


class MustBeKeptError(Exception):
    """He may not be forgotten yet, or not on request; the message says until when, or why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Until which instant a person is kept. None where nothing was ever recorded about him."""

    person: str
    until: datetime | None


async def kept_until(connection: AsyncConnection, who: str) -> datetime | None:
    """Return until when `who` is kept."""
    return await anext((each.until async for each in _kept(connection, who)), None)


async def due(connection: AsyncConnection, now: datetime) -> list[Kept]:
    """Return everybody whose term has ended, the longest ago first. Who was never written about is not among them."""
    found = [each async for each in _kept(connection, None) if each.until is not None and each.until <= now]
    return sorted(found, key=lambda each: (each.until or now, each.person))


async def _kept(connection: AsyncConnection, who: str | None) -> AsyncIterator[Kept]:
    # An event's id begins with its instant (RFC 9562, UUID version 7), so the largest is the newest.
    events = select(audit_subject.c.person, func.max(cast(audit_subject.c.event_id, String)).label("newest"))
    newest_event = events.group_by(audit_subject.c.person).subquery()
    facts = select(fact.c.person, func.max(fact.c.recorded_at).label("newest")).group_by(fact.c.person).subquery()
    told = (
        select(person.c.id, newest_event.c.newest.label("event"), facts.c.newest.label("fact"))
        .outerjoin(newest_event, newest_event.c.person == person.c.id)
        .outerjoin(facts, facts.c.person == person.c.id)
    )
    for row in await connection.execute(told if who is None else told.where(person.c.id == who)):
        instants = [
            *([] if row.event is None else [instant_of(row.event)]),
            *([] if row.fact is None else [instant(row.fact)]),
        ]
        yield Kept(row.id, max(instants) + KEPT if instants else None)


def require_over(until: datetime | None, now: datetime) -> None:
    """Let somebody be forgotten whose term has ended.

    Raises:
        MustBeKeptError: it has not; the message has the day.
    """
    if until is not None and until > now:
        day = until.astimezone(AMSTERDAM).date()
        raise MustBeKeptError(
            f"must be kept until {day.isoformat()} (docs/reference/retention.md); where the person asked to be"
            " forgotten, say when: --on-request DATE"
        )


def require_read(broken: Collection[str], who: str, *, key_broken: bool) -> None:
    """Let somebody be forgotten of whose family all can be read, or all but his own, where an officer answers for that.

    What lies under the key of another may say that the person speaks for him, so nobody answers for that.

    Raises:
        MustBeKeptError: a key of one of the `broken` does not open, and that is not what the officer said.
    """
    if key_broken and who not in broken:
        raise MustBeKeptError("every key of the person opens; leave --key-broken out")
    if who in broken and not key_broken:
        raise MustBeKeptError(
            "a key of the person does not open, so what stands in the way cannot be seen; put the row of `person_key`"
            " or the key file back, or, where no backup has it, see docs/how-to/forget.md for --key-broken"
        )
    if any(each != who for each in broken):
        raise MustBeKeptError(
            "a key of somebody in the family does not open, so for whom the person speaks cannot be seen; put the row"
            " of `person_key` or the key file back, or erase the other first"
        )


def require_asked(asked: date, today: date) -> None:
    """Take the day of the request.

    Raises:
        MustBeKeptError: it has not come yet.
    """
    if asked > today:
        raise MustBeKeptError("the day of the request lies ahead")


async def require_no_exception(connection: AsyncConnection, family: Family, who: str, now: datetime) -> None:
    """Let somebody be forgotten on request whom nothing that we can see opposes.

    Whether more opposes (a complaint, a case in court) the officer weighs, and signs for.

    Raises:
        MustBeKeptError: an order about him is in force, or a holder has to answer about him still, or it may be so.
    """
    if any(is_in_force(each.source, now) for each in family.known.values() if _is_order(each, who)):
        raise MustBeKeptError(
            "a court's order about the person is in force; the law opposes (R1.8): wait until it ends"
        )
    if await _is_unfollowed(connection, who):
        raise MustBeKeptError(
            "what was asked about the person a moment ago may wait for a holder; let the gateway serve a minute, and"
            " try again"
        )
    if await waiting_about(connection, who):
        raise MustBeKeptError("a question about the person waits for a holder; let it be answered first")


async def require_told(connection: AsyncConnection, who: str) -> None:
    """Let nobody be forgotten of whom a withdrawal is still to be told to who relied on it.

    Raises:
        MustBeKeptError: one is.
    """
    looked = exists().where(notice_looked.c.due == notice_due.c.seq)
    waits = select(notice_due.c.seq).where(notice_due.c.person == who, ~looked).limit(1)
    if (await connection.execute(waits)).first() is not None:
        raise MustBeKeptError(
            "who relied on what the person withdrew is still to be told; let the gateway serve a minute, and try again"
        )


async def _is_unfollowed(connection: AsyncConnection, who: str) -> bool:
    """Say whether the log has an event about `who` of which it was not seen yet whether a holder has to decide."""
    place = await place_of(connection, QUESTIONS)
    taken = exists().where(audit_leaf.c.event_id == audit_subject.c.event_id, audit_leaf.c.seq < place)
    return (
        await connection.execute(select(audit_subject.c.event_id).where(audit_subject.c.person == who, ~taken).limit(1))
    ).first() is not None


def _is_order(known: Known, who: str) -> bool:
    return known.section == "orders" and known.person == who


def is_in_force(order: Mapping[str, Any], now: datetime) -> bool:
    """Say whether an order may hold still at `now`: neither its end nor the one that was recorded is reached."""
    ends = [order[each] for each in ("ended_on", "until") if order.get(each) is not None]
    return not any(parse_moment(each) <= now for each in ends)
