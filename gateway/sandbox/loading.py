"""Loading a world into the store as if a register had confirmed it: for sandbox and demo, and nowhere else.

Source: facts contract, *Ways in* (tests/architecture holds that only they call it).
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from consent.facts import Facts
from consent.naming import OWNER, is_about_nobody
from consent.store.fact_store import FactStore
from consent.store.recording import load_unchecked, register, register_person

_RECORDER: Final = {"form": "system", "id": "world-file", "organisation": "system"}
_NO_FACTS: Final = frozenset({"records"})


async def load_world(
    connection: AsyncConnection,
    store: FactStore,
    facts: Facts,
    *,
    family: str = "world",
    identifiers: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Record the `facts` of a world file, its records left out; all its persons are gathered together as one `family`.

    May be called again with more facts about the same family. `identifiers` gives, for each system, the number of each
    new person there.

    Raises:
        ContradictionError: a person or a number is there already.
        WorldError: an organisation or a professional does not fit.
        UnknownPersonError: a fact is about nobody in the family.
    """
    told = [
        (section, entry) for section, found in facts.as_world().items() if section not in _NO_FACTS for entry in found
    ]
    registered = [each for each in told if is_about_nobody(*each)]
    if registered:
        await register(connection, store, registered)
    for person in facts.persons:
        numbers = {system: named[person.id] for system, named in (identifiers or {}).items() if person.id in named}
        await register_person(connection, store, person.id, family=family, identifiers=numbers)
    about = [each for each in told if not is_about_nobody(*each)]
    if about:
        members = await store.held(connection, await _somebody(connection, store, *about[0]))
        await load_unchecked(connection, members, about, recorded_by=_RECORDER)


async def _somebody(connection: AsyncConnection, store: FactStore, section: str, entry: Mapping[str, Any]) -> str:
    if section == "assignments":
        return await store.owner(connection, "orders", entry["order"]) or ""
    return str(entry[OWNER[section]])
