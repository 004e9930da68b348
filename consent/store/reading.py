"""Reading everything about one family from the database, and opening it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import DataKey, KeyClass, KeyService, KeyUnavailableError, SealBrokenError, place, wrapping_context
from consent.known.family import Family
from consent.known.registered import EMPTY, Registered, Row
from consent.known.rows import FactName, SealedFact, known_of, opened
from consent.store.statements import GROWN, READ, REGISTRY
from consent.store.tables import person_key


async def read_family(connection: AsyncConnection, keys: KeyService, person: str) -> Family:
    """Return what is known of the family of `person` (an internal id); of nobody, an empty family.

    Raises:
        KeyUnavailableError: the key service is down.
        SealBrokenError, StoreBrokenError: what is stored cannot be trusted.
    """
    return await _family(keys, await READ.rows(connection, person=person))


async def read_what_opens(connection: AsyncConnection, keys: KeyService, person: str) -> tuple[Family, frozenset[str]]:
    """Return the family of `person` without what is of members of whom a key does not open, and who these are.

    To erase by, where nobody can put the key back; never to decide on.

    Raises:
        SealBrokenError, StoreBrokenError: anything else that is stored cannot be trusted.
    """
    rows = await READ.rows(connection, person=person)
    broken = {row[1] for row in rows if row[0] == "key" and not await _opens(keys, row)}
    left = [row for row in rows if row[0] in {"clock", "person"} or row[1] not in broken]
    return await _family(keys, left), frozenset(broken)


async def _opens(keys: KeyService, row: Sequence[Any]) -> bool:
    try:
        await _key(keys, row)
    except (SealBrokenError, KeyUnavailableError, ValueError, TypeError):
        return False  # the last two: a class that is none, and text where SQLite should hold bytes
    return True


async def _family(keys: KeyService, found_rows: Sequence[Sequence[Any]]) -> Family:
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in found_rows:
        rows[row[0]].append(row)
    found = {(key.person, key.key_class, key.version): key for key in [await _key(keys, row) for row in rows["key"]]}
    newest = _newest(found.values())
    told = opened([_fact(row) for row in rows["fact"]], found)
    return Family(
        # No fact became known later than this, should the clock have been set back since too.
        read_at=instant(max(row[10] for row in found_rows if row[10] is not None)),
        members=tuple(sorted((row[1], row[5]) for row in rows["person"])),
        known=known_of(told),
        identifiers=_identifiers(rows["identifier"], newest),
        keys=newest,
        told=told,
    )


async def read_audit_key(connection: AsyncConnection, keys: KeyService, person: str) -> DataKey | None:
    """Return the key under which events about `person` are sealed, or None where it was destroyed.

    Raises:
        KeyUnavailableError: the key service is down.
        SealBrokenError: the key was exchanged.
    """
    return (await read_audit_keys(connection, keys, [person])).get(person)


async def read_audit_keys(connection: AsyncConnection, keys: KeyService, persons: Sequence[str]) -> dict[str, DataKey]:
    """Return of each of `persons` the newest key under which events about him are sealed; none of who was erased.

    Each opens what lies under an earlier version too. Reads nothing else, so that an event can be opened where the
    facts cannot.

    Raises:
        KeyUnavailableError: the key service is down.
        SealBrokenError: a key was exchanged.
    """
    columns = person_key.c
    theirs = select(columns.person, columns.version, columns.wrapped, columns.commitment).where(
        columns.person.in_(persons), columns.key_class == KeyClass.AUDIT
    )
    found = [
        await _unwrapped(keys, row.person, KeyClass.AUDIT, row.version, row.wrapped, row.commitment)
        for row in await connection.execute(theirs)
    ]
    return {person: key for (person, _), key in _newest(found).items()}


async def read_registry(connection: AsyncConnection, version: int) -> Registered:
    """Return the registry as it stood at `version`."""
    rows = await GROWN.rows(connection, version=EMPTY.version)
    return EMPTY.grown(Row(each[0], each[1], each[2], orjson.loads(each[3])) for each in rows if each[0] <= version)


async def registry_version(connection: AsyncConnection) -> int:
    """Return the registry's version, as the transaction sees it.

    It is looked at at a commit about who is unknown too: else whoever can move it would learn, by having to ask again,
    who is known.
    """
    [[version]] = await REGISTRY.rows(connection)
    return int(version)


def identifier_place(system: str, person: str) -> bytes:
    """Return what binds the sealed number of `person` in `system` to its row."""
    return place("person_identifier", system, person)


def instant(value: datetime | str) -> datetime:
    """Return an instant as the driver gave it, in UTC; SQLite keeps text without an offset."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _newest(found: Iterable[DataKey]) -> dict[tuple[str, KeyClass], DataKey]:
    versions: defaultdict[tuple[str, KeyClass], list[DataKey]] = defaultdict(list)
    for key in found:
        versions[key.person, key.key_class].append(key)
    return {each: DataKey.newest(those) for each, those in versions.items()}


async def _key(keys: KeyService, row: Sequence[Any]) -> DataKey:
    _, person, name, _, _, version, _, _, wrapped, committed, _ = row
    return await _unwrapped(keys, person, KeyClass(name), version, wrapped, committed)


async def _unwrapped(  # noqa: PLR0913, PLR0917 - the columns of `person_key`, in their order
    keys: KeyService, person: str, key_class: KeyClass, version: int, wrapped: bytes, committed: bytes
) -> DataKey:
    key = await keys.unwrap(wrapped, key_class=key_class, context=wrapping_context(person, key_class, version))
    return DataKey.checked(key, person=person, key_class=key_class, version=version, committed=committed)


def _fact(row: Sequence[Any]) -> SealedFact:
    _, person, section, fact_id, seq, version, amends, key_version, sealed, _, at = row
    name = FactName(person, version, section, fact_id, amends)
    return SealedFact(seq, name, key_version, sealed, instant(at))


def _identifiers(
    rows: Sequence[Sequence[Any]], keys: Mapping[tuple[str, KeyClass], DataKey]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        person, system, sealed = row[1], row[2], row[8]
        value = keys[person, KeyClass.CONSENT].open(sealed, at=identifier_place(system, person))
        found.setdefault(system, {})[person] = value.decode()
    return found
