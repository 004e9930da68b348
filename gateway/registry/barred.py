"""Professionals whom their organisation ended: they get no token, and those that they have are dead.

Source: facts contract, *Who* (professional and role, *closed at once by*).
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.registry.rows import Entry, append, hold
from gateway.registry.tables import registration

_KIND: Final = "barred"


async def barred(connection: AsyncConnection) -> frozenset[str]:
    """Return the professionals whom their organisation ended, and did not register again since."""
    columns = registration.c
    rows = await connection.execute(select(columns.key, columns.body).where(columns.kind == _KIND).order_by(columns.id))
    newest = {row.key: row.body for row in rows}
    return frozenset(name for name, body in newest.items() if body is not None)


async def bar(connection: AsyncConnection, professional: str, organisation: str, *, by: str, at: str) -> None:
    """End a professional, in the open transaction; who was ended stays so since then."""
    await hold(connection)
    if professional not in await barred(connection):
        one = Entry(kind=_KIND, key=professional, organisation=organisation, body={"since": at})
        await append(connection, [one], recorded_by=by)


async def let_in_again(connection: AsyncConnection, professional: str, organisation: str, *, by: str) -> None:
    """Let a professional come in again, in the open transaction, where he was ended."""
    await hold(connection)
    if professional in await barred(connection):
        one = Entry(kind=_KIND, key=professional, organisation=organisation, body=None)
        await append(connection, [one], recorded_by=by)
