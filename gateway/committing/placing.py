"""Giving events their place in the log's tree while the gateway runs, and what waits at its end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.grow import BrokenTreeError
from audit.sequence import checkpoint, sequence
from audit.sequencer import Sequencer
from audit.store import AuditLog
from gateway.database.engine import write_transaction
from gateway.failpoints import Failpoint
from gateway.health.lag import Lag
from gateway.health.log_health import LogHealth
from gateway.logs import logger, where

SEQUENCE_EVERY: Final = timedelta(milliseconds=200)


@asynccontextmanager
async def sequencing(
    tree: AsyncEngine, log: AuditLog, health: LogHealth, *, reached: Callable[[Failpoint], Awaitable[None]]
) -> AsyncIterator[None]:
    """Give events their place meanwhile, and sign the heads; at the end, those that still wait."""
    stop = asyncio.Event()
    lag = Lag()
    if tree.dialect.name == "postgresql":  # on SQLite an event is placed as it is kept
        health.lag = lag
    sequencer = Sequencer(
        tree,
        log,
        SEQUENCE_EVERY,
        _failed,
        looked=lag.looked,
        reached=reached,
    )

    async def run() -> None:
        try:
            await sequencer.run(stop)
            await sequence_the_rest(tree, log)
        except (SQLAlchemyError, OSError) as error:
            _failed(error)
        except BrokenTreeError as error:
            # Nothing more is signed or kept, and `/readyz` says so; verifying an export names the place.
            health.broken = True
            logger().error("audit.unavailable", **where(error))

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        stop.set()
        await task


async def sequence_the_rest(engine: AsyncEngine, log: AuditLog) -> None:
    """Give what is kept and waits its place in the tree, and sign the head.

    Raises:
        BrokenTreeError: the stored tree was changed; nothing is signed.
    """
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            await sequence(connection, log)
    async with write_transaction(engine) as connection:
        await checkpoint(connection, log)


def _failed(error: Exception) -> None:
    logger().warning("audit.unavailable", **where(error))
