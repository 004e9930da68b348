"""Confirmations in the database: an officer's word for a rule set, and the event that says so, together or not at all.

Source: decision contract, section 7; issue 4, point 4: two persons.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.events import Event, EventOutcome, Field, Kind
from audit.store import AuditLog
from consent.law.listing import digest_of
from consent.rulesets import RuleSet
from consent.store.reading import instant
from gateway.registry.said import NEEDED, ConfirmationError, officer_named, reason_given
from gateway.registry.snapshot import OPERATOR
from gateway.rules.tables import rule_confirmation


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What one officer said of a rule set, and when."""

    officer: str
    because: str = field(repr=False)
    recorded_at: datetime


async def confirmations(connection: AsyncConnection, rules: RuleSet) -> tuple[Confirmation, ...]:
    """Return what officers said of a rule set as this version of the code has it, oldest first.

    What somebody said of other rows of the same name counts for nothing.
    """
    columns = rule_confirmation.c
    rows = await connection.execute(
        select(columns.officer, columns.because, columns.recorded_at)
        .where(columns.rule_set == rules.name, columns.digest == digest_of(rules))
        .order_by(columns.id)
    )
    return tuple(Confirmation(row.officer, row.because, instant(row.recorded_at)) for row in rows)


def is_confirmed(found: Sequence[Confirmation]) -> bool:
    """Return whether enough different officers said it."""
    return len({each.officer for each in found}) >= NEEDED


async def confirm(  # noqa: PLR0913 - who says what of which, each by name
    connection: AsyncConnection, rules: RuleSet, *, officer: str, because: str, account: str, log: AuditLog
) -> tuple[Confirmation, ...]:
    """Record that `officer` says that a rule set is right; return all who say so now.

    `account` is under whose account of the machine it was typed. Call it in a write transaction: row and event are
    there together or not at all.

    Raises:
        ConfirmationError: it needs no confirmation, has it, or has his already.
        AuditUnavailableError: the log did not take the event; nothing is recorded.
    """
    officer, because = officer_named(officer), reason_given(because)
    if not rules.needs_confirmation:
        raise ConfirmationError(f"rule set `{rules.name}` needs no confirmation")
    if connection.dialect.name == "postgresql":
        # Two at once would each be the first.
        await connection.execute(text("LOCK TABLE rule_confirmation IN SHARE ROW EXCLUSIVE MODE"))
    earlier = await confirmations(connection, rules)
    if is_confirmed(earlier):
        raise ConfirmationError(f"rule set `{rules.name}` is confirmed already, by {_names(earlier)}")
    if officer in {each.officer for each in earlier}:
        raise ConfirmationError(
            f"`{officer}` confirmed rule set `{rules.name}` already; the second must be another person"
        )
    event = _event(rules, earlier, officer=officer, because=because, account=account)
    pending = await log.append(connection, event)
    said = {"rule_set": rules.name, "digest": digest_of(rules), "officer": officer, "because": because}
    await connection.execute(insert(rule_confirmation).values(**said, event_id=pending.prepared.event_id))
    return await confirmations(connection, rules)


def _names(found: Sequence[Confirmation]) -> str:
    return " and ".join(f"`{each.officer}`" for each in found)


def _event(rules: RuleSet, earlier: Sequence[Confirmation], *, officer: str, because: str, account: str) -> Event:
    # The contract has one kind for both steps; `review` says that a second person must still look.
    complete = len(earlier) + 1 >= NEEDED
    return Event(
        kind=Kind.RULES_CONFIRMED,
        outcome=EventOutcome.OK if complete else EventOutcome.REVIEW,
        organisation=OPERATOR,
        rule_set=rules.name,
        fields={
            Field.ACTOR: {"operator": OPERATOR, "officer": officer, "account": account},
            Field.JUSTIFICATION: because,
            Field.DETAIL: {
                "step": "confirmed" if complete else "proposed",
                "digest": digest_of(rules),
                "earlier": [each.officer for each in earlier],
            },
        },
    )
