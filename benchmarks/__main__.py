"""`make bench`: one JSON line for each benchmark, and exit code 1 where a floor is broken."""

import argparse
import json
import sys

import uvloop

from benchmarks.run import Size, run
from benchmarks.stage import Stage, stage
from tests.postgres import BINARIES


def _size() -> Size:
    usual, parser = Size(), argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="alternating rounds (%(default)s)")
    parser.add_argument("--requests", type=int, default=usual.requests, help="requests in a round (%(default)s)")
    parser.add_argument("--exchanges", type=int, default=usual.exchanges, help="for the growth (%(default)s)")
    parser.add_argument("--starts", type=int, default=usual.starts, help="starts of each server (%(default)s)")
    parser.add_argument("--decisions", type=int, default=usual.decisions, help="rounds of B3 (%(default)s)")
    return Size(**vars(parser.parse_args()))


async def _print_lines(on: Stage, size: Size) -> bool:
    fine = True
    async for line in run(on, size):
        print(json.dumps(line), flush=True)
        fine = fine and line["ok"]
    return fine


def main() -> int:
    """Run them all."""
    size = _size()
    if not BINARIES.is_dir():
        print("PostgreSQL 15 is not on this machine; install it with: apt-get install postgresql-15", file=sys.stderr)
        return 2
    with stage() as on:
        return 0 if uvloop.run(_print_lines(on, size)) else 1


if __name__ == "__main__":
    sys.exit(main())
