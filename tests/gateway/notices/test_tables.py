"""What a notice left behind is never changed, on either database."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.notices.horizon import MARGIN, WHOLE_EVERY, Horizon
from gateway.notices.tables import APPEND_ONLY, metadata
from tests.gateway.notices.receiving import receiver
from tests.gateway.notices.told import told


async def test_no_row_of_any_table_is_changed_taken_away_or_replaced(tmp_path: Path, database_url: str) -> None:
    async with receiver() as there, told(tmp_path, database_url) as house:
        await house.ask("anna")
        await house.register("team-noord", there.url)
        await house.withdraw()
        await house.look()
        await house.send()
        engine = house.gateway.gateway.engine
        for table in APPEND_ONLY:
            column = list(table.columns)[-1].name
            statements = [f"UPDATE {table.name} SET {column} = {column}", f"DELETE FROM {table.name}"]  # noqa: S608 - own
            if engine.dialect.name == "postgresql":
                statements.append(f"TRUNCATE {table.name} CASCADE")
            else:
                statements.append(f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}")  # noqa: S608 - own
            for statement in statements:
                with pytest.raises(DBAPIError, match="append-only"):
                    async with engine.begin() as connection:
                        await connection.execute(text(statement))


def test_every_table_is_among_those_that_are_guarded() -> None:
    assert set(metadata.tables.values()) == set(APPEND_ONLY)


def test_a_worker_looks_past_what_is_settled_and_now_and_then_at_everything() -> None:
    horizon = Horizon()
    horizon.seen(5_000, None)
    assert horizon.after == 5_000 - MARGIN
    horizon.seen(5_000, 17)
    assert horizon.after == 16
    for _ in range(WHOLE_EVERY):
        horizon.seen(5_000, None)
        if horizon.after == 0:
            return
    pytest.fail("it never looked at everything")
