"""`make bench`: one JSON line for each benchmark, and exit code 1 where a floor is broken."""

import argparse
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvloop

from benchmarks import fhir, mapping, report
from benchmarks.growth import grown
from benchmarks.log import logs
from benchmarks.long_log import long_logs
from benchmarks.run import Size, run
from benchmarks.stage import stage_on
from benchmarks.workers import workers
from tests import postgres
from tests.postgres import BINARIES


def _given() -> argparse.Namespace:
    usual, parser = Size(), argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="alternating rounds (%(default)s)")
    parser.add_argument("--requests", type=int, default=usual.requests, help="requests in a round (%(default)s)")
    parser.add_argument("--exchanges", type=int, default=usual.exchanges, help="for the growth (%(default)s)")
    parser.add_argument("--starts", type=int, default=usual.starts, help="starts of each server (%(default)s)")
    parser.add_argument("--decisions", type=int, default=usual.decisions, help="rounds of B3 (%(default)s)")
    parser.add_argument("--events", type=int, default=usual.events, help="of the long log (%(default)s)")
    parser.add_argument("--consents", type=int, default=usual.consents, help="of the large database (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("build"), help="where table and picture go (%(default)s)")
    parser.add_argument("--keep", action="store_true", help="hold later runs against this one")
    return parser.parse_args()


async def _print(lines: AsyncIterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_printed(line) async for line in lines]


def _printed(line: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(line), flush=True)
    return line


def main() -> int:
    """Run them all; write a table and a picture, and say what is much worse than in the run that was kept."""
    given = vars(_given())
    out, keeps = given.pop("out"), given.pop("keep")
    lines = _lines(Size(**given))
    if lines is None:
        return 2
    found = report.figures(lines, report.read_kept())
    report.write(found, out)
    for each in report.warnings(found):
        print(each, file=sys.stderr)
    if keeps:
        report.keep(found)
    return 0 if all(each.ok for each in found) else 1


def _lines(size: Size) -> list[dict[str, Any]] | None:
    if not BINARIES.is_dir():
        print("PostgreSQL 15 is not on this machine; install it with: apt-get install postgresql-15", file=sys.stderr)
        return None
    with postgres.server() as server:
        with stage_on(server) as on:
            found = uvloop.run(_print(run(on, size)))
            found.append(_printed(fhir.measured(min(size.decisions, fhir.ROUNDS))))
            found.append(_printed(mapping.measured(size.decisions)))
            found += uvloop.run(_print(workers(on, size.rounds, size.requests)))
            found += uvloop.run(_print(logs(on, size.rounds, size.requests * 2)))
        with stage_on(server) as short, stage_on(server) as long:
            found += uvloop.run(_print(long_logs((short, long), size.events, size.rounds, size.requests)))
        grows = grown(lambda kind: stage_on(server if kind == "postgresql" else None), size.growth)
        return found + uvloop.run(_print(grows))


if __name__ == "__main__":
    sys.exit(main())
