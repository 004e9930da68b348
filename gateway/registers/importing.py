"""Bringing in what a register answered: all of it in one transaction, or nothing; a preview does it and undoes it.

Nothing is stored before every line was held against what is known, so all problems are told at once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.store import AuditLog
from consent.registers.problems import Problem, RegisterError
from consent.registers.said import AuthoritySaid, OrdersSaid, PersonSaid
from consent.store.fact_store import FactStore
from gateway.database.engine import write_transaction
from gateway.keys.sealing import AuditSealer
from gateway.registers.authority import take_authority
from gateway.registers.orders import take_orders
from gateway.registers.persons import take_persons
from gateway.registers.port import Register, RegisterKind
from gateway.registers.taking import By, Takes
from gateway.registers.telling import Line
from gateway.registers.work import Work
from schemas.calendar import utc_milliseconds

Said: TypeAlias = Sequence[PersonSaid] | Sequence[AuthoritySaid] | Sequence[OrdersSaid]


async def hear(register: Register, kind: RegisterKind) -> Said:
    """Return what `register` answers.

    Raises:
        RegisterError: it cannot be read.
        OSError: it does not answer.
    """
    asked: Callable[[], Awaitable[Said]] = getattr(register, str(kind))
    return await asked()


class _Preview(Exception):  # noqa: N818 - no error: the way out of a transaction that must leave nothing
    pass


@dataclass(frozen=True)
class Import:
    """Brings in answers, on the word of the register that gave them."""

    engine: AsyncEngine
    facts: FactStore
    log: AuditLog
    sealer: AuditSealer
    decided_at: Callable[[datetime], datetime] = lambda instant: instant

    async def run(self, said: Said, by: By, *, preview: bool) -> Sequence[Line]:
        """Bring in all that was `said`; return what became of each place, in its order.

        With `preview` nothing is stored, and what is told is what would be done now.

        Raises:
            RegisterError: with everything that is wrong; nothing is stored.
            AuditUnavailableError, SQLAlchemyError, OSError and what a broken store raises: nothing is stored.
        """
        work = Work()
        try:
            async with write_transaction(self.engine) as connection:
                at = self.decided_at(await self.facts.clock(connection))
                takes = Takes(connection, self.facts, self.log, self.sealer, by, at)
                work.problems += _of_the_future(said, at)
                if not work.problems:
                    await _TAKERS[by.kind](takes, said, work)
                _require_to_keep(work, preview=preview)
        except _Preview:
            pass
        places = {place: n for n, place in enumerate(each.place for each in said)}
        return sorted(work.lines, key=lambda one: places[one.place])


def _of_the_future(said: Said, at: datetime) -> list[Problem]:
    what = f"`answered_on` lies after now ({utc_milliseconds(at)}); correct it"
    return [Problem(each.place, what) for each in said if each.answered_on > at]


def _require_to_keep(work: Work, *, preview: bool) -> None:
    if work.problems:
        raise RegisterError(work.problems)
    if preview:
        raise _Preview


_TAKERS: Final[Mapping[RegisterKind, Callable[[Takes, Any, Work], Awaitable[None]]]] = {
    RegisterKind.PERSONS: take_persons,
    RegisterKind.AUTHORITY: take_authority,
    RegisterKind.ORDERS: take_orders,
}
