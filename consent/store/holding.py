"""Holding still what is known: the version rows of persons, locked until the caller's transaction ends (F5)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.known.family import Versions
from consent.store.reading import registry_version
from consent.store.statements import HELD_ALONE, HELD_SHARED


async def lock(connection: AsyncConnection, versions: Versions) -> bool:
    """Lock the version rows behind `versions` in share mode until the transaction ends; say whether none moved.

    False also where somebody came into the family or left it. On SQLite the transaction must be one that may write.
    """
    registry = await lock_family(connection, versions)
    return registry is not None and versions.registry in {None, registry}


async def lock_family(connection: AsyncConnection, versions: Versions) -> int | None:
    """Lock as `lock`, and return the registry's version, moved or not; None where the version of a person moved."""
    rows = await _members(connection, HELD_SHARED, [person for person, _ in versions.persons])
    if not versions.persons:
        return await registry_version(connection)
    found = tuple(sorted((row.id, row.version) for row in rows))
    together = {(row.family, row.registry) for row in rows}
    return int(rows[0].registry) if found == versions.persons and len(together) == 1 else None


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
