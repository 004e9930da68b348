"""Who comes in as a professional for the first time, registered on the word of his organisation's identity provider.

So he is a professional of it in what he decides, finds and refers, and others can name him: the worker of an order, for
example. In which role he acts, and whether he does still, his provider says anew at each login.

Source: facts contract, *Who* (professional and role).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.store.fact_store import FactStore
from consent.store.reading import instant
from consent.store.recording import register
from consent.store.tables import registry_fact
from schemas.words import Role

EACH_MINUTE: Final = 5
"""How many professionals of one organisation are registered in a minute, by all processes together: so few that one
whose provider names its people anew each day leaves the others their turn."""
ALL_EACH_MINUTE: Final = 20
"""How many of all organisations. A change of the registry has everybody begin anew who reads facts or his own log, and
the third that comes in between ends that: on the day on which thousands come in for the first time they must get
through. Exchanges go on, but for those that ask for who came in. Who comes later has his turn at a later login."""

_MINUTE: Final = timedelta(minutes=1)
_PROFESSIONALS: Final = "professionals"
_IS_FIRST: Final = registry_fact.c.entry.contains('"organisation"')
LATER_ROW: Final = (registry_fact.c.section == _PROFESSIONALS) & ~_IS_FIRST
"""Of a professional who was registered before: it says his role alone."""
_LAST: Final = (
    select(registry_fact.c.entry, registry_fact.c.recorded_at)
    .where(registry_fact.c.section == _PROFESSIONALS, _IS_FIRST)
    .order_by(registry_fact.c.version.desc())
    .limit(ALL_EACH_MINUTE)
)


@dataclass(frozen=True)
class Professionals:
    """The professionals in the registry of `facts`."""

    engine: AsyncEngine
    facts: FactStore

    async def may_come_in(self, name: str, organisation: str) -> bool:
        """Return whether somebody is to be registered: he is not yet, his organisation is, and it is his turn.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
        """
        async with self.engine.connect() as connection:
            registry = await self.facts.registry(connection)
            if name in registry or organisation not in registry:
                return False
            homes = await self._homes_of_this_minute(connection)
        return len(homes) < ALL_EACH_MINUTE and homes.count(organisation) < EACH_MINUTE

    async def register(self, connection: AsyncConnection, name: str, organisation: str, role: Role) -> None:
        """Register a professional in the open transaction; twice, by two processes, is as once."""
        told = {"id": name, "organisation": organisation, "role": str(role)}
        await register(connection, self.facts, [(_PROFESSIONALS, told)])

    async def _homes_of_this_minute(self, connection: AsyncConnection) -> list[str | None]:
        """Return the organisation of each who was registered in the last minute, by the database's clock."""
        now, last = await self.facts.clock(connection), await connection.execute(_LAST)
        recent = [each for each in last if now - instant(each.recorded_at) < _MINUTE]
        return [orjson.loads(each.entry).get("organisation") for each in recent]
