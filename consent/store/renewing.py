"""A new version of a person's data keys: under it lies what is sealed from now on; what lay under others stays open.

Source: `reference/security.md` 2.3. The log's tree commits to what was said, not to what is sealed: it never knows.
"""

from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from consent.keys import KeyClass, KeyService
from consent.known.family import Family
from consent.store.appending import make_key, raise_versions, sealed_number
from consent.store.tables import person_identifier, person_key

_OF_NOBODY = ""


async def made_before(connection: AsyncConnection, moment: datetime) -> list[str]:
    """Return who has a key, of whatever class, of which the newest version was made before `moment`."""
    columns = person_key.c
    newest = func.max(columns.made_at)
    old = (
        select(columns.person)
        .where(columns.person != _OF_NOBODY)
        .group_by(columns.person, columns.key_class)
        .having(or_(newest.is_(None), newest < moment))
    )
    return sorted(set((await connection.execute(old)).scalars()))


async def renew(connection: AsyncConnection, keys: KeyService, family: Family, name: str) -> int:
    """Append a newer version of each data key of the member `name` of `family`; return how many, none of who has none.

    `family` is what `FactStore.held` gave in this transaction. His version is raised: whoever read his keys before, and
    would record something that rests on what he read, reads again. His numbers are sealed anew. What only ever grows
    (facts, questions, events) stays under the version that it was sealed under.

    Raises:
        KeyUnavailableError: the key service is down.
    """
    his = {key_class: key for (owner, key_class), key in family.keys.items() if owner == name}
    made = {
        key_class: await make_key(connection, keys, name, key_class, version=key.version + 1)
        for key_class, key in his.items()
    }
    if not made:
        return 0
    for system, numbers in family.identifiers.items():
        if name in numbers:
            columns, key = person_identifier.c, made[KeyClass.CONSENT]
            own = update(person_identifier).where(columns.person == name, columns.system == system)
            await connection.execute(own.values(sealed=sealed_number(key, system, name, numbers[name])))
    await raise_versions(connection, {name: dict(family.members)[name] + 1})
    return len(made)
