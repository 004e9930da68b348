"""The store of facts: gathering what is known, holding it still at a commit, and recording what is said.

Nothing here commits: the caller's transaction does, together with its audit event (facts contract, F5).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.entry import Entry
from consent.keys import DataKey, KeyClass, KeyService, place
from consent.known.contradictions import ContradictionError, require_registrable, told_again, told_anew
from consent.known.family import Family, Gathered, Known, Versions
from consent.known.registered import EMPTY, Registered, Row
from consent.known.word import NO_WORD, Word
from consent.naming import OWNER, WITHOUT_ID
from consent.store.appending import (
    Change,
    add_person,
    append,
    append_registered,
    first_row,
    hold_registry,
    later_row,
    lone_key,
    new_id,
    raise_versions,
)
from consent.store.finding import Found, Name, find
from consent.store.reading import instant, read_family, registry_version
from consent.store.remembered import LONGEST, Remembered
from consent.store.statements import GROWN, HELD_ALONE, HELD_SHARED
from consent.store.tables import ID_LENGTH, DatabaseClock, fact
from consent.store.tables import person as table
from consent.store.tables import person_identifier as numbers_of

PERSON_SYSTEM: Final = "urn:schakel:person"
"""The identifier system of internal ids."""

LOG: Final = ""
"""The owner, among the data keys, of the audit log's own key. No person has this id."""


