"""Professionals whom their organisation ended: they get no token, and those that they have are dead.

Source: facts contract, *Who* (professional and role, *closed at once by*).
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.registry.rows import Entry, append, hold
from gateway.registry.tables import registration

_KIND: Final = "barred"


async def is_barred(connection: AsyncConnection, professional: str) -> bool:
    """Return whether his organisation ended a professional, and did not register him again since."""
    columns = registration.c
    his = select(columns.body).where(columns.kind == _KIND, columns.key == professional)
    row = (await connection.execute(his.order_by(columns.id.desc()).limit(1))).first()
    return row is not None and row.body is not None


async def bar(connection: AsyncConnection, professional: str, organisation: str, *, by: str, at: str) -> None:
    """End a professional, in the open transaction; who was ended stays so since then."""
    await hold(connection)
    if not await is_barred(connection, professional):
        one = Entry(kind=_KIND, key=professional, organisation=organisation, body={"since": at})
        await append(connection, [one], recorded_by=by)


async def let_in_again(connection: AsyncConnection, professional: str, organisation: str, *, by: str) -> None:
    """Let a professional come in again, in the open transaction, where he was ended."""
    await hold(connection)
    if await is_barred(connection, professional):
        one = Entry(kind=_KIND, key=professional, organisation=organisation, body=None)
        await append(connection, [one], recorded_by=by)
