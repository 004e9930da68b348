"""Holding still what is known: the version rows of persons, locked until the caller's transaction ends (F5)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.known.family import Versions
from consent.store.reading import registry_version
from consent.store.statements import HELD_ALONE, HELD_SHARED

# What rests on the registry's version takes the first of these (`gateway.committing.keeping` by a row that is not
# there), and who ends something for everybody the second. One row that every exchange locks would be everybody's
# bottleneck, and a mode that conflicts with reading would wait for a backup, and all others for that.
_BESIDE_OTHERS: Final = text("LOCK TABLE registry_fact IN ROW SHARE MODE")
_ALONE: Final = text("LOCK TABLE registry_fact IN EXCLUSIVE MODE")


async def lock(connection: AsyncConnection, versions: Versions) -> bool:
    """Lock the version rows behind `versions` in share mode until the transaction ends; say whether none moved.

    False also where somebody came into the family or left it. On SQLite the transaction must be one that may write.
    Who has the registry alone (`alone_with_the_registry`) waits for this transaction, or this one saw what he changed.
    """
    registry = await lock_family(connection, versions)
    return registry is not None and versions.registry in {None, registry}


async def lock_family(connection: AsyncConnection, versions: Versions) -> int | None:
    """Lock as `lock`, and return the registry's version, moved or not; None where the version of a person moved."""
    rows = await _members(connection, HELD_SHARED, [person for person, _ in versions.persons])
    await beside_others(connection)
    registry = await registry_version(connection)
    if not versions.persons:
        return registry
    found = tuple(sorted((row.id, row.version) for row in rows))
    return registry if found == versions.persons and len({row.family for row in rows}) == 1 else None


async def beside_others(connection: AsyncConnection) -> None:
    """Have who wants the registry alone wait until the transaction ends, or wait for him and see what he changed.

    INVARIANT: it is the last thing that a transaction waits for; else two could wait for each other.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_BESIDE_OTHERS)


async def alone_with_the_registry(connection: AsyncConnection) -> None:
    """Have the registry of facts until the transaction ends; what was decided before is held against it then.

    Whoever looked at its version for an event has committed when this is granted, and whoever comes later sees the
    change: nothing leaves after that was acknowledged. Who only reads goes on, a backup too.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_ALONE)


async def there(connection: AsyncConnection, persons: Sequence[str]) -> list[str]:
    """Return who of `persons` is known still, and nobody is forgotten until the transaction ends.

    Their families are locked in share mode, as by `lock`: an exchange about them waits for nothing.
    """
    rows = await _members(connection, HELD_SHARED, persons)
    return sorted({row.id for row in rows} & set(persons))


async def hold(connection: AsyncConnection, person: str) -> Sequence[Any]:
    """Lock everybody in the family of `person` until the transaction ends, and return their version rows.

    Nobody else records about them meanwhile, and what relied on them has been committed.
    Empty where nobody has this id.
    """
    return await _members(connection, HELD_ALONE, [person])


async def _members(connection: AsyncConnection, statements: Mapping[str, Any], persons: Sequence[str]) -> Sequence[Any]:
    dialect = connection.dialect.name
    ids = list(persons) if dialect == "postgresql" else json.dumps(list(persons))
    return (await connection.execute(statements[dialect], {"ids": ids})).all()
