"""Who comes in as a professional for the first time, registered on the word of his organisation's identity provider.

So he is a professional of it in what he decides, finds and refers, and others can name him: the worker of an order, for
example. In which role he acts, and whether he does still, his provider says anew at each login.

Source: facts contract, *Who* (professional and role).
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.store.fact_store import FactStore
from consent.store.recording import register
from schemas.words import Role

EACH_MINUTE: Final = 20
"""How many professionals of one organisation each process registers in a minute. A change of the registry has every
exchange of everybody begin anew, so nobody's provider may press on and on; who comes later has his turn at a later
login."""

_MINUTE: Final = 60


@dataclass
class Professionals:
    """The professionals in the registry of `facts`. `passed` gives seconds that never go back."""

    engine: AsyncEngine
    facts: FactStore
    passed: Callable[[], float] = time.monotonic
    _minute: int = 0
    _registered: Counter[str] = field(default_factory=Counter)

    async def may_come_in(self, name: str, organisation: str) -> bool:
        """Return whether somebody is to be registered: he is not yet, his organisation is, and has not had its share.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
        """
        async with self.engine.connect() as connection:
            registry = await self.facts.registry(connection)
        is_new = name not in registry and organisation in registry
        return is_new and self._this_minute()[organisation] < EACH_MINUTE

    async def register(self, connection: AsyncConnection, name: str, organisation: str, role: Role) -> None:
        """Register a professional in the open transaction; twice, by two processes, is as once."""
        told = {"id": name, "organisation": organisation, "role": str(role)}
        await register(connection, self.facts, [("professionals", told)])
        self._this_minute()[organisation] += 1

    def _this_minute(self) -> Counter[str]:
        """Return how many of each organisation were registered in this minute."""
        minute = int(self.passed()) // _MINUTE
        if minute != self._minute:
            self._minute, self._registered = minute, Counter()
        return self._registered
