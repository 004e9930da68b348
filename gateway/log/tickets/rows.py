"""Reading and writing tickets: what stands of one, and holding it still while somebody acts on it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.log.tables import log_ticket, log_ticket_step, log_ticket_use

APPROVED: Final = "approved"
WITHDRAWN: Final = "withdrawn"
LISTED: Final = 100
_HOLD: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:ticket, 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it stands. `steps` says by whom and when it was approved or withdrawn; `used` how often."""

    id: str
    body: str
    asked_by: str
    asked_at: datetime
    reason: str
    scope: bytes
    about: str
    until: datetime
    times: int
    steps: dict[str, tuple[str, datetime]]
    used: int

    def is_open(self, now: datetime) -> bool:
        """Say whether it may still be approved or used."""
        return WITHDRAWN not in self.steps and now < self.until and self.used < self.times

    def opens(self, now: datetime) -> bool:
        """Say whether content may be seen with it."""
        return APPROVED in self.steps and self.is_open(now)

    @property
    def approved_by(self) -> str | None:
        """The officer who approved it."""
        return self.steps[APPROVED][0] if APPROVED in self.steps else None

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Return it as an answer tells it."""
        told = {
            "id": self.id,
            "asked_by": self.asked_by,
            "asked_at": self.asked_at.isoformat(),
            "reason": self.reason,
            "about": self.about,
            "until": self.until.isoformat(),
            "times": self.times,
            "used": self.used,
            "state": self._state(now),
        }
        return told | {step: {"by": by, "at": at.isoformat()} for step, (by, at) in self.steps.items()}

    def _state(self, now: datetime) -> str:
        if self.opens(now):
            return APPROVED
        if self.is_open(now):
            return "asked"
        return WITHDRAWN if WITHDRAWN in self.steps else "ended"


async def hold(connection: AsyncConnection, ticket: str) -> None:
    """Let nobody else act on `ticket` until the transaction ends; on SQLite who writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_HOLD, {"ticket": ticket})


async def ticket_named(connection: AsyncConnection, ticket: str) -> Ticket | None:
    """Return the ticket with this id as it stands, or None."""
    row = (await connection.execute(select(log_ticket).where(log_ticket.c.id == ticket))).first()
    return None if row is None else await _told(connection, row)


async def tickets_of(connection: AsyncConnection, body: str) -> list[Ticket]:
    """Return the newest tickets of a body's officers, at most 100, the newest first."""
    theirs = select(log_ticket).where(log_ticket.c.body == body).order_by(log_ticket.c.asked_at.desc()).limit(LISTED)
    return [await _told(connection, row) for row in (await connection.execute(theirs)).all()]


async def keep_ticket(connection: AsyncConnection, ticket: Ticket) -> None:
    """Insert a ticket that nobody has acted on."""
    columns = ("id", "body", "asked_by", "asked_at", "reason", "scope", "about", "until", "times")
    await connection.execute(insert(log_ticket).values({name: getattr(ticket, name) for name in columns}))


async def keep_step(connection: AsyncConnection, ticket: str, step: str, by: str, at: datetime) -> None:
    """Insert that `by` approved or withdrew a ticket."""
    await connection.execute(insert(log_ticket_step).values(ticket=ticket, step=step, by=by, at=at))


async def keep_use(connection: AsyncConnection, ticket: Ticket) -> None:
    """Insert the next use of a ticket that is held."""
    await connection.execute(insert(log_ticket_use).values(ticket=ticket.id, use=ticket.used + 1))


async def _told(connection: AsyncConnection, row: Any) -> Ticket:
    steps = await connection.execute(select(log_ticket_step).where(log_ticket_step.c.ticket == row.id))
    used = select(func.count()).select_from(log_ticket_use).where(log_ticket_use.c.ticket == row.id)
    return Ticket(
        id=row.id,
        body=row.body,
        asked_by=row.asked_by,
        asked_at=_utc(row.asked_at),
        reason=row.reason,
        scope=row.scope,
        about=row.about,
        until=_utc(row.until),
        times=row.times,
        steps={each.step: (each.by, _utc(each.at)) for each in steps},
        used=(await connection.execute(used)).scalar_one(),
    )


def _utc(moment: datetime) -> datetime:
    # SQLite keeps no offset; what is written is UTC.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
