"""Recording what is said: facts about persons, persons themselves, and the registry beside them.

Nothing here commits: the caller's transaction does, together with its audit event (facts contract, F5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.known.contradictions import ContradictionError, require_amendable, require_recordable, require_registrable
from consent.known.family import Family
from consent.known.registered import Row
from consent.known.rows import Known
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
    new_id,
    raise_versions,
)
from consent.store.fact_store import FactStore
from consent.store.holding import hold
from consent.store.tables import person as table
from consent.store.tables import person_identifier as numbers_of


class UnknownPersonError(Exception):
    """The person a fact is about is not known there: answer as to everybody who may not."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as it was recorded; not yet committed."""

    section: str
    id: str
    person: str
    concerns: frozenset[str]
    version: int
    recorded_at: datetime


async def record(  # noqa: PLR0913 - what is told, by whom, on whose word: each by name
    connection: AsyncConnection,
    facts: FactStore,
    family: Family,
    section: str,
    told: Mapping[str, Any],
    *,
    recorded_by: Mapping[str, Any],
    word: Word = NO_WORD,
) -> Recorded:
    """Append one fact about somebody in `family` and raise the version of everybody it concerns.

    `family` is what `FactStore.held` gave in this transaction, and serves for one fact. `told` is an entry of a world
    file; an `id` is made where it needs one and has none. `word` says whose word it still needs.

    Raises:
        UnknownPersonError: the person it is about is not in the family.
        WorldError: it is no entry of its section, or names somebody unknown.
        ContradictionError: it does not fit what is known.
    """
    whole = dict(told) if section in WITHOUT_ID else {"id": new_id(), **told}
    owner = _owner(section, whole, family)
    require_recordable(section, whole, family.known, await facts.registry(connection), word)
    return await _recorded(connection, family, first_row(section, whole, owner, family, word), recorded_by)


async def amend(  # noqa: PLR0913 - as `record`
    connection: AsyncConnection,
    facts: FactStore,
    family: Family,
    changed: Known,
    change: Mapping[str, Any],
    *,
    recorded_by: Mapping[str, Any],
    word: Word | None = None,
) -> Recorded:
    """Append a change of `changed`, one of the facts of `family`: its new fields, where null takes one away.

    `family` is what `FactStore.held` gave in this transaction; it serves for one. `word` replaces its word where given.

    Raises:
        WorldError, ContradictionError: as for `record`.
    """
    require_amendable(changed, change, family.known, await facts.registry(connection), word)
    return await _recorded(connection, family, later_row(changed, change, family, word), recorded_by)


async def load_unchecked(
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


async def register(
    connection: AsyncConnection, facts: FactStore, told: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Append organisations, professionals and replacements, or changes of them: section and entry, with its `id`.

    Raises:
        WorldError: one is no entry of its section, or names somebody unknown; nothing is stored.
    """
    await hold_registry(connection)
    registry = await facts.registry(connection)
    rows = [Row(registry.version + n, section, entry["id"], entry) for n, (section, entry) in enumerate(told, start=1)]
    require_registrable(rows, registry)
    await append_registered(connection, rows)


async def register_person(
    connection: AsyncConnection, facts: FactStore, person: str, *, family: str, identifiers: Mapping[str, str]
) -> None:
    """Append a person with his keys, and his number in each system of `identifiers`.

    Raises:
        ContradictionError: the id, or one of the numbers, is somebody's already.
    """
    # Whoever is in the family already is locked and raised: an exchange about them that waits here looks again at
    # the rows it waited for, but not for new ones.
    for member in (await connection.execute(select(table.c.id).where(table.c.family == family).limit(1))).scalars():
        held = await hold(connection, member)
        await raise_versions(connection, {row.id: row.version + 1 for row in held})
    lookups = {system: (await facts.name(system, number)).lookup for system, number in identifiers.items()}
    await _require_new(connection, person, lookups)
    numbers = {system: (lookups[system], number) for system, number in identifiers.items()}
    await add_person(connection, facts.keys, person, family, numbers)


def _owner(section: str, told: Mapping[str, Any], family: Family) -> str:
    order = family.known.get(("orders", str(told.get("order")))) if section == "assignments" else None
    owner = order.person if order else told.get(OWNER.get(section, ""))
    if not isinstance(owner, str) or owner not in dict(family.members):
        raise UnknownPersonError("the person it is about is not in the family")
    return owner


async def _recorded(
    connection: AsyncConnection, family: Family, change: Change, recorded_by: Mapping[str, Any]
) -> Recorded:
    [appended] = await append(connection, family, [change], recorded_by=recorded_by)
    return Recorded(
        section=change.section,
        id=change.id,
        person=change.person,
        concerns=change.concerns,
        version=appended.version,
        recorded_at=appended.recorded_at,
    )


async def _require_new(connection: AsyncConnection, person: str, lookups: Mapping[str, bytes]) -> None:
    if (await connection.execute(select(table.c.id).where(table.c.id == person))).first():
        raise ContradictionError("id", "this id is taken")
    for system, lookup in lookups.items():
        taken = select(numbers_of.c.person).where(numbers_of.c.lookup == lookup)
        if (await connection.execute(taken)).first():
            raise ContradictionError(system, "somebody has this number already")
