"""A process that looks whether another database took over can stop, whatever the server does in that moment."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.database.engine import create_engine
from gateway.database.takeover import Takeover

SECONDS = 5
NOWHERE = "postgresql+asyncpg://nobody@/nothing?host=/nowhere"


class Breaking(Takeover):
    """Looks until it is stopped; of the first look that is, the driver says instead that its connection broke."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.began = asyncio.Event()

    async def look(self, engine: AsyncEngine) -> None:  # noqa: ARG002 - there is none
        self.looks += 1
        self.began.set()
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            if self.looks > 1:
                raise
            raise OSError("the connection is closed") from None


class Broken:
    """A connection over which nothing is heard any more, and which cannot be closed in good order either."""

    terminated = False

    def cursor(self) -> Any:
        raise ConnectionError("the first reason")

    def close(self) -> None:
        raise OSError("the connection is closed")

    def terminate(self) -> None:
        self.terminated = True
        raise OSError("the connection is closed")


async def test_it_stops_though_the_server_goes_in_the_same_moment() -> None:
    takeover = Breaking()
    async with asyncio.timeout(SECONDS), takeover.looking(create_engine(NOWHERE)):
        await takeover.began.wait()
    assert takeover.looks == 1


async def test_who_waits_for_its_stop_can_be_stopped_himself() -> None:
    takeover, engine = Breaking(), create_engine(NOWHERE)

    async def serve() -> None:
        async with takeover.looking(engine):
            await takeover.began.wait()

    serving = asyncio.create_task(serve())
    await takeover.began.wait()
    await asyncio.sleep(0)  # it is leaving now, and waits for who looks
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(serving, SECONDS)


def test_why_a_connection_is_no_good_is_told_and_not_that_it_could_not_be_closed() -> None:
    connection = Broken()
    with pytest.raises(ConnectionError, match="the first reason"):
        Takeover()._look_at_server(connection, None)
    assert connection.terminated
