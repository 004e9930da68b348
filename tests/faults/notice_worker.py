"""The process that dies while it gives notices. Started by `tests/faults/test_notices.py`."""

import asyncio
import os
import signal
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import insert

from gateway.database.engine import create_engine, write_transaction
from gateway.notices.due import Due
from gateway.notices.looking import Looking
from gateway.notices.places import Place, Reached
from gateway.notices.sending import Sending
from gateway.notices.tables import notice_looked
from gateway.registry.store import Registrations
from gateway.settings import Settings
from gateway.wiring import open_log


@dataclass(frozen=True)
class Order:
    """Which database to work on, where to die, and whether as the broken twin."""

    settings: Settings
    dies_at: Place | None = None
    broken: bool = False


class MarksFirst(Looking):
    """The broken twin: it writes down that it looked, and only then looks."""

    async def _work_off(self, due: Due) -> None:
        async with write_transaction(self.committer.engine) as connection:
            await connection.execute(insert(notice_looked).values(due=due.seq))
        await self.reached(Place.LOOKED)
        await super()._work_off(due)


def dying_at(place: Place | None) -> Reached:
    """Return what kills the process, uncatchably, when `place` is reached."""

    async def reached(here: Place) -> None:
        if here is place:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


def work(order: Order) -> None:
    """Look once and send once."""
    asyncio.run(_work(order))


async def _work(order: Order) -> None:
    settings = order.settings
    engine = create_engine(settings.database_url)
    committer = await open_log(settings, engine)
    registrations = Registrations(engine, builtin_allowed=True)
    kind = MarksFirst if order.broken else Looking
    looking = kind(committer, registrations.renewed, dying_at(order.dies_at))
    sending = Sending(committer, registrations.renewed, lambda: datetime.now(UTC), this_machine=True)
    await looking.look(asyncio.Event())
    await replace(sending, reached=dying_at(order.dies_at)).send(asyncio.Event())
    await engine.dispose()
