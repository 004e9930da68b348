"""Databases with every table in them: migrated once in a run, and copied. Migrating takes longer than most tests do."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from gateway.database.engine import is_there
from gateway.migrations.migrate import migrate
from tests import postgres


async def lay(url: str) -> None:
    """Bring every table to the database at `url`; nothing happens where they are."""
    if is_there(url):
        await migrate(url)
    else:
        lay_file(Path(str(make_url(url).database)))


def lay_file(path: Path) -> None:
    """Write a SQLite database with every table to `path`."""
    path.write_bytes(_file())


@cache
def template(server: Path) -> str:
    """Return the name of a database with every table on the PostgreSQL at `server`, to be copied."""
    url = postgres.created(server)
    _migrated(url)
    return str(make_url(url).database)


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "laid.db"
        _migrated(f"sqlite+aiosqlite:///{path}")
        return path.read_bytes()


def _migrated(url: str) -> None:
    # In a thread of its own, since a loop may run in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate(url)).result()
