"""A gateway whose log holds what was answered, refused and looked at, and all that stands there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from audit.events import Kind
from audit.read import entries
from audit.told import Told
from gateway.log.telling import bring_keys, tell
from tests.gateway.running import Running, running
from tests.gateway.sources import Telling, element, instead
from tests.gateway.worlds import world

SECRET = "zij zegt dat zij bang is"
GOODS = [element("e1", text=SECRET), element("e2", good_care_veto=True, text=SECRET)]


@asynccontextmanager
async def with_a_log(folder: Path) -> AsyncIterator[Running]:
    """Run it; what it holds of a professional's question, and of the youth himself, stands in its log."""
    change = instead(Telling("ggz-west", GOODS), Telling("school-1"))
    async with running(world(), folder, change=change) as one:
        assert (await one.ask("anna", "sem", "coordinate-plan")).status == 200
        assert (await one.ask("anna", "nobody-here", "coordinate-plan")).status == 403
        assert (await one.call("sem", "GET", "/api/v1/persons/sem/facts")).status == 200
        await delivered(one)
        yield one


async def delivered(gateway: Running) -> None:
    """Wait for the event that the plan was handed over: it is kept behind the answer, under an earlier instant."""
    for _ in range(200):
        if Kind.EXCHANGE_DELIVERED in {each.kind for each in await told(gateway)}:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the plan was never delivered")


async def told(gateway: Running) -> list[Told]:
    """Return all events, as the gateway's own keys open them."""
    committer = gateway.gateway.exchange.committer
    async with committer.engine.connect() as connection:
        found = [each async for each in entries(connection, since=0, size=10**6)]
        await bring_keys(committer, connection, found)
    return [tell(committer, each) for each in found]
