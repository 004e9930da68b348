"""Who logs in for himself, found by the number under which his identity provider knows him."""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.naming import PERSON_SYSTEM
from consent.store.fact_store import FactStore

_STRANGER: Final = "stranger:"


def is_stranger(name: str) -> bool:
    """Return whether `name` is an id that was made for one token, of somebody whose number nobody here has."""
    return name.startswith(_STRANGER)


@dataclass(frozen=True)
class Persons:
    """The persons in `facts`, as a login names them."""

    engine: AsyncEngine
    facts: FactStore

    async def named(self, system: str, value: str) -> str:
        """Return the id here of whom (`system`, `value`) names; an id itself as it is, whether anybody has it or not.

        Of a number that nobody here has, a new id that nobody has: he comes in as a stranger, and hears at every door
        what anybody hears who may not. Made at random, for what is made of a number leads back to it.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
            KeyUnavailableError: the key service is down.
        """
        if system == PERSON_SYSTEM:
            return value
        async with self.engine.connect() as connection:
            found = await self.facts.person(connection, system, value)
        return found or f"{_STRANGER}{secrets.token_hex(16)}"
