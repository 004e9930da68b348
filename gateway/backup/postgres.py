"""PostgreSQL's own programs: `pg_dump` gives the content of a backup, `pg_restore` takes it in one transaction.

They get the address and the password of the database in their environment, which only this account can see, and never
on their command line, which everybody on the machine can.
"""

import asyncio
import os
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.settings import PREFIX

_BLOCK: Final = 1 << 16
_QUERY: Final = {"host": "PGHOST", "port": "PGPORT", "ssl": "PGSSLMODE", "passfile": "PGPASSFILE"}
_VALUES: Final = re.compile(r'"[^"]*"')
# Ours are the tables, and what belongs to no extension.
_OF_AN_EXTENSION: Final = "EXISTS (SELECT FROM pg_depend d WHERE d.objid = each.oid AND d.deptype = 'e')"
_RELATIONS: Final = f"""\
SELECT each.oid::regclass::text FROM pg_class each JOIN pg_namespace n ON n.oid = each.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND each.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT {_OF_AN_EXTENSION}"""  # noqa: S608 - own text
_TABLES: Final = text(f"{_RELATIONS} AND each.relkind = 'r'")
_FUNCTIONS: Final = text(f"""\
SELECT each.oid::regprocedure::text FROM pg_proc each JOIN pg_namespace n ON n.oid = each.pronamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT {_OF_AN_EXTENSION}""")  # noqa: S608 - own text


class DatabaseProgramError(Exception):
    """A program of PostgreSQL's is not there, or gave up; the message says which and why, and nothing was kept."""


async def dump(connection: AsyncConnection, url: str) -> AsyncGenerator[bytes]:
    """Give what `connection`, in a transaction with one snapshot, sees of its database, in `pg_dump`'s custom form.

    Roles and what they may do are left out: they belong to the server, not to the data.

    Raises:
        DatabaseProgramError: `pg_dump` is not there, or did not finish.
    """
    snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
    arguments = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    async with _program("pg_dump", arguments, url, stdin=DEVNULL) as (process, said):
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while block := await process.stdout.read(_BLOCK):
            yield block
        await _finished("pg_dump", process, said)


async def load(content: Iterable[bytes], url: str) -> None:
    """Put a dump into the database at `url`: all of it, or, whatever happens, nothing.

    Raises:
        DatabaseProgramError: `pg_restore` is not there, or did not take it.
    """
    arguments = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={_named(url)}")
    async with _program("pg_restore", arguments, url, stdin=PIPE) as (process, said):
        assert process.stdin is not None  # noqa: S101 - it was asked for
        try:
            for block in content:
                process.stdin.write(block)
                await process.stdin.drain()
            process.stdin.close()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it gave up, and says why
        await _finished("pg_restore", process, said)


async def is_empty(engine: AsyncEngine) -> bool:
    """Say whether nothing was ever made in the database."""
    async with engine.connect() as connection:
        return (await connection.execute(text(_RELATIONS))).first() is None


async def clear(engine: AsyncEngine) -> None:
    """Take away every table and function: for a database that was empty before `load`, and got what is wrong."""
    async with engine.begin() as connection:
        for what, query in (("TABLE", _TABLES), ("FUNCTION", _FUNCTIONS)):
            for name in (await connection.execute(query)).scalars().all():
                await connection.exec_driver_sql(f"DROP {what} {name} CASCADE")


@asynccontextmanager
async def _program(
    name: str, arguments: Iterable[str], url: str, *, stdin: int
) -> AsyncIterator[tuple[Process, asyncio.Task[bytes]]]:
    try:
        process = await asyncio.create_subprocess_exec(
            name, *arguments, stdin=stdin, stdout=PIPE, stderr=PIPE, env=_environment(url)
        )
    except FileNotFoundError:
        raise DatabaseProgramError(
            f"`{name}` is not on the path; install the client programs of PostgreSQL, of the server's version or newer"
        ) from None
    assert process.stderr is not None  # noqa: S101 - it was asked for
    said = asyncio.create_task(process.stderr.read())
    try:
        yield process, said
    finally:
        # Only where something went wrong is it still at work: what it has of a transaction is undone.
        if process.returncode is None:
            process.kill()
            await process.wait()
        await said


async def _finished(name: str, process: Process, said: asyncio.Task[bytes]) -> None:
    status = await process.wait()
    if status != 0:
        raise DatabaseProgramError(f"{name} gave up (exit {status}): {_without_values(await said)}")


def _without_values(said: bytes) -> str:
    # The first line only, and nothing that it quotes: further on stand rows of the database.
    first = said.decode(errors="replace").partition("\n")[0]
    return _VALUES.sub('"…"', first)[:200] or "it does not say why"


def _environment(url: str) -> dict[str, str]:
    parsed = make_url(url)
    told = {
        "PGHOST": parsed.host,
        "PGPORT": parsed.port,
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
        **{name: parsed.query.get(key) for key, name in _QUERY.items() if key in parsed.query},
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return kept | {name: str(value) for name, value in told.items() if value is not None}


def _named(url: str) -> str:
    # A connection string, since a bare name that looks like one would be taken for it.
    name = (make_url(url).database or "").replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{name}'"
