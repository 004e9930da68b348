"""How much is late: reviews and duties whose day is past; and what differs, or may be a breach. Counts only."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.review.verdicts import BREACH_CLOCK, FollowUp
from gateway.reviews.duties import is_undone
from gateway.reviews.items import is_disputed, is_open
from gateway.reviews.tables import obligation, review_item, review_verdict
from schemas.calendar import local_day

Warnings = Callable[[], Awaitable[list[str]]]

LONGEST_LOOK: Final = timedelta(seconds=5)
"""How long a warning may wait for the database."""


@dataclass(frozen=True, slots=True)
class Late:
    """How many reviews and how many duties are late; in how many reviews judges differ, and how many clocks run.

    A clock runs in a review in which somebody called a possible breach: for 72 hours, and until the review is closed.
    """

    reviews: int
    obligations: int
    disputes: int
    breaches: int


@dataclass(frozen=True)
class Lateness:
    """Looks what is late. `now` is the machine's clock."""

    engine: AsyncEngine
    now: Callable[[], datetime]

    async def late(self) -> Late:
        """Return what is late today.

        Raises:
            SQLAlchemyError, OSError: the database does not answer.
        """
        async with asyncio.timeout(LONGEST_LOOK.total_seconds()), self.engine.connect() as connection:
            return await late_on(connection, self.now())

    async def warnings(self) -> list[str]:
        """Return what officers must know; empty where nothing is late."""
        try:
            late = await self.late()
        except (SQLAlchemyError, OSError):
            return ["whether a review is late cannot be read"]
        reviews = f"{late.reviews} reviews are late; see `GET /api/v1/reviews`"
        duties = f"{late.obligations} obligations are late; see `GET /api/v1/obligations`"
        disputes = (
            f"in {late.disputes} reviews the judges differ; an officer of the gateway decides who judged none of them, "
            "and where there is no such officer nobody can"
        )
        breaches = f"{late.breaches} reviews found a possible breach, to be reported within 72 hours (GDPR 33)"
        told = (
            (late.breaches, breaches),
            (late.reviews, reviews),
            (late.disputes, disputes),
            (late.obligations, duties),
        )
        return [text for count, text in told if count]

    def beside(self, others: Warnings) -> Warnings:
        """Return what gives the warnings of `others`, and these behind them."""

        async def warnings() -> list[str]:
            return [*await others(), *await self.warnings()]

        return warnings


async def late_on(connection: AsyncConnection, at: datetime) -> Late:
    """Return how much is not done on the day of `at` that was due on an earlier one, and what else waits for people."""
    day, row = local_day(at), review_verdict.c
    called = select(row.item).where(row.follow_up == FollowUp.POSSIBLE_BREACH).group_by(row.item)
    # By the earliest: a second judge who calls it one too begins no new clock.
    running = called.having(func.min(row.at) > at - BREACH_CLOCK)
    breaches = select(func.count()).where(
        or_(review_item.c.id.in_(running), and_(review_item.c.id.in_(called), is_open()))
    )  # fmt: skip
    disputes = select(func.count()).select_from(review_item).where(is_open(), is_disputed())
    reviews = select(func.count()).select_from(review_item).where(is_open(), review_item.c.due < day)
    duties = select(func.count()).select_from(obligation).where(is_undone(), obligation.c.due < day)
    return Late(
        reviews=(await connection.execute(reviews)).scalar_one(),
        obligations=(await connection.execute(duties)).scalar_one(),
        disputes=(await connection.execute(disputes)).scalar_one(),
        breaches=(await connection.execute(breaches)).scalar_one(),
    )
