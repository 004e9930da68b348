"""The program: serves De Linde's records on a free local port until told to stop or its starter is gone."""

import argparse
import asyncio
import os
import signal
import sys
from datetime import date
from pathlib import Path

from aiohttp import web

from gateway.demo.simulators.mental_health.records import Records
from gateway.demo.simulators.mental_health.server import Server

TOKEN_VARIABLE = "DE_LINDE_TOKEN"  # noqa: S105  (the name of a variable, not its value)


async def serve(server: Server, port: int) -> None:
    """Serve on `port` (0: any free one), say `ready URL` on stdout, and stop at SIGTERM or when stdin closes."""
    runner = web.AppRunner(server.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # Who started us holds our stdin: when he dies, however he dies, it closes, and no server stays behind.
    loop.add_reader(sys.stdin.fileno(), stop.set)
    host, bound = runner.addresses[0][:2]
    sys.stdout.write(f"ready http://{host}:{bound}/fhir\n")
    sys.stdout.flush()
    await stop.wait()
    await runner.cleanup()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="de-linde", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--log", type=Path, required=True)
    given = parser.parse_args()
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        parser.error(f"{TOKEN_VARIABLE} is not set")
    asyncio.run(serve(Server(Records.on(given.today), token, given.log), given.port))


if __name__ == "__main__":
    main()
