"""A gateway that is told to stop finishes what it has, and goes with 0."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
SCHAKEL = str(Path(sys.executable).with_name("schakel"))
WORLD = {
    "schakel": "world/1",
    "persons": [{"id": "sem", "born": "2012-05-04"}],
    "request": {
        "at": "2026-03-02T10:00:00+01:00",
        "requester": {"person": "sem"},
        "about": "sem",
        "purpose": "own-access",
        "categories": "all",
    },
}


@pytest.mark.server
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_closes_everything_and_ends_with_0(tmp_path: Path, number: signal.Signals) -> None:
    world = tmp_path / "world.json"
    world.write_text(json.dumps(WORLD))
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(
        [SCHAKEL, "sandbox", str(world)],
        cwd=HOUSE,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready http://127.0.0.1:")
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(errors.splitlines()[-1])["event"] == "gateway.stopped"
    assert list(folder.iterdir()) == []
