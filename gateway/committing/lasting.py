"""Looking at the clock once more beside a commit: what may be seen now may not when a title ends, or a childhood.

Reading takes its time, and so do sources, and those for whom a commit waits. What ends by the clock alone moves no
version, so nobody else would notice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.facts import Facts
from consent.outlook.turning import next_turn
from consent.store.fact_store import FactStore
from gateway.committing.commit import Beside, OverError

SOON: Final = timedelta(hours=1)
"""What turns within this time is looked at again at the commit; no request lasts as long."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """Says whether what was read stands still. `decided_at` turns the database's clock into that of decisions."""

    store: FactStore
    decided_at: Callable[[datetime], datetime]

    def beside(self, facts: Facts, at: datetime) -> Beside | None:
        """Return what holds the commit of what was read of `facts` at `at` against the clock; None where it need not.

        It raises:
            OverError: something has begun or ended since.
        """
        turn = next_turn(facts, at)
        return partial(self._require_before, turn=turn) if _is_soon(turn, at) else None

    async def stands(self, connection: AsyncConnection, facts: Facts, at: datetime) -> bool:
        """Say whether what was read of `facts` at `at` is read just so now; for who has locked its versions himself."""
        turn = next_turn(facts, at)
        return not _is_soon(turn, at) or await self._is_before(connection, turn)

    async def _require_before(self, connection: AsyncConnection, *, turn: datetime) -> None:
        if not await self._is_before(connection, turn):
            raise OverError

    async def _is_before(self, connection: AsyncConnection, turn: datetime) -> bool:
        return self.decided_at(await self.store.clock(connection)).astimezone(UTC) < turn


def _is_soon(turn: datetime, at: datetime) -> bool:
    return turn - at.astimezone(UTC) <= SOON
