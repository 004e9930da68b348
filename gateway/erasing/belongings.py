"""All that the database holds of one person, table by table: what is counted in a dry run, and destroyed for good.

Facts about others that name him are theirs, and stay. So do the events of the log, without the way to them: whoever
acted is on record still, and whom it was about is not. What joins the database later and can lead to a person joins
this list, or `tests/gateway/erasing` fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, String, Table, cast, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from audit.finding.table import audit_term
from audit.tables import audit_subject
from consent.store.tables import fact, person, person_identifier, person_key
from gateway.committing.idempotency import idempotent_request
from gateway.emergency.tables import emergency, emergency_closed, emergency_closed_again
from gateway.holders.tables import holder_question
from gateway.log.indexing import forget
from gateway.notices.tables import notice_due, notice_looked

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Belonging:
    """Rows of `table` that belong to a person, and the class of data under which they are counted."""

    table: Table
    data_class: str
    of: Callable[[str], Condition]


def _column(column: "Column[str]") -> Callable[[str], Condition]:
    return lambda who: column == who


def _terms(who: str) -> Condition:
    found = select(audit_subject.c.event_id).where(audit_subject.c.person == who, audit_subject.c.holds_key)
    return audit_term.c.personal & audit_term.c.event_id.in_(found)


def _answers(who: str) -> Condition:
    # One column is a UUID as each database keeps it, the other its text.
    found = select(func.replace(cast(audit_subject.c.event_id, String), "-", "")).where(audit_subject.c.person == who)
    return func.replace(idempotent_request.c.event_id, "-", "").in_(found)


def _looked(who: str) -> Condition:
    return notice_looked.c.due.in_(select(notice_due.c.seq).where(notice_due.c.person == who))


def _of_emergencies(column: ColumnElement[str]) -> Callable[[str], Condition]:
    return lambda who: column.in_(select(emergency.c.id).where(emergency.c.person == who))


BELONGINGS: Final = (
    Belonging(audit_term, "log", _terms),
    Belonging(person_key, "keys", _column(person_key.c.person)),
    Belonging(idempotent_request, "answers", _answers),
    Belonging(audit_subject, "log", _column(audit_subject.c.person)),
    Belonging(emergency_closed_again, "consent", _of_emergencies(emergency_closed_again.c.id)),
    Belonging(emergency_closed, "consent", _of_emergencies(emergency_closed.c.id)),
    Belonging(emergency, "consent", _column(emergency.c.person)),
    Belonging(holder_question, "consent", _column(holder_question.c.person)),
    Belonging(notice_looked, "consent", _looked),
    Belonging(notice_due, "consent", _column(notice_due.c.person)),
    Belonging(fact, "consent", _column(fact.c.person)),
    Belonging(person_identifier, "numbers", _column(person_identifier.c.person)),
    Belonging(person, "person", _column(person.c.id)),
)
"""In the order of their destruction: keys before what they open, what points before what is pointed at."""


async def count(connection: AsyncConnection, who: str) -> dict[str, int]:
    """Return how many rows of each table are of `who`; reads none of them."""
    found = {}
    for each in BELONGINGS:
        counted = select(func.count()).select_from(each.table).where(each.of(who))
        found[str(each.table.name)] = int((await connection.execute(counted)).scalar_one())
    return found


async def count_sealed(connection: AsyncConnection, who: str) -> int:
    """Return how many events are sealed under the key of `who`: behind `hold_still` it is the last word.

    That many, and no more, lead to nobody once he is erased; `schakel audit verify` counts them.
    """
    sealed = select(func.count()).where(audit_subject.c.person == who, audit_subject.c.holds_key)
    return int((await connection.execute(sealed)).scalar_one())


async def hold_still(connection: AsyncConnection) -> None:
    """Let nobody write that an event is about somebody until the transaction ends; one that did is waited for.

    A row that was written and not committed would be there still, unseen, behind an erasure.
    """
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("LOCK TABLE audit_subject IN SHARE ROW EXCLUSIVE MODE")


async def destroy(connection: AsyncConnection, who: str) -> dict[str, int]:
    """Delete every row of `who` in the open transaction, behind `hold` and `hold_still`; return how many by table."""
    gone = await count(connection, who)
    await forget(connection, who)
    for each in BELONGINGS:
        if each.table is not audit_term:  # gone already: its index had to be held for that
            await connection.execute(delete(each.table).where(each.of(who)))
    return gone


def by_class(rows: Mapping[str, int]) -> dict[str, int]:
    """Return `rows`, counted by table, summed by class of data."""
    told: dict[str, int] = {}
    for each in BELONGINGS:
        told[each.data_class] = told.get(each.data_class, 0) + rows.get(each.table.name, 0)
    return told
