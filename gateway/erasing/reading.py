"""What the database says of persons and of tombstones, before and while somebody is erased."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.keys import KeyService
from consent.known.rows import Known
from consent.store.tables import ID_LENGTH, fact
from consent.store.tables import person as person_table
from gateway.erasing.pseudonym import pseudonym_of, pseudonym_of_fact
from gateway.erasing.tables import tombstone_done


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a line of the journal names: a person, or one fact of his, by section and id."""

    person: str
    fact: tuple[str, str] | None = None

    def has(self, known: Known) -> bool:
        """Say whether `known` is a fact of that person, and this one where one is named."""
        return known.person == self.person and self.fact in {None, (known.section, known.id)}


async def persons_named(connection: AsyncConnection, keys: KeyService, pseudonyms: Collection[str]) -> dict[str, Whom]:
    """Return who of those known here has one of `pseudonyms`, by pseudonym; the others are nobody's here."""
    found: dict[str, Whom] = {}
    if pseudonyms:
        for person in (await connection.execute(select(person_table.c.id))).scalars().all():
            if (pseudonym := await pseudonym_of(keys, person)) in pseudonyms:
                found[pseudonym] = Whom(person)
    return found


async def facts_named(
    connection: AsyncConnection, keys: KeyService, pseudonyms: Collection[str], sections: Collection[str]
) -> dict[str, Whom]:
    """Return which facts of `sections` have one of `pseudonyms`, as `persons_named`."""
    found: dict[str, Whom] = {}
    columns = fact.c
    if pseudonyms:
        query = select(columns.person, columns.section, columns.id).where(
            columns.amends.is_(None), columns.section.in_(sections)
        )
        for person, section, name in (await connection.execute(query)).all():
            if (pseudonym := await pseudonym_of_fact(keys, section, name)) in pseudonyms:
                found[pseudonym] = Whom(person, (section, name))
    return found


async def is_known(engine: AsyncEngine, person: str) -> bool:
    """Say whether somebody has the internal id `person`."""
    if not 0 < len(person) <= ID_LENGTH or not person.isprintable():
        return False
    async with engine.connect() as connection:
        return (
            await connection.execute(select(person_table.c.id).where(person_table.c.id == person))
        ).first() is not None


async def carried_out(engine: AsyncEngine) -> list[tuple[int, bytes]]:
    """Return which lines of the journal the database carried out, with their digests, in order."""
    columns = tombstone_done.c
    async with engine.connect() as connection:
        rows = await connection.execute(select(columns.seq, columns.digest).order_by(columns.seq))
        return [(row.seq, bytes(row.digest)) for row in rows]


async def is_done(connection: AsyncConnection, seq: int) -> bool:
    """Say whether line `seq` of the journal is carried out."""
    return (
        await connection.execute(select(tombstone_done.c.seq).where(tombstone_done.c.seq == seq))
    ).first() is not None


async def hold(connection: AsyncConnection, person: str) -> bool:
    """Lock the family of `person`, in the order in which everybody does; say whether he is still in it."""
    own = person_table.alias()
    family = select(own.c.family).where(own.c.id == person).scalar_subquery()
    held = select(person_table.c.id).where(person_table.c.family == family).order_by(person_table.c.id)
    return person in (await connection.execute(held.with_for_update())).scalars().all()
