"""The store of facts: what is known about persons, gathered as it stands now. Nothing here writes."""

import asyncio
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import KeyService, place
from consent.known.family import Family, Gathered, Versions
from consent.known.registered import EMPTY, Registered, Row
from consent.naming import PERSON_SYSTEM
from consent.store.finding import Found, Name, find
from consent.store.holding import hold
from consent.store.reading import instant, read_family
from consent.store.remembered import LONGEST, Remembered
from consent.store.statements import GROWN
from consent.store.tables import ID_LENGTH, DatabaseClock, fact


class FactStore:
    """What is known about persons, and the registry beside it. One for each process and database."""

    def __init__(self, keys: KeyService, *, recent: Remembered[Any, Family] | None = None) -> None:
        """Take the service that guards the keys, and the memory for families read a moment ago."""
        self.keys = keys
        self._recent: Remembered[Any, Family] = Remembered() if recent is None else recent
        self._registered = EMPTY
        self._sweeping = False

    async def gather(
        self, connection: AsyncConnection, system: str, value: str, *, also: frozenset[str] = frozenset()
    ) -> Gathered:
        """Return the facts about the family of the person whom (`system`, `value`) names, as they stand now.

        `also` names organisations and professionals that belong in the facts though no fact names them; who is unknown
        is left out. One read where the same was gathered in the last minute and nothing changed, else two, and just
        the same where nobody is named. Inside a transaction nothing is remembered, since that may be rolled back.

        Raises:
            KeyUnavailableError: the key service is down.
            SealBrokenError, StoreBrokenError: what is stored cannot be trusted.
        """
        name = await self.name(system, value)
        found = await find(connection, name)
        family = await self._family(connection, name, found)
        return _gathered(found, family, await self._registry(connection, found.registry), also)

    def recall(self, name: Name, found: Found, *, also: frozenset[str]) -> Gathered | None:
        """Return what `gather` would, or None where it must be read. `found` must have been read after the request."""
        family = self._recent.get((name, found.members))
        if family is None or found.registry != self._registered.version:
            return None
        return _gathered(found, family, self._registered, also)

    async def name(self, system: str, value: str) -> Name:
        """Return the name under which (`system`, `value`) is found.

        Raises:
            KeyUnavailableError: the key service is down.
        """
        # The keyed hash is made for an internal id too, and for who is unknown: the same work for all.
        lookup = await self.keys.hmac(place("person_identifier", _well_formed(system), _well_formed(value)))
        if system != PERSON_SYSTEM:
            return Name(lookup, "")
        return Name(b"", value if _is_storable(value) else "")

    async def person(self, connection: AsyncConnection, system: str, value: str) -> str | None:
        """Return the internal id of whom (`system`, `value`) names, or None, after the same read, of nobody.

        Raises:
            KeyUnavailableError: the key service is down.
        """
        return (await find(connection, await self.name(system, value))).named

    async def registry(self, connection: AsyncConnection) -> Registered:
        """Return the registry as it stands now."""
        return await self._registry(connection, None)

    async def clock(self, connection: AsyncConnection) -> datetime:
        """Return the database's clock: the one in which facts become known."""
        return instant((await connection.execute(select(DatabaseClock()))).scalar_one())

    async def held(self, connection: AsyncConnection, person: str) -> Family:
        """Return all that is known of the family of `person` (an internal id), facts that decide nothing included.

        Everybody in it is locked until the transaction ends: nobody else records about them meanwhile, and what relied
        on them has been committed. The empty family, after the same reads, where nobody has this id.

        Raises:
            KeyUnavailableError, SealBrokenError, StoreBrokenError: as for `gather`.
        """
        name = person if _is_storable(person) else ""
        await hold(connection, name)
        return await read_family(connection, self.keys, name)

    async def owner(self, connection: AsyncConnection, section: str, fact_id: str) -> str | None:
        """Return whose fact (`section`, `fact_id`) is, or None where there is no such fact."""
        name = fact_id if _is_storable(fact_id) else ""
        found = select(fact.c.person).where(fact.c.section == section, fact.c.id == name, fact.c.amends.is_(None))
        owner: str | None = (await connection.execute(found)).scalar()
        return owner

    async def _family(self, connection: AsyncConnection, name: Name, found: Found) -> Family:
        # INVARIANT: what is remembered is found by the exact versions of all members, read a moment ago, so whatever
        # was committed since is never overlooked. By the name too, so that no lookup is faster for a relative's.
        if connection.in_transaction():
            return await read_family(connection, self.keys, found.named or "")
        family = self._recent.get((name, found.members))
        if family is None:
            family = await read_family(connection, self.keys, found.named or "")
            self._recent.keep((name, family.members), family)
            self._sweep_later()
        return family

    def _sweep_later(self) -> None:
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(LONGEST.total_seconds(), self._sweep)

    def _sweep(self) -> None:
        self._sweeping = False
        if self._recent.forget_old():
            self._sweep_later()

    async def _registry(self, connection: AsyncConnection, version: int | None) -> Registered:
        registered = self._registered
        if version == registered.version:
            return registered
        rows = await GROWN.rows(connection, version=registered.version)
        if rows:
            registered = registered.grown(Row(each[0], each[1], each[2], orjson.loads(each[3])) for each in rows)
            # What a transaction sees may be its own and never be committed.
            if not connection.in_transaction() and registered.version > self._registered.version:
                self._registered = registered
        return registered


def _gathered(found: Found, family: Family, registry: Registered, also: frozenset[str]) -> Gathered:
    facts, footing = family.facts_and_footing(registry, also)
    return Gathered(
        person=found.named if family.members else None,
        # The family may have been read a moment after the clock.
        at=max(found.at, family.read_at),
        facts=facts,
        versions=Versions(family.members, registry.version),
        footing=footing,
        identifiers=family.identifiers,
        keys=family.keys,
        decided=family.decided,
        lone=family.lone,
    )


def _well_formed(text: str) -> str:
    # JSON can spell half a surrogate pair, which no number of a person holds and no UTF-8 can.
    return text.encode("utf-8", "replace").decode()


def _is_storable(name: str) -> bool:
    return 0 < len(name) <= ID_LENGTH and name.isprintable()
