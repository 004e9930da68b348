"""A connection to PostgreSQL that stays with who asks one thing after another.

Lending one from the pool costs the library as much as asking the question, and the server works a third less for a
connection that asks the same every time. So what every request passes has a line of its own, beside the pool.
"""

import socket
import time
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

REST_SECONDS: Final = 60
"""After so long without a question another connection is taken: what stands between may have forgotten this one."""
ANSWER_SECONDS: Final = 10
"""An end that is gone without a word never answers, and whoever asks later waits behind that question."""
_TRIED: Final = 10
"""More than wait in a pool, so the last that is tried is new."""
_ALIVE_SECONDS: Final = 2
"""How long a connection may take to say that it is there, before it becomes a line."""

_ON_ITS_WAY: Final = 2**20
"""Bytes of a question that may be on their way to a server on this machine; the system may allow fewer. It allows 200
kilobytes of itself, a dozen events: what comes after them would wait until our loop looks again, and so would the
server. Between machines the system finds by itself what is good."""


class BrokenLineError(Exception):
    """There was no answer. Whether what was asked was done nobody knows; the next question goes over a new line."""


class Line:
    """One connection of `engine`, which is for PostgreSQL; it opens at the first question and ends with the engine.

    One question at a time: who comes from several sides asks `gateway.database.together`.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Take the engine, and connect to nothing yet."""
        self._engine = engine
        self._driver: Any = None
        self._asked_at = 0.0
        event.listen(engine.sync_engine, "engine_disposed", self._ended)

    async def fetch(self, statement: str, *arguments: object) -> list[Any]:
        """Return the rows of one statement, which is a transaction of its own; `arguments` are its $1, $2 and so on.

        Raises:
            SQLAlchemyError, OSError: there is no connection to be had; nothing was asked.
            BrokenLineError: it was asked, and there was no answer within `ANSWER_SECONDS`.
        """
        driver = await self._open()
        try:
            rows: list[Any] = await driver.fetch(statement, *arguments, timeout=ANSWER_SECONDS)
        except Exception as error:  # the driver's own errors have no common class
            self._end()
            raise BrokenLineError("the database did not answer") from error
        except BaseException:
            self._end()  # stopped in the middle: what still comes is the answer to this question, and to no other
            raise
        return rows

    async def _open(self) -> Any:
        now = time.monotonic()
        if self._driver is not None and (self._driver.is_closed() or now - self._asked_at > REST_SECONDS):
            self._end()
        if self._driver is None:
            self._driver = await self._another()
        self._asked_at = now
        return self._driver

    async def _another(self) -> Any:
        for _ in range(_TRIED):
            lent = await self._lent()
            driver = lent.driver_connection
            try:
                is_there = await _is_there(driver)
            except BaseException:  # stopped meanwhile: nobody would end it
                lent.invalidate()
                raise
            if is_there:
                lent.detach()
                _widen(driver)
                return driver
            lent.invalidate()  # it ended while it waited in the pool, which does not look
        raise OSError("the database takes connections and does not answer on them")

    async def _lent(self) -> PoolProxiedConnection:
        try:
            return await self._engine.raw_connection()
        except (SQLAlchemyError, OSError):
            raise
        except Exception as error:  # the library passes the driver's own errors on here, which have no common class
            raise OSError("there is no connection to the database to be had") from error

    def _ended(self, _: Engine) -> None:
        self._end()

    def _end(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.terminate()


def _widen(driver: Any) -> None:
    # The driver shows its transport to nobody.
    end = driver._transport.get_extra_info("socket")  # noqa: SLF001
    if end is not None and end.family == socket.AF_UNIX:
        # A connection that ended meanwhile has no buffer: whoever asks over it finds that out.
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_ITS_WAY)


async def _is_there(driver: Any) -> bool:
    """Say whether the other end answers: whoever waits in the pool may have been forgotten as long as the last line."""
    try:
        await driver.execute("SELECT", timeout=_ALIVE_SECONDS)
    except Exception:  # noqa: BLE001 - whatever it says, it is no line
        return False
    return True
