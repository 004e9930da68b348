"""The log: an append against a bare insert of the same row, alone and together (B5), and how far behind the tree is.

Both sides use as many connections to the same PostgreSQL, and 32 callers. Ours builds and seals each event, and
the sequencer runs beside it, as in a gateway; the bare side only inserts rows that were built before.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from statistics import median
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped] # the driver has no types

from audit.events import Event, EventOutcome, Field, Kind
from audit.prepared import Prepared
from audit.sequence import Waiting, waiting
from audit.sequencer import Sequencer
from benchmarks.anchors import POOL, plain_url
from benchmarks.family import CHILD, family_file
from benchmarks.stage import Stage
from consent.known.family import Versions
from consent.naming import PERSON_SYSTEM
from gateway.commands.log import log_of
from gateway.committing.commit import Committer
from gateway.committing.placing import SEQUENCE_EVERY
from gateway.database.together import Together
from gateway.sandbox.running import Options, sandbox_settings

CALLERS: Final = 32
FLOOR: Final = 0.6
GOAL_ALONE: Final = 0.9
GOAL_TOGETHER: Final = 0.75
LAG_FLOOR: Final = 1.0
"""Seconds, the most that an event may wait for its place while this goes on."""

_TABLE: Final = """\
CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, event_id uuid NOT NULL UNIQUE, leaf bytea NOT NULL,
  leaf_hash bytea NOT NULL, sealed_log bytea NOT NULL, sealed_person bytea, request_id text)"""
_COLUMNS: Final = "event_id, leaf, leaf_hash, sealed_log, sealed_person, request_id"
_ONE: Final = f"INSERT INTO bare ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"  # noqa: S608 - own text
_MANY: Final = f"""\
INSERT INTO bare ({_COLUMNS})
SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[])"""  # noqa: S608 - own

Row = tuple[str, bytes, bytes, bytes, bytes | None, str | None]


@dataclass
class Behind:
    """How long the event that waits first has waited, the most that was seen. Seconds."""

    most: float = 0.0
    seen: list[float] = field(default_factory=list)

    def look(self, first: Waiting | None) -> None:
        """Take what the sequencer saw after a round."""
        behind = 0.0 if first is None else time.time() - first.built_at
        self.seen.append(behind)
        self.most = max(self.most, behind)


@dataclass(frozen=True)
class Logged:
    """A log with the family of the benchmarks, its sequencer at work, and a bare table beside it."""

    committer: Committer
    versions: Versions
    pool: Any
    behind: Behind
    sequencing: "asyncio.Task[None]"

    def event(self) -> Event:
        """Return an event as an exchange writes it."""
        return Event(
            kind=Kind.EXCHANGE_DISCLOSED,
            outcome=EventOutcome.PERMIT,
            organisation="team-oost",
            counterparties=frozenset({"de-haven", "de-vliet"}),
            rule_set="2026-11",
            person=CHILD,
            request_id="00000000-0000-4000-8000-000000000000",
            fields=_FIELDS,
        )

    async def bring_keys(self) -> None:
        """Have the child's key at hand: it is kept for some minutes only."""
        await self.committer.gather(PERSON_SYSTEM, CHILD, also=frozenset())

    def rows(self, count: int) -> list[Row]:
        """Return the rows of events that nobody kept."""
        return [_row(self.committer.log.build(self.event())) for _ in range(count)]


@asynccontextmanager
async def logged_on(stage: Stage) -> AsyncIterator[Logged]:
    """Open the log of `stage`, which stands on PostgreSQL, as a gateway does; its sequencer works until the end."""
    settings = sandbox_settings(stage.folder, "http://127.0.0.1", Options(database_url=stage.database_url))
    async with (
        log_of(settings) as committer,
        asyncpg.create_pool(plain_url(stage.database_url), min_size=POOL, max_size=POOL) as pool,
    ):
        await pool.execute(_TABLE)
        gathered = await committer.gather(PERSON_SYSTEM, CHILD, also=frozenset())
        behind, stop = Behind(), asyncio.Event()
        sequencer = Sequencer(committer.engine, committer.log, SEQUENCE_EVERY, _fail, behind.look)
        working = asyncio.create_task(sequencer.run(stop))
        try:
            yield Logged(committer, gathered.versions, pool, behind, working)
        finally:
            stop.set()
            await working


