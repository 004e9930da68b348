"""A store with an invented family in it, for the tests of the store."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.keys import KeyClass
from consent.store import recording
from consent.store.fact_store import FactStore
from consent.store.recording import Recorded, register, register_person
from consent.store.tables import metadata
from gateway.database.engine import create_engine, write_transaction
from gateway.keys.files import FileKeyService

BSN = "urn:test:bsn"
SEM, MOTHER, AUNT = "999990019", "999990020", "999990032"
BY = {"form": "person", "id": "moeder"}
CONSENT = {
    "about": "sem",
    "given_by": "moeder",
    "on": "2026-02-01",
    "holders": ["ggz-west"],
    "recipients": ["team-noord"],
    "purposes": ["coordinate-plan"],
    "categories": ["goals"],
}
MANDATE = {
    "mentor": "luus",
    "youth": "sem",
    "since": "2026-01-01",
    "until": "2026-06-01",
    "categories": ["goals", "appointments"],
}


def key_service() -> FileKeyService:
    keys = {each: {1: bytes([number]) * 32} for number, each in enumerate(KeyClass, start=1)}
    return FileKeyService(keys=keys, index=bytes(32))


@asynccontextmanager
async def engine_at(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield engine
    finally:
        await engine.dispose()


async def populate(engine: AsyncEngine, store: FactStore) -> None:
    """Lay down a local team, a clinic, a school and a professional; Sem, his mother and his aunt Luus."""
    organisations = {"team-noord": "local-team", "ggz-west": "youth-mental-health", "school": "school"}
    registered: list[tuple[str, Mapping[str, Any]]] = [
        ("organisations", {"id": name, "kind": kind}) for name, kind in organisations.items()
    ]
    registered.append(("professionals", {"id": "anna", "organisation": "team-noord", "role": "youth-professional"}))
    async with write_transaction(engine) as connection:
        await register(connection, store, registered)
        for person, number, born in (
            ("sem", SEM, "2012-05-04"),
            ("moeder", MOTHER, "1984-01-01"),
            ("luus", AUNT, "1980-01-01"),
        ):
            await register_person(connection, store, person, family="f1", identifiers={BSN: number})
            await tell(connection, store, "persons", {"id": person, "born": born})


async def tell(connection: AsyncConnection, store: FactStore, section: str, told: Mapping[str, Any]) -> Recorded:
    owner = told.get("id") if section == "persons" else told.get("about", told.get("youth"))
    family = await store.held(connection, str(owner))
    return await recording.record(connection, store, family, section, told, recorded_by=BY)


async def record(engine: AsyncEngine, store: FactStore, section: str, told: Mapping[str, Any]) -> Recorded:
    async with write_transaction(engine) as connection:
        return await tell(connection, store, section, told)


async def amend(
    engine: AsyncEngine, store: FactStore, section: str, fact_id: str, change: Mapping[str, Any]
) -> Recorded:
    async with write_transaction(engine) as connection:
        family = await store.held(connection, await store.owner(connection, section, fact_id) or "")
        return await recording.amend(connection, store, family, family.known[section, fact_id], change, recorded_by=BY)
