"""What was opened and closed is never changed; who was told of it can prove nothing about whom."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.database.engine import write_transaction
from tests.gateway.emergency.house import House, house_at
from tests.gateway.notices.receiving import receiver

TABLES = ("emergency", "emergency_closed", "emergency_closed_again", "crisis_set")


async def refused(house: House, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with write_transaction(house.gateway.gateway.engine) as connection:
            await connection.execute(text(statement))


async def test_a_row_is_never_changed_taken_away_or_replaced(tmp_path: Path, database_url: str) -> None:
    async with house_at(tmp_path, database_url) as house:
        opened = await house.opened()
        for by in ("kris", "officer:ggz-west"):
            await house.close(opened, by)
        await house.crisis_set("open")
        for table, column in zip(TABLES, ("expires_at", "side", "side", "act"), strict=True):
            await refused(house, f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - our own names
            await refused(house, f"DELETE FROM {table}")  # noqa: S608 - our own names
            if house.gateway.gateway.engine.dialect.name == "sqlite":
                await refused(house, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 - idem


async def test_no_row_holds_a_name_of_the_worker_or_a_word_of_what_was_said(tmp_path: Path) -> None:
    async with house_at(tmp_path) as house:
        opened = await house.opened()
        for by in ("kris", "officer"):
            await house.close(opened, by)
        async with house.gateway.gateway.engine.connect() as connection:
            rows = [
                row
                for table in TABLES[:3]
                for row in await connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - our own names
            ]
    assert len(rows) == 6
    assert not any(word in repr(rows) for word in ("kris", "spoor", "suicide", "risk"))


async def test_a_holder_with_a_webhook_is_called_and_hears_nothing_about_whom(tmp_path: Path) -> None:
    async with receiver() as there, house_at(tmp_path) as house:
        await house.register("ggz-west", there.url)
        there.keys = await house.public_keys("ggz-west")
        await house.opened()
        await house.send()
        [(_, body)] = there.got
        [told] = await house.notices("ggz-west")
    assert json.loads(body)["data"] == {"id": told["id"]}
    assert not any(word in body for word in (b"sem", b"kris", b"crisis", b"risk", b"emergency"))
