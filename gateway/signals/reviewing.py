"""Opening a review of a signal: from then on, and on record, the officer knows whom it is about."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Kind
from audit.read import events_named
from audit.review.opening import acted
from audit.signals.rule import Hit
from audit.store import AuditUnavailableError
from audit.told import Told
from gateway.committing.calls import Call
from gateway.committing.commit import Committer
from gateway.committing.once import Deed, done_before, done_once, unless_broken
from gateway.identity.caller import Caller
from gateway.log.reading import acted_event, tried_event
from gateway.log.telling import bring_keys, tell_or_fail
from gateway.reviews.opener import open_by_hand
from gateway.signals.access import require
from gateway.signals.desk import Sight, seen_in
from gateway.signals.period import Period
from schemas.calendar import local_day, written
from schemas.canonical_json import canonical

_LABEL: Final = "schakel-signal-v1"


class NoSuchSignalError(Exception):
    """The rules do not see this in that period, or not any more; look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Which signal is meant: `account` is the pseudonym, None for a team.

    `first` is the instant of its first event as the signal tells it, None for the newest of them.
    """

    rule: str
    organisation: str
    account: str | None
    period: Period
    first: str | None = None


@dataclass(frozen=True)
class Reviewing:
    """Opens reviews of signals."""

    committer: Committer

    async def open(self, caller: Caller, call: Call, signal: Signal) -> bytes:
        """Open a review of `signal`, shown by its newest event, and return its id and whom it is about, as bytes.

        Nobody who had a hand in any of its events judges it, nor who opens it. The id is None where there is a review
        of this signal already: of this rule, about this account or team, from the same day on. Where the key was used
        before, the answer is that of the first time, whatever the rules see by now.

        Raises:
            NotAllowedError: no officer, or not of this organisation; that he tried is in the log.
            NoSuchSignalError: there is no such signal.
            PeriodError: the period is too long for one look.
            IdempotencyConflictError: the key was used for something else.
            AuditUnavailableError: the log cannot be read or written now.
        """
        detail: dict[str, Any] = {
            "signals": "review",
            "rule": signal.rule,
            "organisation": signal.organisation,
            "account": signal.account,
        }
        tried = tried_event(caller, call.request_id, Kind.LOG_UNMASKED, detail)
        viewer = await require(self.committer, caller, tried, signal.organisation)
        self.committer.health.require_whole()
        with unless_broken("this cannot be recorded now"):
            before = await done_before(self.committer, caller, call)
            return before or await self._opened(caller, call, signal, viewer, detail)

    async def _opened(
        self, caller: Caller, call: Call, signal: Signal, viewer: str, detail: Mapping[str, Any]
    ) -> bytes:
        sight = await seen_in(self.committer, signal.period, viewer)
        hit = _found(sight, signal)
        async with self.committer.engine.connect() as connection:
            events = await _opened(self.committer, connection, hit.events)

        async def act(connection: AsyncConnection) -> Deed:
            review = await self._open(connection, caller, signal, hit, events)
            said = {**detail, "review": review, "events": list(hit.events)}
            event = self.committer.log.build(acted_event(caller, call.request_id, Kind.LOG_UNMASKED, said))
            return Deed(event, {"review": review, "account": None if hit.account is None else _whom(sight, hit)})

        return await done_once(self.committer, caller, call, act)

    async def _open(
        self, connection: AsyncConnection, caller: Caller, signal: Signal, hit: Hit, events: list[Told]
    ) -> str | None:
        return await open_by_hand(
            connection,
            self.committer,
            events[-1],
            organisation=hit.organisation,
            by=caller.id,
            because=_because(hit, signal.period),
            excluded=frozenset[str]().union(*(acted(each) for each in events)),
            about=_name(hit),
        )


def _found(sight: Sight, signal: Signal) -> Hit:
    named = (signal.rule, signal.organisation, signal.account)
    for hit in reversed(sight.seen.hits):
        is_it = signal.first is None or signal.first == written(hit.first)
        if is_it and (hit.rule.number, hit.organisation, hit.account) == named:
            return hit
    raise NoSuchSignalError


def _name(hit: Hit) -> str:
    """Return by what a review of `hit` is found again, though more events came to it: 64 characters."""
    what = [_LABEL, hit.rule.number, hit.organisation, hit.account, str(local_day(hit.first))]
    return hashlib.sha256(canonical(what)).hexdigest()


def _because(hit: Hit, period: Period) -> Mapping[str, Any]:
    """Return what the rule saw, for who judges it; names nobody."""
    return {
        "rule": hit.rule.number,
        "title": {"nl": hit.rule.title.nl, "en": hit.rule.title.en},
        "count": hit.count,
        "normal": hit.normal,
        "since": written(period.since),
        "until": written(period.until),
        "events": list(hit.events),
    }


def _whom(sight: Sight, hit: Hit) -> Mapping[str, str | None]:
    act = sight.acts[hit.events[-1]]
    return {"form": act.form, "id": act.account, "role": act.role}


async def _opened(committer: Committer, connection: AsyncConnection, ids: tuple[str, ...]) -> list[Told]:
    entries = {each.event_id: each for each in await events_named(connection, ids)}
    if entries.keys() < set(ids):
        raise AuditUnavailableError("the log lost an event that it just had")
    unfit = await bring_keys(committer, connection, entries.values())
    return [tell_or_fail(committer, entries[each], unfit) for each in ids]
