"""What is personal is sealed for its place, and nothing stored is changed or moved unseen."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from consent.keys import (
    KEY_BYTES,
    NONCE_BYTES,
    DataKey,
    KeyClass,
    SealBrokenError,
    commitment,
    place,
)
from consent.known.rows import StoreBrokenError
from consent.store.fact_store import FactStore
from consent.store.tables import APPEND_ONLY, TRIGGERS, fact, person_identifier, person_key, registry_fact
from tests.consent.store import make

KEY = DataKey.checked(
    bytes(KEY_BYTES), person="sem", key_class=KeyClass.CONSENT, version=1, committed=commitment(bytes(KEY_BYTES))
)
NONCE = bytes(NONCE_BYTES)


async def gather(engine: AsyncEngine, store: FactStore) -> None:
    async with engine.connect() as connection:
        await store.gather(connection, make.BSN, make.SEM)


async def without_guard(connection: AsyncConnection) -> None:
    """Do what only an administrator could: take the triggers away."""
    for table in APPEND_ONLY:
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
            continue
        for what in ("update", "delete", "replace"):
            await connection.execute(text(f"DROP TRIGGER {table.name}_no_{what}"))


async def swap(engine: AsyncEngine, table: Table, column: str, keys: Sequence[str], rows: Sequence[object]) -> None:
    """Swap `column` between the two `rows`, each given by its values of `keys`."""
    async with engine.begin() as connection:
        await without_guard(connection)
        where = [[table.c[key] == value for key, value in zip(keys, row, strict=True)] for row in rows]  # type: ignore[call-overload] # tuples
        values = [(await connection.execute(select(table.c[column]).where(*each))).scalar_one() for each in where]
        for each, value in zip(where, reversed(values), strict=True):
            await connection.execute(update(table).where(*each).values({column: value}))


async def two_refusals(engine: AsyncEngine, store: FactStore) -> list[tuple[str, int]]:
    about = [{"about": name, "given_by": name, "on": "2026-03-01"} for name in ("sem", "moeder")]
    recorded = [await make.record(engine, store, "refusals", each) for each in about]
    again = await make.record(engine, store, "refusals", {**about[0], "categories": ["goals"]})
    return [(each.person, each.version) for each in (*recorded, again)]


async def test_swapped_facts_of_two_persons_are_noticed(engine: AsyncEngine, store: FactStore) -> None:
    rows = await two_refusals(engine, store)
    await gather(engine, store)
    await swap(engine, fact, "entry", ("person", "version"), rows[:2])
    store = FactStore(make.key_service())
    with pytest.raises(SealBrokenError):
        await gather(engine, store)


async def test_swapped_facts_of_one_person_are_noticed(engine: AsyncEngine, store: FactStore) -> None:
    rows = await two_refusals(engine, store)
    await swap(engine, fact, "entry", ("person", "version"), [rows[0], rows[2]])
    with pytest.raises(SealBrokenError):
        await gather(engine, store)


async def test_swapped_changes_of_one_fact_are_noticed(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "mandates", make.MANDATE)
    changes = [
        await make.amend(engine, store, "mandates", recorded.id, {"categories": each}) for each in (["goals"], [])
    ]
    await swap(engine, fact, "entry", ("person", "version"), [("sem", each.version) for each in changes])
    with pytest.raises(SealBrokenError):
        await gather(engine, store)


async def test_changes_count_in_the_order_of_their_versions_whatever_their_rows_say(
    engine: AsyncEngine, store: FactStore
) -> None:
    recorded = await make.record(engine, store, "mandates", make.MANDATE)
    for categories in (["goals"], ["appointments"]):
        await make.amend(engine, store, "mandates", recorded.id, {"categories": categories})
    async with engine.begin() as connection:
        await without_guard(connection)
        rows = (await connection.execute(select(fact).where(fact.c.id == recorded.id).order_by(fact.c.seq))).all()
        columns = [each.name for each in fact.c if each.name != "seq"]
        await connection.execute(delete(fact).where(fact.c.seq.in_([row.seq for row in rows[1:]])))
        for row in reversed(rows[1:]):
            await connection.execute(insert(fact).values({each: getattr(row, each) for each in columns}))
    async with engine.connect() as connection:
        [mandate] = (await store.gather(connection, make.BSN, make.SEM)).facts.mandates
    assert mandate.source["categories"] == ["appointments"]


async def test_swapped_numbers_are_noticed(engine: AsyncEngine, store: FactStore) -> None:
    await swap(engine, person_identifier, "sealed", ("person",), [("sem",), ("moeder",)])
    with pytest.raises(SealBrokenError):
        await gather(engine, store)


async def test_swapped_keys_are_noticed(engine: AsyncEngine, store: FactStore) -> None:
    await swap(engine, person_key, "wrapped", ("person", "key_class"), [("sem", "consent"), ("moeder", "consent")])
    with pytest.raises(SealBrokenError):
        await gather(engine, store)


async def test_a_key_that_does_not_fit_its_commitment_is_noticed(engine: AsyncEngine, store: FactStore) -> None:
    await swap(engine, person_key, "commitment", ("person", "key_class"), [("sem", "consent"), ("moeder", "consent")])
    with pytest.raises(SealBrokenError):
        await gather(engine, store)


async def test_a_change_without_its_fact_is_noticed(engine: AsyncEngine, store: FactStore) -> None:
    recorded = await make.record(engine, store, "mandates", make.MANDATE)
    await make.amend(engine, store, "mandates", recorded.id, {"categories": ["goals"]})
    async with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Past SQLAlchemy, which would begin a transaction first: in one the pragma does nothing.
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute("PRAGMA foreign_keys = OFF")
        await without_guard(connection)
        await connection.execute(delete(fact).where(fact.c.id == recorded.id, fact.c.amends.is_(None)))
        with pytest.raises(StoreBrokenError):
            await store.gather(connection, make.BSN, make.SEM)


async def test_who_lost_his_key_cannot_be_read(engine: AsyncEngine, store: FactStore) -> None:
    async with engine.begin() as connection:
        await connection.execute(delete(person_key).where(person_key.c.person == "moeder"))
    with pytest.raises(StoreBrokenError):
        await gather(engine, store)


@pytest.mark.parametrize("table", [fact, registry_fact], ids=str)
async def test_facts_are_neither_changed_nor_deleted(engine: AsyncEngine, store: FactStore, table: Table) -> None:
    own = {
        "sqlite": f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}",  # noqa: S608 - our own names
        "postgresql": f"TRUNCATE {table.name} CASCADE",
    }
    for statement in (update(table).values(section="x"), delete(table), text(own[engine.dialect.name])):
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError, match="append-only"):
                await connection.execute(statement)
    await gather(engine, store)


def test_every_append_only_table_is_guarded_on_both_databases() -> None:
    guarded = {table.name for table in APPEND_ONLY}
    assert {dialect: set(tables) for dialect, tables in TRIGGERS.items()} == {"sqlite": guarded, "postgresql": guarded}


async def test_nothing_personal_stands_in_the_database_file(tmp_path: Path) -> None:
    path = tmp_path / "schakel.db"
    async with make.engine_at(f"sqlite+aiosqlite:///{path}") as engine:
        store = FactStore(make.key_service())
        await make.populate(engine, store)
        await make.record(engine, store, "consents", make.CONSENT)
    connection = sqlite3.connect(path)
    stored = "\n".join(connection.iterdump()).encode()
    connection.close()
    stored += b"".join(each.read_bytes() for each in tmp_path.iterdir())  # noqa: ASYNC240 - nothing else runs here
    assert not [secret for secret in (make.SEM, "2012-05-04", "coordinate-plan") if secret.encode() in stored]


def test_a_seal_opens_only_at_its_place() -> None:
    sealed = KEY.seal(b"secret", at=place("fact", "entry", "sem", 1), nonce=NONCE)
    assert KEY.open(sealed, at=place("fact", "entry", "sem", 1)) == b"secret"
    with pytest.raises(SealBrokenError):
        KEY.open(sealed, at=place("fact", "entry", "sem", 2))


@pytest.mark.parametrize("broken", [b"", b"short", bytes(40)])
def test_what_is_no_seal_is_refused(broken: bytes) -> None:
    with pytest.raises(SealBrokenError):
        KEY.open(broken, at=place("x"))


def test_no_two_places_are_the_same() -> None:
    parts: list[tuple[str | int | None, ...]] = [
        ("a", "b"),
        ("ab",),
        ("a", "b", None),
        ("a", None, "b"),
        ("a", ""),
        ("a",),
        (1,),
        ("1",),
        ('a","b',),
    ]
    assert len({place(*each) for each in parts}) == len(parts)
