"""Giving a notice, in the transaction of what it tells of: the notice and the event that it was given, or neither."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from gateway.committing.commit import Committer
from gateway.notices.notice import Notice, keep_notice

_LOCK: Final = 0x5C8A_4E12  # any number, as long as no other part of the gateway locks the same
_KEEP_IN_TURN: Final = text("SELECT pg_advisory_xact_lock(:lock)")


async def take_turn(connection: AsyncConnection) -> None:
    """Keep others from giving notices until the transaction ends. Whoever gives one calls it first.

    So that notices are numbered in the order of their commits, and a reader overlooks none.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(_KEEP_IN_TURN, {"lock": _LOCK})


async def give(
    connection: AsyncConnection, committer: Committer, told: Notice, *, person: str | None, announced: bool
) -> None:
    """Give a notice about `person`, whose key the sealer has at hand; None after he was erased. Once, however often.

    Raises:
        AuditUnavailableError: the event is not kept; the caller must not go on.
    """
    if await keep_notice(connection, committer.sealer, told, announced=announced):
        await committer.log.append(connection, _given(told, person))


def _given(told: Notice, person: str | None) -> Event:
    detail = {"notice": told.id, "kind": told.kind, "requests": list(told.requests)}
    return Event(
        kind=Kind.NOTIFICATION_GIVEN,
        outcome=EventOutcome.OK,
        organisation="system",
        counterparties=frozenset({told.organisation}),
        person=person,
        fields={Field.DETAIL: detail} if person is None else {Field.SUBJECT: person, Field.DETAIL: detail},
    )