class UnknownPersonError(Exception):
    """The person a fact is about is not known there: answer as to everybody who may not."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as it stands after it was recorded; not yet committed. `entry` is None where it now opens nothing."""

    section: str
    id: str
    person: str
    concerns: frozenset[str]
    version: int
    recorded_at: datetime
    entry: Entry | None


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

    def recall(self, name: Name, found: Found, *, also: frozenset[str] = frozenset()) -> Gathered | None:
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

    async def lock(self, connection: AsyncConnection, versions: Versions) -> bool:
        """Lock the version rows behind `versions` in share mode until the transaction ends; say whether none moved.

        False also where somebody came into the family or left it. On SQLite the transaction must be one that may write.
        """
        rows = await _held(connection, HELD_SHARED, [person for person, _ in versions.persons])
        if not versions.persons:
            return versions.registry in {None, await registry_version(connection)}
        found = tuple(sorted((row.id, row.version) for row in rows))
        together = {(row.family, row.registry) for row in rows}
        return found == versions.persons and len(together) == 1 and rows[0].registry == versions.registry

    async def there(self, connection: AsyncConnection, persons: Sequence[str]) -> list[str]:
        """Return who of `persons` is known still, and nobody is forgotten until the transaction ends.

        Their families are locked in share mode, as by `lock`: an exchange about them waits for nothing.
        """
        rows = await _held(connection, HELD_SHARED, persons)
        return sorted({row.id for row in rows} & set(persons))

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
        await _held(connection, HELD_ALONE, [name])
        return await read_family(connection, self.keys, name)

    async def owner(self, connection: AsyncConnection, section: str, fact_id: str) -> str | None:
        """Return whose fact (`section`, `fact_id`) is, or None where there is no such fact."""
        name = fact_id if _is_storable(fact_id) else ""
        found = select(fact.c.person).where(fact.c.section == section, fact.c.id == name, fact.c.amends.is_(None))
        owner: str | None = (await connection.execute(found)).scalar()
        return owner

    async def record(  # noqa: PLR0913 - what is told, by whom, on whose word: each by name
        self,
        connection: AsyncConnection,
        family: Family,
        section: str,
        told: Mapping[str, Any],
        *,
        recorded_by: Mapping[str, Any],
        word: Word = NO_WORD,
    ) -> Recorded:
        """Append one fact about somebody in `family` and raise the version of everybody it concerns.

        `family` is what `held` gave in this transaction, and serves for one fact. `told` is an entry of a world file;
        an `id` is made where it needs one and has none. `word` says whose word it still needs.

        Raises:
            UnknownPersonError: the person it is about is not in the family.
            WorldError: it is no entry of its section, or names somebody unknown.
            ContradictionError: it does not fit what is known.
        """
        whole = dict(told) if section in WITHOUT_ID else {"id": new_id(), **told}
        owner = _owner(section, whole, family)
        read = told_anew(section, whole, family.known, await self.registry(connection))
        return await _recorded(connection, family, first_row(section, whole, owner, family, word), read, recorded_by)

    async def amend(  # noqa: PLR0913 - as `record`
        self,
        connection: AsyncConnection,
        family: Family,
        changed: Known,
        change: Mapping[str, Any],
        *,
        recorded_by: Mapping[str, Any],
        word: Word | None = None,
    ) -> Recorded:
        """Append a change of `changed`, one of the facts of `family`: its new fields, where null takes one away.

        `word` replaces its word where it is given. `family` is what `held` gave in this transaction; it serves for one.

        Raises:
            WorldError, ContradictionError: as for `record`.
        """
        read = told_again(changed, change, family.known, await self.registry(connection))
        return await _recorded(connection, family, later_row(changed, change, family, word), read, recorded_by)

    async def load_unchecked(
        self,
        connection: AsyncConnection,
        family: Family,
        told: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        recorded_by: Mapping[str, Any],
    ) -> None:
        """Append entries of a world file about members of `family`, unchecked, as if a register had confirmed them.

        For sandbox and demo: `gateway.sandbox.loading` is the only caller (tests/architecture).
        """
        orders = {entry["id"]: ("orders", entry) for section, entry in told if section == "orders"}
        changes = []
        for section, entry in told:
            about = orders.get(entry["order"], (section, entry)) if section == "assignments" else (section, entry)
            changes.append(first_row(section, entry, _owner(*about, family), family))
        if changes:
            await append(connection, family, changes, recorded_by=recorded_by)

    async def register(self, connection: AsyncConnection, told: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Append organisations, professionals and replacements, or changes of them: section and entry, with its `id`.

        Raises:
            WorldError: one is no entry of its section, or names somebody unknown; nothing is stored.
        """
        await hold_registry(connection)
        registry = await self.registry(connection)
        rows = [
            Row(registry.version + n, section, entry["id"], entry) for n, (section, entry) in enumerate(told, start=1)
        ]
        require_registrable(rows, registry)
        await append_registered(connection, rows)

    async def register_person(
        self, connection: AsyncConnection, person: str, *, family: str, identifiers: Mapping[str, str]
    ) -> None:
        """Append a person with his keys, and his number in each system of `identifiers`.

        Raises:
            ContradictionError: the id, or one of the numbers, is somebody's already.
        """
        # Whoever is in the family already is locked and raised: an exchange about them that waits here looks again at
        # the rows it waited for, but not for new ones.
        for member in (await connection.execute(select(table.c.id).where(table.c.family == family).limit(1))).scalars():
            held = await _held(connection, HELD_ALONE, [member])
            await raise_versions(connection, {row.id: row.version + 1 for row in held})
        lookups = {system: (await self.name(system, number)).lookup for system, number in identifiers.items()}
        await _require_new(connection, person, lookups)
        numbers = {system: (lookups[system], number) for system, number in identifiers.items()}
        await add_person(connection, self.keys, person, family, numbers)

    async def log_key(self, connection: AsyncConnection) -> DataKey:
        """Return the key under which the audit log keeps what is no one person's, making it where there is none."""
        return await lone_key(connection, self.keys, LOG, KeyClass.AUDIT)

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
    return Gathered(
        person=found.named if family.members else None,
        # The family may have been read a moment after the clock.
        at=max(found.at, family.read_at),
        facts=family.facts(registry, also),
        versions=Versions(family.members, registry.version),
        identifiers=family.identifiers,
        keys=family.keys,
        decided=family.decided,
        stopped=registry.stopped,
        lone=family.lone,
    )


def _owner(section: str, told: Mapping[str, Any], family: Family) -> str:
    order = family.known.get(("orders", str(told.get("order")))) if section == "assignments" else None
    owner = order.person if order else told.get(OWNER.get(section, ""))
    if not isinstance(owner, str) or owner not in dict(family.members):
        raise UnknownPersonError("the person it is about is not in the family")
    return owner


async def _recorded(
    connection: AsyncConnection, family: Family, change: Change, read: Entry | None, recorded_by: Mapping[str, Any]
) -> Recorded:
    [appended] = await append(connection, family, [change], recorded_by=recorded_by)
    return Recorded(
        section=change.section,
        id=change.id,
        person=change.person,
        concerns=change.concerns,
        version=appended.version,
        recorded_at=appended.recorded_at,
        entry=read,
    )


async def _held(connection: AsyncConnection, statements: Mapping[str, Any], persons: Sequence[str]) -> Sequence[Any]:
    dialect = connection.dialect.name
    ids = list(persons) if dialect == "postgresql" else json.dumps(list(persons))
    return (await connection.execute(statements[dialect], {"ids": ids})).all()


async def _require_new(connection: AsyncConnection, person: str, lookups: Mapping[str, bytes]) -> None:
    if (await connection.execute(select(table.c.id).where(table.c.id == person))).first():
        raise ContradictionError("id", "this id is taken")
    for system, lookup in lookups.items():
        taken = select(numbers_of.c.person).where(numbers_of.c.lookup == lookup)
        if (await connection.execute(taken)).first():
            raise ContradictionError(system, "somebody has this number already")


def _well_formed(text: str) -> str:
    # JSON can spell half a surrogate pair, which no number of a person holds and no UTF-8 can.
    return text.encode("utf-8", "replace").decode()


def _is_storable(name: str) -> bool:
    return 0 < len(name) <= ID_LENGTH and name.isprintable()
