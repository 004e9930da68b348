"""Running the gateway: one process, a clean stop on SIGTERM, and one word when it is ready."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.counting import Counted
from gateway.database.fences import may_rebuild
from gateway.logs import logger
from gateway.memory import settle
from gateway.metrics.door import metrics_app
from gateway.settings import Settings
from gateway.settings_check import weakened
from gateway.settings_told import tell_settings
from gateway.wiring import Gateway, World, open_gateway

BACKLOG = 2048
STOP_SECONDS = 20
LOOPBACK = "127.0.0.1"
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port` (0: a free one).

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, for only then does asyncio send small answers at once (TCP_NODELAY).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    listening.setblocking(False)  # noqa: FBT003 - the library's own signature
    return listening


class _Server(uvicorn.Server):
    """A server that says when it takes requests, and leaves signals to who runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Do nothing: the library raises a signal again once it has stopped, and that would end the process."""
        yield


@asynccontextmanager
async def served(gateway: Gateway, listening: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Serve `gateway` meanwhile, from the first request that comes; at the end, requests that run are finished."""
    async with _running(Counted(create_app(gateway), gateway.counters), listening) as task, _measured(gateway):
        yield task


@asynccontextmanager
async def _measured(gateway: Gateway) -> AsyncIterator[None]:
    """Show the metrics meanwhile, on this machine only, where a port is set."""
    port = gateway.settings.metrics_port
    if port is None:
        yield
        return
    with listen(LOOPBACK, port) as listening:
        async with _running(metrics_app(gateway), listening):
            logger().info("metrics.ready", port=listening.getsockname()[1])
            yield


@asynccontextmanager
async def _running(app: ASGIApp, listening: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await _one_of(task, server.up)
        yield task
    finally:
        server.should_exit = True
        await task


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Give an event that SIGTERM and SIGINT set; they do nothing else until this is left."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


async def _one_of(serving: asyncio.Task[None], *events: asyncio.Event) -> None:
    waiters = [asyncio.create_task(each.wait()) for each in events]
    try:
        await asyncio.wait([*waiters, serving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiters:
            each.cancel()


async def _owns_its_log(gateway: Gateway) -> bool:
    async with gateway.engine.connect() as connection:
        return await may_rebuild(connection)


async def serve(
    settings: Settings, listening: socket.socket, *, world: World | None = None, ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; requests that run are finished, and what waits for the log is kept.

    Raises:
        What `open_gateway` raises: refuse to start.
        TakenOverError: another database took over; it stopped, and must start anew.
    """
    with _told_to_stop() as stop:
        async with open_gateway(settings, world) as gateway:
            # Where all people are invented nobody need know on which settings it runs.
            if not settings.invented_people_only:
                await tell_settings(gateway.exchange.committer, settings, gateway.identity.keys)
            async with served(gateway, listening) as serving:
                settle()
                # Nor need anybody watch; of a real gateway that is to be known from the start.
                if settings.witness_policy is None and not settings.invented_people_only:
                    logger().warning("audit.unwitnessed")
                if not settings.invented_people_only and await _owns_its_log(gateway):
                    logger().warning("audit.unfenced")
                logger().info("gateway.ready", url=settings.public_url, weakened=weakened(settings))
                ready()
                await _one_of(serving, stop, gateway.takeover.happened)
    logger().info("gateway.stopped")
    gateway.takeover.require_none()
