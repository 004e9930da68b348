"""`make bench`: one JSON line for each benchmark, and exit code 1 where a floor is broken."""

import argparse
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvloop

from benchmarks.growth import grown
from benchmarks.log import logs
from benchmarks.long_log import long_logs
from benchmarks.run import Size, run
from benchmarks.stage import stage_on
from tests import postgres
from tests.postgres import BINARIES


def _size() -> Size:
    usual, parser = Size(), argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="alternating rounds (%(default)s)")
    parser.add_argument("--requests", type=int, default=usual.requests, help="requests in a round (%(default)s)")
    parser.add_argument("--exchanges", type=int, default=usual.exchanges, help="for the growth (%(default)s)")
    parser.add_argument("--starts", type=int, default=usual.starts, help="starts of each server (%(default)s)")
    parser.add_argument("--decisions", type=int, default=usual.decisions, help="rounds of B3 (%(default)s)")
    parser.add_argument("--events", type=int, default=usual.events, help="of the long log (%(default)s)")
    parser.add_argument("--consents", type=int, default=usual.consents, help="of the large database (%(default)s)")
    return Size(**vars(parser.parse_args()))


async def _print(lines: AsyncIterator[dict[str, Any]]) -> bool:
    fine = True
    async for line in lines:
        print(json.dumps(line), flush=True)
        fine = fine and line["ok"]
    return fine


def main() -> int:
    """Run them all."""
    size = _size()
    if not BINARIES.is_dir():
        print("PostgreSQL 15 is not on this machine; install it with: apt-get install postgresql-15", file=sys.stderr)
        return 2
    with postgres.server() as server:
        with stage_on(server) as on:
            fine = uvloop.run(_print(run(on, size)))
            fine = uvloop.run(_print(logs(on, size.rounds, size.requests * 2))) and fine
        with stage_on(server) as short, stage_on(server) as long:
            fine = uvloop.run(_print(long_logs((short, long), size.events, size.rounds, size.requests))) and fine
        grows = grown(lambda kind: stage_on(server if kind == "postgresql" else None), size.growth)
        return 0 if uvloop.run(_print(grows)) and fine else 1


if __name__ == "__main__":
    sys.exit(main())
