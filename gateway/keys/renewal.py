"""Giving persons a new version of their data keys, one after the other, while the gateway serves."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.keys import SealBrokenError
from consent.known.rows import StoreBrokenError
from consent.store.fact_store import FactStore
from consent.store.renewing import renew
from gateway.database.engine import write_transaction


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many persons have new keys, how many keys that are, and of how many what is stored is not what was sealed."""

    persons: int
    keys: int
    broken: int


async def renew_keys(engine: AsyncEngine, facts: FactStore, persons: Sequence[str]) -> Renewed:
    """Give each of `persons` a new version of his keys, each in a transaction of his own.

    Who was erased meanwhile has no key and gets none. May be broken off and done again: who has new keys already gets
    another version, which harms nothing. `engine` may change rows of `person_identifier` (the owner's login).

    Raises:
        SQLAlchemyError, OSError, KeyUnavailableError: the database or the key service does not answer.
    """
    done, keys, broken = 0, 0, 0
    for person in persons:
        try:
            async with write_transaction(engine) as connection:
                family = await facts.held(connection, person)
                made = await renew(connection, facts.keys, family, person)
        except (SealBrokenError, StoreBrokenError):
            broken += 1
            continue
        done, keys = done + (made > 0), keys + made
    return Renewed(done, keys, broken)
