"""`make bench` on a tiny run: every benchmark prints one line of JSON. No figure is tested."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import BINARIES, missing

ROOT = Path(__file__).resolve().parents[2]
TINY = (
    "--rounds",
    "1",
    "--requests",
    "40",
    "--exchanges",
    "40",
    "--starts",
    "1",
    "--decisions",
    "1",
    "--consents",
    "2000",
    "--events",
    "2000",
)

BEFORE = ("B9-start", "B1", "B1-cpu", "B2", "B9", "B9-growth", "B3", "B6", "B7", "B10")
OF_THE_LOG = ("append", "B5", "lag", "append-grown", "proof", "breach", "breach-grown", "search-grown", "verify")

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    if not BINARIES.is_dir():
        missing("PostgreSQL 15", "apt-get install postgresql-15")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCHAKEL_")}
    out = tmp_path_factory.mktemp("out")
    command = [sys.executable, "-m", "benchmarks", *TINY, "--out", str(out)]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert ran.returncode in {0, 1}, ran.stderr.decode()
    assert {each.name for each in out.iterdir()} == {"benchmarks.md", "benchmarks.svg"}, ran.stderr.decode()
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_each_benchmark_prints_one_line(lines: list[dict[str, object]]) -> None:
    assert [line["benchmark"] for line in lines] == [*BEFORE, *OF_THE_LOG, "B4"]


def test_each_line_has_its_ratio_beside_floor_and_goal(lines: list[dict[str, object]]) -> None:
    for line in lines:
        assert {"ratio", "floor", "goal", "ok"} <= line.keys()


def test_the_exchanges_have_their_anchor_their_rounds_and_their_latencies(lines: list[dict[str, object]]) -> None:
    for line in (each for each in lines if each["benchmark"] in {"B1", "B2"}):
        assert {"cpu_ratio", "p50_ms", "p99_ms", "anchor", "rounds"} <= line.keys()
