"""The officer's search: what a breach report costs in a log with a million events, and what ten thousand would cost.

One account looked at a thousand persons. Its events are written, sealed and indexed as a gateway does; those of
everybody else stand beside them under the terms by which the gateway's own officer finds them.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any, Final

import orjson

from audit.events import Event, Field
from audit.finding.search import find
from audit.finding.terms import terms
from audit.part import WHOLE
from audit.told import Told
from benchmarks.log import Logged, settle
from benchmarks.stage import Stage
from consent.keys import KeyClass
from consent.store.appending import add_person
from consent.store.reading import read_audit_keys
from gateway.database.engine import write_transaction
from gateway.log.following import Following, place_of
from gateway.log.indexing import NAME, Indexing, search_key
from gateway.log.question import read_question
from gateway.log.reports.breach import Breaches, read_breach
from gateway.log.searching import Searching

SECONDS: Final = 2.0
GROWTH: Final = 1.5
"""The most that the same answer may cost more among a hundred times as many events; the machine's own noise in it."""
PERSONS: Final = 1_000
"""Whom the account looked at, twice each; fewer in a log so short that they would be most of it."""
_SHARE: Final = 20
_ACCOUNT: Final = "the-stolen-account"
COLUMNS: Final = ("event_id", "leaf", "leaf_hash", "sealed_log", "sealed_person")
_AT_ONCE: Final = 500
_PAGES: Final = 20
_PAGE: Final = 50

_TERMS: Final = """\
INSERT INTO audit_term (term, event_id, personal)
SELECT t.term, e.event_id, false FROM audit_event AS e, unnest($1::bytea[]) AS t (term)
ORDER BY t.term, e.event_id ON CONFLICT DO NOTHING"""
_PLACE: Final = """\
INSERT INTO log_follower (name, next) SELECT $1, coalesce(max(seq) + 1, 0) FROM audit_leaf
ON CONFLICT (name) DO UPDATE SET next = excluded.next"""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one answer took: seconds, and seconds of the processors, of which another's work takes none."""

    seconds: float
    cpu: float


