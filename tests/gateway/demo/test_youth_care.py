import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from gateway.demo.simulators import youth_care

TODAY = date(2027, 7, 1)
VIEWS = ("situatie", "doel", "afspraak", "inzet", "agenda", "verslag", "betrokkene")


def rows(path: Path, view: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        # A view's name cannot be a parameter; these names are the test's own.
        return connection.execute(f"SELECT * FROM v_schakel_{view} ORDER BY 1").fetchall()  # noqa: S608


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return youth_care.start(tmp_path, today=TODAY).path


def test_days_are_dutch_and_move_with_today(database: Path) -> None:
    begins = rows(database, "agenda")[0][5]
    assert begins == "07-07-2027 16:00"


def test_the_views_show_no_bsn_no_colleague_and_no_telephone_number(database: Path) -> None:
    shown = "\n".join(str(row) for view in VIEWS for row in rows(database, view))
    assert "Bij tante Luus" in shown
    for hidden in ("9999", "bwit", "06-0"):
        assert hidden not in shown


def test_what_is_about_two_persons_names_both(database: Path) -> None:
    both = {row[0]: row[1:3] for view in VIEWS[:-1] for row in rows(database, view) if row[2] is not None}
    assert both == {3: (10231, 10230), 14: (10231, 10238), 33: (10231, 10230), 42: (10231, 10238)}


def test_stopping_takes_the_database_away(tmp_path: Path) -> None:
    running = youth_care.start(tmp_path, today=TODAY)
    running.stop()
    running.stop()
    assert not running.path.exists()


@pytest.mark.server
async def test_the_same_scripts_give_the_same_rows_on_postgresql(postgres_url: str, database: Path) -> None:
    engine = create_async_engine(postgres_url)
    async with engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for script in youth_care.scripts(today=TODAY):
            await driver.execute(script)
        for view in VIEWS:
            found = await connection.execute(text(f"SELECT * FROM v_schakel_{view} ORDER BY 1"))  # noqa: S608  (as above)
            assert [tuple(row) for row in found] == rows(database, view)
    await engine.dispose()
