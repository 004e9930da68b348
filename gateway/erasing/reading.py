"""What the database says of persons and of tombstones, before and while somebody is erased."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.store.tables import ID_LENGTH
from consent.store.tables import person as person_table
from gateway.erasing.tables import tombstone_done


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