async def searches(sides: tuple[Logged, Logged], stage: Stage, events: int, rounds: int) -> list[dict[str, Any]]:
    """Return the lines of the search in a short and a long log: of the report, and how it and a page grow with it."""
    few, many = sides
    persons = min(PERSONS, events // _SHARE)
    for logged in (few, many):
        await _index_the_others(logged)
        await _look_around(logged, persons)
    reports: tuple[list[_Taken], list[_Taken]] = ([], [])
    pages: tuple[list[_Taken], list[_Taken]] = ([], [])
    for number in range(rounds):
        # Who goes first changes, so that neither always finds the machine warm.
        for side in (0, 1) if number % 2 else (1, 0):
            reports[side].append(await _taken(stage, partial(_report, sides[side], persons)))
            pages[side].append(await _taken(stage, partial(_pages, sides[side], min(persons, _PAGE))))
    seconds = median(each.seconds for each in reports[1])
    page = median(each.seconds for each in pages[1]) / _PAGES
    return [
        _line("breach", SECONDS, round(seconds, 3), unit="s", persons=persons),
        _line("breach-grown", GROWTH, _ratio(*reports), events=events),
        _line("search-grown", GROWTH, _ratio(*pages), page_ms=round(page * 1000, 2)),
    ]


async def _taken(stage: Stage, work: Callable[[], Awaitable[None]]) -> _Taken:
    began, cpu = time.perf_counter(), time.process_time() + stage.database_cpu()
    await work()
    return _Taken(time.perf_counter() - began, time.process_time() + stage.database_cpu() - cpu)


def _line(name: str, floor: float, found: float, **more: Any) -> dict[str, Any]:
    return {"benchmark": name, "ratio": found, "floor": floor, "goal": floor, "ok": found <= floor, **more}


def _ratio(few: list[_Taken], many: list[_Taken]) -> float:
    return round(median(large.cpu for large in many) / median(small.cpu for small in few), 2)


async def _index_the_others(logged: Logged) -> None:
    """Have everybody else's events found by the terms of the benchmarks' event, all but the person's."""
    event = logged.event()
    key = await search_key(logged.committer.facts.keys)
    found = terms(_told(event))
    keyed = [each.keyed(key) for each in sorted({*found.lasting, *found.personal}) if each.viewer == WHOLE]
    await logged.pool.execute(_TERMS, keyed, timeout=None)
    await logged.pool.execute(_PLACE, NAME)
    await logged.pool.execute("VACUUM ANALYZE audit_term")


def _told(event: Event) -> Told:
    return Told(
        seq=0,
        id="",
        at=datetime.now(UTC),
        kind=event.kind,
        outcome=event.outcome,
        organisation=event.organisation,
        counterparties=tuple(sorted(event.counterparties)),
        rule_set=event.rule_set,
        request_id=event.request_id,
        person=event.person,
        fields=event.fields,
    )


async def _look_around(logged: Logged, count: int) -> None:
    """Have the account see `count` persons twice each, and index what it saw."""
    persons = [f"seen-{number}" for number in range(count)]
    async with write_transaction(logged.committer.engine) as connection:
        for each in persons:
            await add_person(connection, logged.committer.facts.keys, each, each, {})
    looked = [*persons, *persons]
    for first in range(0, len(looked), _AT_ONCE):
        await _keep(logged, looked[first : first + _AT_ONCE])
    await settle(logged)
    await logged.pool.execute("VACUUM ANALYZE audit_event, audit_leaf, audit_subject")
    await Following(logged.committer, (Indexing(),)).catch_up()
    await logged.pool.execute("VACUUM ANALYZE audit_term")


async def _keep(logged: Logged, persons: list[str]) -> None:
    committer = logged.committer
    async with committer.engine.connect() as connection:
        keys = await read_audit_keys(connection, committer.facts.keys, sorted(set(persons)))
    committer.sealer.know([(each, 0) for each in persons], {(each, KeyClass.AUDIT): keys[each] for each in keys})
    event = logged.event()
    actor = {**event.fields[Field.ACTOR], "id": _ACCOUNT}  # type: ignore[dict-item] # a JSON object
    built = [
        committer.log.build(replace(event, person=each, fields={**event.fields, Field.ACTOR: actor}))
        for each in persons
    ]
    rows = [(one.event_id, one.leaf, one.leaf_hash, one.sealed_log, one.sealed_person) for one in built]
    await logged.pool.copy_records_to_table("audit_event", records=rows, columns=COLUMNS)
    about = [(person, one.event_id, True) for person, one in zip(persons, built, strict=True)]
    await logged.pool.copy_records_to_table("audit_subject", records=about)


async def _report(logged: Logged, persons: int) -> None:
    """Make the report; raise where it is not the right one."""
    report = await Breaches(Searching(logged.committer)).report(WHOLE, read_breach({"account": _ACCOUNT}))
    end = orjson.loads(report.content.splitlines()[-1])
    if (end["persons"], end["events"]) != (persons, 2 * persons):
        raise RuntimeError(f"the report is wrong: {end}")


async def _pages(logged: Logged, expected: int) -> None:
    """Look up a page of a free combination some times: what the account saw, for a purpose, and how that ended."""
    searching = Searching(logged.committer)
    question = read_question({"actor": _ACCOUNT, "purpose": "coordinate-plan", "outcome": "permit", "basis": "LB-01"})
    key = await searching.key()
    for _ in range(_PAGES):
        async with searching.opened() as connection:
            size = await place_of(connection, NAME)
            ids = await find(connection, searching.wanted(question, WHOLE, None, key, size), most=question.limit)
        if len(ids) < expected:
            raise RuntimeError(f"the page is wrong: {len(ids)} events")
