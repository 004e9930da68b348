"""A database that cannot be opened: its thread has ended by the time that this is told."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from gateway.database.engine import create_engine


def workers() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if "_connection_worker_thread" in each.name}


async def test_what_cannot_be_opened_leaves_no_thread_that_tells_a_loop_that_is_gone(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'schakel.db'}")
    before = workers()
    for _ in range(20):
        with pytest.raises(OperationalError):
            async with engine.connect():
                pass
        # Where it ends later it finds the loop of a command closed, and prints that.
        assert workers() <= before


async def test_what_is_opened_is_left_open(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'schakel.db'}")
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT 1")).scalar_one() == 1
        assert all(each.daemon for each in workers())
    await engine.dispose()
