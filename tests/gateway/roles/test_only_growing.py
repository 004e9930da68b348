"""What a holder was asked and who is registered is never changed, on either database."""

# ruff: noqa: S608 - our own names
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Table, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.store.tables import person_key
from gateway.database.engine import create_engine
from gateway.holders.tables import holder_question
from gateway.migrations.migrate import TABLES, migrate
from gateway.registry.tables import registration

ROWS: dict[Table, dict[str, Any]] = {
    holder_question: {"id": "q", "holder": "h", "person": "p", "alike": b"a", "key_version": 1, "sealed": b"s"},
    registration: {"kind": "source", "key": "k", "organisation": "o", "body": {}, "recorded_by": "b"},
}
KEY = {"person": "p", "key_class": "consent", "version": 1, "wrapped": b"w", "commitment": b"c"}


@pytest.fixture(params=["made", "migrated"])
async def engine(request: pytest.FixtureRequest, empty_url: str) -> AsyncIterator[AsyncEngine]:
    """A database of which the tables were made by the code itself, or by the steps."""
    if request.param == "migrated":
        await migrate(empty_url)
    one = create_engine(empty_url)
    if request.param == "made":
        async with one.begin() as connection:
            for metadata in TABLES:
                await connection.run_sync(metadata.create_all)
    yield one
    await one.dispose()


@pytest.mark.parametrize("table", ROWS, ids=str)
async def test_a_row_is_added_and_never_changed_taken_away_or_replaced(engine: AsyncEngine, table: Table) -> None:
    name = table.name
    async with engine.begin() as connection:
        # Who has a key is not forgotten; of who has none the rows may go.
        await connection.execute(insert(person_key).values(KEY))
        await connection.execute(insert(table).values(**ROWS[table]))
    everything = [*(f"UPDATE {name} SET {each} = {each}" for each in _changeable(table)), f"DELETE FROM {name}"]
    if engine.dialect.name == "postgresql":
        everything.append(f"TRUNCATE {name}")
        everything.append(f"SET LOCAL session_replication_role = replica; DELETE FROM {name}")
    else:
        everything.append(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")
        everything.append(f"UPDATE OR REPLACE {name} SET id = id")
    for statement in everything:
        with pytest.raises(DBAPIError, match="append-only"):
            await _run(engine, statement)
    async with engine.begin() as connection:
        again = ROWS[table] | ({"id": "r"} if "id" in ROWS[table] else {})
        await connection.execute(insert(table).values(**again))
        assert (await connection.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() == 2


async def _run(engine: AsyncEngine, statements: str) -> None:
    async with engine.begin() as connection:
        for each in statements.split("; "):
            await connection.execute(text(each))


def _changeable(table: Table) -> list[str]:
    # PostgreSQL refuses by itself to change a number that it gave.
    return [each.name for each in table.columns if each.identity is None]
