"""B4: what a whole exchange costs with a million consents in the database, against a thousand.

One family is asked about. The others stand beside it as the same rows under other names: of the right size and in every
index, but nobody could open them, and nobody asks. So this measures the depth of tables and indexes, and the plans that
PostgreSQL makes of them; not a disk that must be read first.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from sqlalchemy import text

from benchmarks.family import CONSENTS, PLANNER
from benchmarks.load import load
from benchmarks.measuring import Cost, cost_of, figures
from benchmarks.processes import Server
from benchmarks.questions import log_in
from benchmarks.stage import Stage
from gateway.database.engine import create_engine, write_transaction

FLOOR: Final = 1.2
"""The most that an exchange may cost more, in time of the processors and in the middle answer's."""
_OK: Final = 200
_AT_ONCE: Final = 1000
"""Families that are added in one transaction."""

_SERIES: Final = {
    "postgresql": "generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS series(n)",
    "sqlite": "(WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n < :last) SELECT n FROM s) "
    "AS series",
}
_COPIES: Final = (
    """
    INSERT INTO person (id, family, version)
    SELECT id || '-' || n, family || '-' || n, version FROM person, {series} WHERE family = :family""",
    """
    INSERT INTO person_key (person, key_class, version, wrapped, commitment)
    SELECT k.person || '-' || n, k.key_class, k.version, k.wrapped, k.commitment
    FROM person_key k JOIN person p ON p.id = k.person, {series} WHERE p.family = :family""",
    """
    INSERT INTO fact (person, version, section, id, amends, recorded_at, key_version, recorded_by, entry)
    SELECT f.person || '-' || n, f.version, f.section, f.id || '-' || n, f.amends, f.recorded_at, f.key_version,
      f.recorded_by, f.entry
    FROM fact f JOIN person p ON p.id = f.person, {series} WHERE p.family = :family ORDER BY n, f.seq""",
)


@dataclass(frozen=True, slots=True)
class Growth:
    """How many consents the small and the large database hold, and how they are compared."""

    few: int = 1_000
    many: int = 1_000_000
    rounds: int = 5
    requests: int = 600


async def fill(stage: Stage, consents: int) -> None:
    """Add families until the database of `stage` holds `consents`."""
    engine = create_engine(stage.database_url)
    series = _SERIES[engine.dialect.name]
    families = consents // CONSENTS - 1
    try:
        async with engine.connect() as connection:
            family = (await connection.execute(text("SELECT family FROM person LIMIT 1"))).scalar_one()
        for first in range(1, families + 1, _AT_ONCE):
            last = min(first + _AT_ONCE - 1, families)
            async with write_transaction(engine) as connection:
                for copy in _COPIES:
                    told = {"first": first, "last": last, "family": family}
                    await connection.execute(text(copy.format(series=series)), told)
        async with engine.connect() as connection:
            # As a database that grew over years has had it long ago, and must not have it while it is measured.
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
    finally:
        await engine.dispose()


async def grown(on: Callable[[str], AbstractContextManager[Stage]], growth: Growth) -> AsyncIterator[dict[str, Any]]:
    """Yield the line of B4. `on` opens a stage on a kind of database, `postgresql` or `sqlite`."""
    told = {}
    for kind in ("postgresql", "sqlite"):
        with _pair(on, kind) as (few, many):
            await fill(few, growth.few)
            await fill(many, growth.many)
            told[kind] = await _compared(few, many, growth)
    found = told["postgresql"]
    ratio = max(found["cpu_ratio"], found["p50_ratio"])
    yield {
        "benchmark": "B4",
        "ratio": ratio,
        "floor": FLOOR,
        "goal": FLOOR,
        "ok": ratio <= FLOOR,
        "consents": [growth.few, growth.many],
        **told,
    }


@contextmanager
def _pair(on: Callable[[str], AbstractContextManager[Stage]], kind: str) -> Iterator[tuple[Stage, Stage]]:
    with on(kind) as few, on(kind) as many:
        yield few, many


async def _compared(few: Stage, many: Stage, growth: Growth) -> dict[str, Any]:
    costs: tuple[list[Cost], list[Cost]] = ([], [])
    with few.gateway() as small, many.gateway() as large:
        sides = ((few, small, costs[0]), (many, large, costs[1]))
        for stage, server, _ in sides:
            await load(server.port, await _requests(stage, server, growth.requests), status=_OK)
        for number in range(growth.rounds):
            # Who goes first changes, so that neither always finds the machine warm.
            for stage, server, found in sides if number % 2 else reversed(sides):
                found.append(await cost_of(stage, server, await _requests(stage, server, growth.requests), status=_OK))
    return {
        "cpu_ratio": _ratio(*costs, of=lambda cost: cost.cpu + cost.database_cpu),
        "p50_ratio": _ratio(*costs, of=lambda cost: cost.measured.milliseconds(0.50)),
        "few": figures(costs[0]),
        "many": figures(costs[1]),
    }


async def _requests(stage: Stage, server: Server, count: int) -> list[bytes]:
    return (await log_in(stage.credentials_for(server), PLANNER)).requests(count)


def _ratio(few: Sequence[Cost], many: Sequence[Cost], *, of: Callable[[Cost], float]) -> float:
    return round(median(of(large) / of(small) for small, large in zip(few, many, strict=True)), 2)
