"""A database whose n-th call for a request fails: what it says is on the driver, so all above it is the real thing.

Only calls for requests count; the gateway's workers, which use the same connections, are left alone.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from asyncpg.exceptions import ConnectionDoesNotExistError, DiskFullError, PostgresError  # type: ignore[import-untyped] # idem
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp, Receive, Scope, Send

CALLS = frozenset({"bind", "bind_execute", "bind_execute_many", "execute", "query"})
"""What the driver's protocol is asked to do; preparing does nothing."""
OWN = ("typeinfo_tree", "'jit'")
"""What stands in the statements with which the driver asks, on some connections only, what types there are."""

END = "SELECT pg_terminate_backend(pg_backend_pid())"

_for_a_request: ContextVar[bool] = ContextVar("for_a_request", default=False)


class Fault(StrEnum):
    """How a call fails."""

    ONCE = "the server says once that its disk is full, and did nothing"
    FULL = "the server says that its disk is full, from then on"
    LOST = "the server did it, and the connection broke before it could say so"
    ENDED = "an operator ended the connection before the server was asked"


_OF_ROOM = frozenset({Fault.ONCE, Fault.FULL})


@dataclass
class Failing:
    """Counts calls, and fails the one whose number, from 1, is `at`; `failed` is the first that failed."""

    fault: Fault = Fault.FULL
    at: int = 0
    made: int = 0
    failed: str = field(default="", init=False)

    def begin(self, at: int, fault: Fault) -> None:
        """Fail call number `at` of those that come from now on."""
        self.at, self.fault, self.made, self.failed = at, fault, 0, ""

    async def call(self, statement: str, make: Callable[[], Awaitable[Any]], connection: Any) -> Any:
        # A server with a full disk begins and rolls back all the same.
        needs_no_room = self.fault in _OF_ROOM and statement.startswith(("BEGIN", "ROLLBACK"))
        is_own = any(each in statement for each in (*OWN, END))
        if needs_no_room or is_own or not _for_a_request.get() or not self._fails_now():
            return await make()
        self.failed = self.failed or statement
        if self.fault is Fault.ENDED:
            with suppress(PostgresError):
                await connection.execute(END)
            return await make()
        if self.fault is Fault.LOST:
            await make()
            connection.terminate()
            raise ConnectionDoesNotExistError("connection was closed in the middle of operation")
        if statement.startswith("COMMIT"):
            await connection.execute("ROLLBACK")
        raise DiskFullError("could not extend file")

    def _fails_now(self) -> bool:
        self.made += 1
        return self.made == self.at or (self.fault is Fault.FULL and 0 < self.at < self.made)


class _Protocol:
    """Stands before the driver's protocol, whose methods cannot be replaced."""

    def __init__(self, behind: Any, connection: Any, failing: Failing) -> None:
        self._behind, self._connection, self._failing = behind, connection, failing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        if name not in CALLS:
            return found

        def called(*given: Any, **named: Any) -> Awaitable[Any]:
            asked = named["state"] if "state" in named else given[0]
            statement = asked if isinstance(asked, str) else asked.query
            return self._failing.call(statement, lambda: found(*given, **named), self._connection)

        return called


@contextmanager
def failing(engine: AsyncEngine) -> Iterator[Failing]:
    """Let calls on the connections of `engine` fail as told; those that are open already too."""
    one = Failing()

    def taken(adapted: Any, *_: object) -> None:
        connection = adapted.driver_connection
        # A connection that the pool is still wrapping has its protocol behind it already.
        if not isinstance(connection._protocol, _Protocol):
            connection._protocol = _Protocol(connection._protocol, connection, one)

    event.listen(engine.sync_engine, "checkout", taken)
    # A line never comes back to the pool, so those that are open end here, as they do with their engine.
    engine.sync_engine.dispatch.engine_disposed(engine.sync_engine)
    try:
        yield one
    finally:
        event.remove(engine.sync_engine, "checkout", taken)


def counted(app: ASGIApp) -> ASGIApp:
    """Return `app`, with what it does for requests marked: a task that it starts inherits the mark."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        token = _for_a_request.set(True)
        try:
            await app(scope, receive, send)
        finally:
            _for_a_request.reset(token)

    return marked