async def logs(stage: Stage, rounds: int, appends: int) -> AsyncIterator[dict[str, Any]]:
    """Yield the lines of an append alone and of appends together."""
    async with logged_on(stage) as logged:
        alone, together = _Pair(), _Pair()
        for number in range(rounds):
            # Who goes first changes, so that neither always finds the machine warm.
            for side in (0, 1) if number % 2 else (1, 0):
                await logged.bring_keys()
                await _alone(logged, side, appends, alone)
                await logged.bring_keys()
                await _together(logged, side, appends * 2, together)
        yield alone.line("append", GOAL_ALONE)
        yield together.line("B5", GOAL_TOGETHER)
        yield {
            "benchmark": "lag",
            "ratio": round(logged.behind.most, 3),
            "floor": LAG_FLOOR,
            "goal": LAG_FLOOR,
            "ok": logged.behind.most <= LAG_FLOOR,
            "middle_s": round(median(logged.behind.seen), 3),
        }


@dataclass
class _Pair:
    """Rates in each round: the bare side's and ours."""

    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)

    def line(self, name: str, goal: float) -> dict[str, Any]:
        ratios = [ours / bare for bare, ours in zip(self.bare, self.ours, strict=True)]
        return {
            "benchmark": name,
            "ratio": round(median(ratios), 3),
            "floor": FLOOR,
            "goal": goal,
            "ok": median(ratios) >= FLOOR,
            "per_second": round(median(self.ours)),
            "bare_per_second": round(median(self.bare)),
            "rounds": [round(each, 3) for each in ratios],
        }


async def _alone(logged: Logged, side: int, count: int, found: _Pair) -> None:
    if side == 0:
        rows = logged.rows(count)
        found.bare.append(await rate([partial(logged.pool.execute, _ONE, *row) for row in rows]))
        return
    found.ours.append(await rate([lambda: logged.committer.keep(logged.event())] * count))
    await settle(logged)


async def _together(logged: Logged, side: int, count: int, found: _Pair) -> None:
    if side == 0:
        group = Together(_Bare(logged.pool).keep)
        found.bare.append(await rate([partial(group.ask, row) for row in logged.rows(count)]))
        return

    async def kept() -> None:
        committer = logged.committer
        if await committer.commit(committer.prepare(logged.event()), logged.versions) is None:
            raise RuntimeError("the facts moved, and nobody moves them here")

    found.ours.append(await rate([kept] * count))
    await settle(logged)


@dataclass(frozen=True)
class _Bare:
    pool: Any

    async def keep(self, rows: Sequence[Row]) -> list[None]:
        await self.pool.execute(_MANY, *(list(column) for column in zip(*rows, strict=True)))
        return [None] * len(rows)


async def rate(work: Sequence[Callable[[], Awaitable[Any]]]) -> float:
    """Return how much of `work` is done in a second by `CALLERS` who each take the next."""
    left = iter(work)

    async def call() -> None:
        for each in left:
            await each()

    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return len(work) / (time.perf_counter() - began)


async def settle(logged: Logged) -> None:
    """Wait until every event has its place, so that the next side does not pay for this one.

    Raises:
        What ended the sequencer: nobody gives events their place any more.
    """
    while True:
        if logged.sequencing.done():
            logged.sequencing.result()
        async with logged.committer.engine.connect() as connection:
            if await waiting(connection) == 0:
                return
        await asyncio.sleep(SEQUENCE_EVERY.total_seconds())


def _row(prepared: Prepared) -> Row:
    return (
        prepared.event_id,
        prepared.leaf,
        prepared.leaf_hash,
        prepared.sealed_log,
        prepared.sealed_person,
        prepared.request_id,
    )


def _fail(error: Exception) -> None:
    raise error


_FIELDS: Final[dict[Field, object]] = {
    Field.ACTOR: {"form": "professional", "id": "nora", "organisation": "team-oost", "role": "youth-professional"},
    Field.SUBJECT: CHILD,
    Field.PURPOSE: "coordinate-plan",
    Field.CATEGORIES: ["goals", "appointments", "professionals", "school", "help-status"],
    Field.ELEMENTS: [
        {
            "id": f"element-{n}",
            "holder": "de-haven",
            "category": "goals",
            "result": "release",
            "basis": "LB-01",
            "reason": None,
        }
        for n in range(20)
    ],
    Field.FACTS: family_file(date(2026, 3, 2)),
    Field.ANSWER: "ab" * 32,
    Field.REQUEST: {"id": "00000000-0000-4000-8000-000000000000"},
}
