"""The load: some connections that are kept alive, each with one request under way, until all requests are answered.

Every request is bytes that were made before. Runs in the process of the benchmarks, never in that of a server.
"""

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

CONNECTIONS: Final = 32
_LENGTH: Final = b"content-length: "


class UnexpectedAnswerError(Exception):
    """A server answered something else than was measured for; the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load met: requests, seconds from first to last, and the seconds of each request, sorted."""

    count: int
    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.count / self.seconds

    def milliseconds(self, share: float) -> float:
        """Return within how many milliseconds that `share` of the requests was answered."""
        return self.latencies[min(int(share * self.count), self.count - 1)] * 1000


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], expected: bytes, latencies: list[float]) -> None:
        self._requests = requests
        self._expected = expected
        self._latencies = latencies
        self._head = b""
        self._missing = 0
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # what TCP gives; uvloop's is no subclass of it
        self._next()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        elif not self._begin(self._head + data):
            return
        if self._missing == 0:
            self._latencies.append(time.perf_counter() - self._sent_at)
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"the server closed a connection: {exc}")

    def _begin(self, data: bytes) -> bool:
        head, found, body = data.partition(b"\r\n\r\n")
        if not found:
            self._head = data
            return False
        self._head = b""
        if not head.startswith(self._expected):
            self._fail(f"expected {self._expected.decode()}, got {data[:2000].decode('utf-8', 'replace')}")
            return False
        lowered = head.lower()
        at = lowered.index(_LENGTH) + len(_LENGTH)
        self._missing = int(lowered[at:].partition(b"\r\n")[0]) - len(body)
        return True

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(UnexpectedAnswerError(why))
        self._transport.close()


async def load(port: int, requests: Sequence[bytes], *, status: int, connections: int = CONNECTIONS) -> Measured:
    """Send `requests` to a server on this machine, as fast as it answers.

    Raises:
        UnexpectedAnswerError: another status than `status`, or a connection that ends.
    """
    latencies: list[float] = []
    waiting, expected = iter(requests), b"HTTP/1.1 %d" % status
    loop = asyncio.get_running_loop()
    gc.disable()
    try:
        began = time.perf_counter()
        opened = [
            (await loop.create_connection(lambda: _Connection(waiting, expected, latencies), "127.0.0.1", port))[1]
            for _ in range(min(connections, len(requests)))
        ]
        await asyncio.gather(*(each.done for each in opened))
        seconds = time.perf_counter() - began
    finally:
        gc.enable()
    return Measured(len(latencies), seconds, tuple(sorted(latencies)))
