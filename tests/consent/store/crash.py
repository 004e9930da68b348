"""Record a fact in a transaction of one's own, and die by SIGKILL before or after the commit."""

import asyncio
import os
import signal
import sys

from consent.store.fact_store import FactStore
from gateway.database.engine import create_engine, write_transaction
from tests.consent.store import make


async def die(url: str, moment: str) -> None:
    engine, store = create_engine(url), FactStore(make.key_service())
    async with write_transaction(engine) as connection:
        await make.tell(connection, store, "consents", make.CONSENT)
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


asyncio.run(die(sys.argv[1], sys.argv[2]))
