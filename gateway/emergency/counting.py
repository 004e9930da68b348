"""How often the emergency procedure is used: a frequency that makes itself known.

Source: `law.md` E.2 (*repeated: suspension and breach process*); `reference/security.md`, threat 33.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.emergency.parts import Part
from gateway.emergency.tables import emergency

WINDOW: Final = timedelta(days=30)
"""Over so long uses are counted."""

LONGEST_LOOK: Final = timedelta(seconds=5)
"""How long a warning may wait for the database."""


@dataclass(frozen=True)
class Frequency:
    """Counts uses; `warned_from` so many by one organisation it warns. `now` is the clock of decisions."""

    engine: AsyncEngine
    now: Callable[[], datetime]
    warned_from: int

    async def by_organisation(self) -> dict[str, int]:
        """Return how many uses each organisation made in the last 30 days; a request to several holders is one.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
        """
        counted = (
            select(emergency.c.organisation, func.count(emergency.c.id.distinct()))
            .where(emergency.c.opened_at >= (self.now() - WINDOW).astimezone(UTC))
            .group_by(emergency.c.organisation)
        )
        async with self.engine.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(counted)}

    async def warnings(self) -> list[str]:
        """Return what officers must know today; empty where all is well. Names nobody: `/readyz` says it to anybody."""
        try:
            async with asyncio.timeout(LONGEST_LOOK.total_seconds()):
                return warnings(await self.by_organisation(), self.warned_from)
        except (SQLAlchemyError, OSError):
            return ["how often the emergency procedure is used cannot be read"]


def warnings(uses: dict[str, int], warned_from: int) -> list[str]:
    """Return a line where an organisation used the procedure `warned_from` times or more in 30 days."""
    often = sum(count >= warned_from for count in uses.values())
    if not often:
        return []
    who = "1 organisation" if often == 1 else f"{often} organisations"
    often_used = f"{who} used the emergency procedure {warned_from} times or more in {WINDOW.days} days"
    return [f"{often_used}; officers see who (`GET /api/v1/emergencies`)"]


def counted(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return how often each organisation, and each worker of it, used the procedure; most uses first."""
    uses = {(each.organisation, each.worker, each.use.id) for each in parts}
    organisations = Counter(organisation for organisation, _, _ in uses)
    workers = Counter((organisation, worker) for organisation, worker, _ in uses)
    return [
        {
            "organisation": organisation,
            "uses": count,
            "workers": [
                {"worker": worker, "uses": theirs}
                for (of, worker), theirs in _most_first(workers)
                if of == organisation
            ],
        }
        for organisation, count in _most_first(organisations)
    ]


def _most_first(counts: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
