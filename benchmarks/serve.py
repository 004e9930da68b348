"""One server of the benchmarks, in a process of its own: `python -m benchmarks.serve NAME SOCKET DATABASE FOLDER`.

All of them run with the same uvicorn settings and one worker. The gateway is what `schakel serve` runs, all its modules
loaded; only its record systems are those of the benchmarks.
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Final

import uvicorn
import uvloop
from starlette.types import ASGIApp

GATEWAY: Final = "gateway"
INSERT: Final = "insert"
HELLO: Final = "hello"
DECIDING: Final = "deciding"


async def _gateway(listening: socket.socket, database_url: str, folder: Path) -> None:
    # An anchor must not carry the gateway's modules, and the gateway carries all that `schakel serve` loads.
    from gateway.memory import loading  # noqa: PLC0415

    with loading():
        import gateway.commands.operating  # noqa: F401, PLC0415
        from benchmarks.records import sources  # noqa: PLC0415
        from gateway.sandbox.running import Options, sandbox_settings  # noqa: PLC0415
        from gateway.serving import serve  # noqa: PLC0415
        from gateway.wiring import World  # noqa: PLC0415

    settings = sandbox_settings(folder, url_of(listening), Options(database_url=database_url))
    world = World(sources(date.today()), lambda now: now)  # noqa: DTZ011 - the local day is near enough
    await serve(settings, listening, world=world, ready=lambda: None)


async def _anchor(make: Callable[[str], ASGIApp], listening: socket.socket, database_url: str) -> None:
    config = uvicorn.Config(
        make(database_url), loop="uvloop", http="httptools", log_config=None, access_log=False, server_header=False
    )
    await uvicorn.Server(config).serve(sockets=[listening])


def url_of(listening: socket.socket) -> str:
    """Return the address of a socket that listens on this machine."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def _work(name: str, listening: socket.socket, database_url: str, folder: Path) -> Awaitable[None]:
    if name == GATEWAY:
        return _gateway(listening, database_url, folder)
    if name == DECIDING:
        from benchmarks.deciding_app import deciding_app  # noqa: PLC0415 - as above

        return _anchor(lambda _: deciding_app(url_of(listening)), listening, database_url)
    from benchmarks import anchors  # noqa: PLC0415 - the gateway must not carry the anchors' modules

    make = {INSERT: anchors.insert_app, HELLO: anchors.hello_app}[name]
    return _anchor(make, listening, database_url)


def main() -> None:
    """Serve until SIGTERM."""
    name, descriptor, database_url, folder = sys.argv[1:]
    with socket.socket(fileno=int(descriptor)) as listening:

        async def work() -> None:
            await _work(name, listening, database_url, Path(folder))

        # As `schakel serve` does; left to itself uvicorn takes the loop that runs.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work())


if __name__ == "__main__":
    main()
