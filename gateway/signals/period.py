"""The acts of a period, out of the log: found by what they are, so the cost is theirs and not that of the log."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Field, Kind
from audit.finding.search import Wanted, entries_of, find_every, id_at
from audit.finding.terms import Term, What
from audit.part import WHOLE
from audit.signals.acts import COMPARED, KINDS, Act, act_of
from audit.signals.counting import WINDOWS_BEFORE
from audit.signals.rows import ROWS
from audit.tables import audit_leaf
from gateway.committing.commit import Committer
from gateway.log.following import place_of
from gateway.log.indexing import NAME, search_key
from gateway.log.telling import bring_keys, tell_or_skip
from schemas.calendar import midnight

MOST: Final = 200_000
"""So many events that a rule looks at are read for one look at most, those of the windows before it included."""

LONGEST: Final = timedelta(days=92)
_ROUNDED: Final = timedelta(milliseconds=1)
"""What an event's id may have lost of its instant."""
_BEFORE: Final = WINDOWS_BEFORE * max(rule.window for rule in ROWS)


class PeriodError(ValueError):
    """This period cannot be looked at; the message says what to choose."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, not with, `until`."""

    since: datetime
    until: datetime

    @classmethod
    def of_days(cls, since: date | None, until: date | None, *, now: datetime) -> "Period":
        """Return the period from the first day up to, not with, the other; without them the last week up to now.

        Raises:
            PeriodError: it ends before it begins, or is too long.
        """
        end = now if until is None else midnight(until)
        begin = end - timedelta(days=7) if since is None else midnight(since)
        if begin >= end:
            raise PeriodError("choose a last day after the first")
        if end - begin > LONGEST + timedelta(days=1):
            raise PeriodError(f"choose a period of {LONGEST.days} days at most")
        return cls(begin, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The acts of a period and of the windows before it. `unreadable` events were changed, or lack who acted.

    `before_was_too_much` says that there were too many before it, so that none are here. The first `events` of the log
    were looked through; so many that have a place in it by now are still `behind`.
    """

    acts: list[Act]
    before: list[Act]
    unreadable: int
    before_was_too_much: bool
    events: int
    behind: int


async def acts_in(committer: Committer, period: Period, viewer: str) -> Acts:
    """Return what the officer of `viewer` may see that his people and systems did, in `period` and before it.

    Only what a rule looks at is read, found by the index of the search: what else the log holds costs nothing.

    Raises:
        PeriodError: more of it in the period than is read for one look.
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    key = await search_key(committer.facts.keys)
    async with committer.engine.connect() as connection:
        looking = _Looking(committer, connection, viewer, key, await place_of(connection, NAME))
        placed = (await connection.execute(select(func.max(audit_leaf.c.seq)))).scalar()
        ids = await looking.ids(KINDS, period.since, period.until, most=MOST)
        if ids is None:
            raise PeriodError(f"these are more than {MOST} events; choose a shorter period")
        earlier = await looking.ids(COMPARED, period.since - _BEFORE, period.since, most=MOST - len(ids))
        acts, unreadable = await looking.acts(ids, period.since, period.until)
        before, lost = await looking.acts(earlier or (), period.since - _BEFORE, period.since, who_only=True)
    return Acts(
        acts=acts,
        before=before,
        unreadable=unreadable + lost,
        before_was_too_much=earlier is None,
        events=looking.size,
        behind=0 if placed is None else max(0, placed + 1 - looking.size),
    )


@dataclass(frozen=True, slots=True)
class _Looking:
    """One look through the first `size` events of the log, with the `key` of the index."""

    committer: Committer
    connection: AsyncConnection
    viewer: str
    key: bytes
    size: int

    async def ids(self, kinds: Iterable[Kind], since: datetime, until: datetime, *, most: int) -> list[str] | None:
        """Return the ids of events of these kinds from `since` up to `until`; None where there are more than `most`.

        By the terms of the gateway's own officer: they say nothing of a person, so erasing one takes none away.
        """
        whose = () if self.viewer == WHOLE else (Term(WHOLE, What.ORGANISATION, self.viewer),)
        found: list[str] = []
        for kind in sorted(kinds):
            wanted = Wanted(
                terms=tuple(term.keyed(self.key) for term in (Term(WHOLE, What.KIND, kind), *whose)),
                person=None,
                size=self.size,
                since=id_at(since - _ROUNDED),
                before=id_at(until),
            )
            async for each in find_every(self.connection, wanted):
                found.append(each)
                if len(found) > most:
                    return None
        return found

    async def acts(
        self, ids: Iterable[str], since: datetime, until: datetime, *, who_only: bool = False
    ) -> tuple[list[Act], int]:
        """Return the acts that events are, and how many of these could not be read.

        Where `who_only`, what is sealed under a person's key stays closed: who acted is not.
        """
        acts: list[Act] = []
        unreadable = 0
        async for page in entries_of(self.connection, ids):
            found = [replace(each, sealed_person=None) for each in page] if who_only else page
            unfit = await bring_keys(self.committer, self.connection, [each for each in found if each.sealed_person])
            for told in (tell_or_skip(self.committer, each, unfit) for each in found):
                if told is None:  # of when it is, only its id still says
                    unreadable += 1
                    continue
                act = act_of(told, self.viewer)
                if not since <= told.at < until:
                    continue
                if act is not None:
                    acts.append(act)
                unreadable += Field.ACTOR not in told.fields
        return acts, unreadable
