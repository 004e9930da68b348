"""The witness's HTTP server: `POST /audit/witness/add-checkpoint`, and what it signed for whoever asks.

Source: C2SP tlog-witness v1.0.0; the address of the newest head as in C2SP tlog-mirror.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from audit.witness import MOST_BYTES, Refused, Why
from gateway.logs import logger, where
from gateway.witness.desk import WitnessDesk
from gateway.witness.folder import opened

PREFIX: Final = "/audit/witness"
SIZE_TYPE: Final = "text/x.tlog.size"
_BODY_SECONDS: Final = 20
_STATUS: Final = {
    Why.MALFORMED: 400,
    Why.UNKNOWN_LOG: 404,
    Why.NOT_SIGNED: 403,
    Why.ANOTHER_SIZE: 409,
    Why.ANOTHER_ROOT: 409,
    Why.INCONSISTENT: 422,
}


@dataclass(frozen=True)
class WitnessDoor:
    """The routes, with the desk behind them."""

    desk: WitnessDesk

    def app(self) -> web.Application:
        """Return the application."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post(f"{PREFIX}/add-checkpoint", self.add)
        app.router.add_get(f"{PREFIX}/{{origin}}/checkpoint", self.newest)
        app.router.add_get("/healthz", self.alive)
        return app

    async def add(self, request: web.Request) -> web.Response:
        """Answer an add-checkpoint request."""
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return _plain(408, "the request did not come in time\n")
        try:
            # It waits for the disk; and it is not left half done where whoever asked goes away.
            answer = await asyncio.to_thread(self.desk.add, body)
        except OSError as error:
            logger().error("witness.not_kept", **where(error))
            return _plain(503, "the state cannot be kept, so nothing is signed\n")
        return _refusal(answer) if isinstance(answer, Refused) else _plain(200, answer)

    async def newest(self, request: web.Request) -> web.Response:
        """Return the newest head of a log that was signed, as the log signed it: proof of what it once said."""
        held = self.desk.held.get(request.match_info["origin"])
        return _plain(404, "nothing of this log was signed\n") if held is None else _plain(200, held.note)

    async def alive(self, _request: web.Request) -> web.Response:
        """Answer 200."""
        return _plain(200, "alive\n")


def _plain(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/plain", charset="utf-8")


def _refusal(refused: Refused) -> web.Response:
    logger().warning("witness.refused", why=refused.why.value, held=refused.held)
    status = _STATUS[refused.why]
    if status == web.HTTPConflict.status_code:
        return web.Response(status=status, body=f"{refused.held}\n".encode(), headers={"Content-Type": SIZE_TYPE})
    return _plain(status, f"{refused.why.value}\n")


@asynccontextmanager
async def witnessing(desk: WitnessDesk, host: str, port: int) -> AsyncIterator[str]:
    """Serve `desk` meanwhile, and give the submission prefix under which it is reached; `port` 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    runner = web.AppRunner(WitnessDoor(desk).app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        name, bound = runner.addresses[0][:2]
        yield f"http://{f'[{name}]' if ':' in name else name}:{bound}{PREFIX}"
    finally:
        await runner.cleanup()


async def serve_witness(path: Path, host: str, port: int, *, say: Callable[[str], None]) -> None:
    """Serve the witness whose folder is at `path` until SIGTERM or SIGINT; `say` hears the one line `ready URL`.

    Raises:
        WitnessFolderError: the folder cannot be used.
        OSError: the port is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with opened(path) as folder:
        desk = WitnessDesk(folder.key, folder.logs, folder.held, folder.keep, time.time)
        async with witnessing(desk, host, port) as url:
            logger().info("witness.ready", url=url, key=folder.key.verifier.label, logs=sorted(folder.logs))
            say(f"ready {url}")
            await stop.wait()
    logger().info("witness.stopped")
