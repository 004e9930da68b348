"""Making the index of the search, behind the log: writing an event costs nothing more for it.

Source: audit log contract, promise 4; `reference/security.md` 2.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.finding.search import forget_terms, keep_terms
from audit.finding.terms import Terms, terms
from audit.told import Told
from consent.keys import KeyClass, KeyService, place
from consent.store.tables import person_key
from gateway.committing.commit import Committer
from gateway.log.following import hold_place

NAME: Final = "search"
_WITH_KEYS: Final = select(person_key.c.person).where(
    person_key.c.person.in_(bindparam("persons", expanding=True)), person_key.c.key_class == KeyClass.AUDIT
)


async def search_key(keys: KeyService) -> bytes:
    """Return the 32 bytes by which terms are keyed: made of the key service's index key, and the same for ever.

    Raises:
        KeyUnavailableError: the key service does not answer.
    """
    return await keys.hmac(place("audit_term"))


@dataclass
class Indexing:
    """The follower that makes the index."""

    name: str = NAME
    _key: bytes | None = None

    async def take(self, connection: AsyncConnection, committer: Committer, events: Sequence[Told]) -> None:
        """Keep the terms of `events`; of who was erased meanwhile none that says anything of him."""
        if self._key is None:
            self._key = await search_key(committer.facts.keys)
        # The place is held by now, and `forget` holds it too: who has his key still will be forgotten after this.
        there = await _with_keys(connection, {each.person for each in events if each.person is not None})
        found = ((each.id, _kept(terms(each), each.person, there)) for each in events)
        await keep_terms(connection, self._key, found)


async def forget(connection: AsyncConnection, person: str) -> None:
    """Delete from the index what was sealed under the key of `person`, in the transaction that destroys his keys.

    Before his rows of `audit_subject` go. It waits for the index where that is being made, and holds it meanwhile.
    """
    await hold_place(connection, NAME)
    await forget_terms(connection, person)


def _kept(found: Terms, person: str | None, there: frozenset[str]) -> Terms:
    return found if person is None or person in there else Terms(found.lasting, ())


async def _with_keys(connection: AsyncConnection, persons: set[str]) -> frozenset[str]:
    if not persons:
        return frozenset()
    return frozenset(await connection.scalars(_WITH_KEYS, {"persons": sorted(persons)}))
