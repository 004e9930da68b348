"""Who recorded each fact of a family, and when: asked for only where somebody confirms, ends or looks.

An exchange never needs it, so it is no part of what is read for one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import String, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import DataKey, KeyClass, KeyService, wrapping_context
from consent.known.rows import FactName
from consent.store.reading import instant
from consent.store.tables import fact, person, person_key


@dataclass(frozen=True, slots=True, repr=False)
class Recorder:
    """Who recorded one row, as the event of that act has it under `actor`, and when it became known."""

    who: Mapping[str, Any]
    recorded_at: datetime


Recorders = Mapping[tuple[str, int], Recorder]
"""By the person and version of a row."""

_GATEWAY: Final = {"form": "operator", "id": "operator", "organisation": "operator"}
"""Who recorded what was taken back again after a restore: the rows of before say an operator and why, and no form."""

_own = person.alias("own")
_READ: Final = (
    select(
        fact.c.person,
        fact.c.version,
        fact.c.section,
        fact.c.id,
        fact.c.amends,
        fact.c.recorded_by,
        fact.c.recorded_at,
        fact.c.key_version,
        person_key.c.wrapped,
        person_key.c.commitment,
    )
    .join(person, person.c.id == fact.c.person)
    .join(_own, _own.c.family == person.c.family)
    .join(
        person_key,
        (person_key.c.person == fact.c.person)
        & (person_key.c.version == fact.c.key_version)
        & (person_key.c.key_class == str(KeyClass.CONSENT)),
    )
    .where(_own.c.id == bindparam("named", type_=String))
)


async def read_recorders(connection: AsyncConnection, keys: KeyService, name: str) -> Recorders:
    """Return who recorded every row about the family of the person `name` (an internal id); of nobody, nothing.

    Raises:
        KeyUnavailableError: the key service is down.
        SealBrokenError: a row was moved or changed.
    """
    found = (await connection.execute(_READ, {"named": name})).all()
    opened: dict[tuple[str, int], DataKey] = {}
    for row in found:
        if (row.person, row.key_version) not in opened:
            opened[row.person, row.key_version] = await _key(keys, row)
    return {(row.person, row.version): _recorder(row, opened[row.person, row.key_version]) for row in found}


async def _key(keys: KeyService, row: Any) -> DataKey:
    context = wrapping_context(row.person, KeyClass.CONSENT, row.key_version)
    key = await keys.unwrap(row.wrapped, key_class=KeyClass.CONSENT, context=context)
    return DataKey.checked(
        key, person=row.person, key_class=KeyClass.CONSENT, version=row.key_version, committed=row.commitment
    )


def _recorder(row: Any, key: DataKey) -> Recorder:
    name = FactName(row.person, row.version, row.section, row.id, row.amends)
    who = orjson.loads(key.open(row.recorded_by, at=name.place("recorded_by")))
    return Recorder(who if "form" in who else _GATEWAY | who, instant(row.recorded_at))
