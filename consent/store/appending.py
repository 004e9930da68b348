"""Appending rows to the tables of facts, sealed, and raising the versions of those whom they concern."""

import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import KEY_BYTES, NONCE_BYTES, DataKey, KeyClass, KeyService, commitment, wrapping_context
from consent.known.family import Family
from consent.known.registered import Row
from consent.known.rows import FactName, Known
from consent.known.word import NO_WORD, WORD, Word
from consent.naming import WITHOUT_ID, names_in
from consent.store.reading import identifier_place, instant
from consent.store.tables import DatabaseClock, fact, person, person_identifier, person_key, registry_fact
from schemas.canonical_json import canonical

FIRST_KEY: Final = 1

LOG: Final = ""
"""The owner, among the data keys, of the audit log's own key. No person has this id."""


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """What one row will say. `concerns` are the members whose version it raises, `person`, who owns it, among them."""

    section: str
    id: str
    person: str
    concerns: frozenset[str]
    told: Mapping[str, Any]
    amends: int | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a row came to stand."""

    version: int
    recorded_at: datetime


def new_id() -> str:
    """Return an id that nobody can guess and that says nothing."""
    return str(uuid.uuid4())


def first_row(section: str, told: Mapping[str, Any], owner: str, family: Family, word: Word = NO_WORD) -> Change:
    """Return the row that says `told`, an entry about `owner`, for the first time."""
    fields = {key: value for key, value in told.items() if key != "id"} | _kept(word)
    fact_id = new_id() if section in WITHOUT_ID else told["id"]
    return Change(section, fact_id, owner, _concerned(section, told, owner, family), fields)


def later_row(changed: Known, change: Mapping[str, Any], family: Family, word: Word | None) -> Change:
    """Return the row that changes some fields of `changed`, or its word; whom it named before it concerns too."""
    concerns = _concerned(changed.section, {**changed.source, **change}, changed.person, family)
    told = change if word is None else {**change, WORD: word.as_json()}
    return Change(changed.section, changed.id, changed.person, concerns, told, amends=changed.version)


def _kept(word: Word) -> dict[str, Any]:
    return {} if word == NO_WORD else {WORD: word.as_json()}


def _concerned(section: str, told: Mapping[str, Any], owner: str, family: Family) -> frozenset[str]:
    return frozenset({owner, *names_in(section, told)}) & {member for member, _ in family.members}


async def append(
    connection: AsyncConnection, family: Family, changes: Sequence[Change], *, recorded_by: Mapping[str, Any]
) -> list[Appended]:
    """Append a row for each of `changes`, in their order. The caller holds the members of `family` locked."""
    before = dict(family.members)
    versions = dict(before)
    rows = []
    for change in changes:
        versions |= {each: versions[each] + 1 for each in change.concerns}
        rows.append(_row(change, versions[change.person], family.keys, canonical(recorded_by)))
    # One by one: only so is the order of `seq` sure to be the order of `changes`.
    recorded = [(await connection.execute(_INSERT_FACT, row)).scalar_one() for row in rows]
    await raise_versions(connection, {each: to for each, to in versions.items() if to != before[each]})
    return [Appended(row["version"], instant(at)) for row, at in zip(rows, recorded, strict=True)]


async def raise_versions(connection: AsyncConnection, versions: Mapping[str, int]) -> None:
    """Set the version of each person, whose row the caller holds locked."""
    await connection.execute(_RAISE, [{"raised": each, "to": to} for each, to in versions.items()])


_INSERT_FACT = insert(fact).returning(fact.c.recorded_at)
_RAISE = update(person).where(person.c.id == bindparam("raised")).values(version=bindparam("to"))


def _row(
    change: Change, version: int, keys: Mapping[tuple[str, KeyClass], DataKey], recorded_by: bytes
) -> dict[str, Any]:
    key = keys[change.person, KeyClass.CONSENT]
    name = FactName(change.person, version, change.section, change.id, change.amends)
    sealed = {
        column: key.seal(plaintext, at=name.place(column), nonce=os.urandom(NONCE_BYTES))
        for column, plaintext in (("entry", canonical(change.told)), ("recorded_by", recorded_by))
    }
    return {**name._asdict(), **sealed, "key_version": key.version}


async def add_person(
    connection: AsyncConnection, keys: KeyService, name: str, family: str, identifiers: Mapping[str, tuple[bytes, str]]
) -> None:
    """Append a person with his data keys and his numbers: by system, the keyed hash and the number itself."""
    await connection.execute(insert(person).values(id=name, family=family, version=0))
    made = {each: await make_key(connection, keys, name, each) for each in (KeyClass.CONSENT, KeyClass.AUDIT)}
    for system, (lookup, number) in identifiers.items():
        sealed = sealed_number(made[KeyClass.CONSENT], system, name, number)
        await connection.execute(
            insert(person_identifier).values(system=system, lookup=lookup, person=name, sealed=sealed)
        )


def sealed_number(key: DataKey, system: str, name: str, number: str) -> bytes:
    """Return the `number` of the person `name` in `system` as it is stored."""
    return key.seal(number.encode(), at=identifier_place(system, name), nonce=os.urandom(NONCE_BYTES))


async def group_of(connection: AsyncConnection, name: str) -> str:
    """Return the family in which the facts of a known person are gathered."""
    group: str = (await connection.execute(select(person.c.family).where(person.c.id == name))).scalar_one()
    return group


async def log_key(connection: AsyncConnection, keys: KeyService) -> DataKey:
    """Return the key under which the audit log keeps what is no one person's, making it where there is none."""
    key_class = KeyClass.AUDIT
    found = select(person_key).where(
        person_key.c.person == LOG, person_key.c.key_class == key_class, person_key.c.version == FIRST_KEY
    )
    row = (await connection.execute(found)).first()
    if row is None:
        await make_key(connection, keys, LOG, key_class)
        # Somebody else may have been first: what stands there counts.
        row = (await connection.execute(found)).one()
    key = await keys.unwrap(row.wrapped, key_class=key_class, context=wrapping_context(LOG, key_class, FIRST_KEY))
    return DataKey.checked(key, person=LOG, key_class=key_class, version=FIRST_KEY, committed=row.commitment)


async def make_key(
    connection: AsyncConnection, keys: KeyService, owner: str, key_class: KeyClass, *, version: int = FIRST_KEY
) -> DataKey:
    """Append a `version` of the key of `owner` and class, unless there is one, and return what was to be appended."""
    key = os.urandom(KEY_BYTES)
    committed = commitment(key)
    wrapped = await keys.wrap(key, key_class=key_class, context=wrapping_context(owner, key_class, version))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"person": owner, "key_class": str(key_class), "version": version, "wrapped": wrapped}
    values = {**row, "commitment": committed, "made_at": DatabaseClock()}
    await connection.execute(dialect.insert(person_key).values(values).on_conflict_do_nothing())
    return DataKey.checked(key, person=owner, key_class=key_class, version=version, committed=committed)


async def append_registered(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Append `rows` to the registry."""
    values = [
        {"version": row.version, "section": row.section, "id": row.id, "entry": canonical(row.entry).decode()}
        for row in rows
    ]
    await connection.execute(insert(registry_fact), values)


async def hold_registry(connection: AsyncConnection) -> None:
    """Keep others from registering until the transaction ends; who reads goes on, and who keeps what rests on it."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE registry_fact IN SHARE ROW EXCLUSIVE MODE"))
