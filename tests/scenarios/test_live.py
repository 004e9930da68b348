"""`schakel scenarios --live`: every request of the scenarios through a whole gateway, and gateways that lie."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consent.decision import Decision
from consent.world.documents import parsed
from consent.world.file import World, read_world
from gateway import exchange as pipeline
from gateway.flow.asking import Asking, ask
from gateway.flow.records import record_of
from gateway.flow.release import Release, seal_release
from gateway.live.hearing import Held
from gateway.live.running import held_on_the_wire
from tests.beside import SCENARIOS, WORLDS, files, needs_shared

HOUSE = Path(__file__).resolve().parents[2]
SAMPLE = files(WORLDS, "*.json")[::40]
SCHAKEL = str(Path(sys.executable).with_name("schakel"))

WORLD = """
schakel: world/1
organisations:
  - {id: team-noord, kind: local-team}
  - {id: ggz-west, kind: youth-mental-health}
professionals: [{id: anna, organisation: team-noord, role: youth-professional}]
persons: [{id: sem, born: 2009-05-04}, {id: moeder, born: 1984-01-01}]
consents:
  - {id: c1, about: sem, given_by: sem, on: 2026-02-01, holders: [ggz-west], recipients: [team-noord],
     purposes: [coordinate-plan], categories: [goals]}
records:
  - {id: r1, holder: ggz-west, about: [sem], category: goals, regime: jeugdwet, created_on: 2026-02-10}
  - {id: r2, holder: ggz-west, about: [sem], category: goals, regime: jeugdwet, created_on: 2026-02-10,
     good_care_veto: true}
request:
  at: 2026-03-02T10:00:00+01:00
  requester: {professional: anna}
  about: sem
  purpose: coordinate-plan
  categories: all
expect:
  outcome: partial
  elements: {r1: {result: release, basis: LB-01}}
"""


def live(*paths: str | Path, tmp: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCHAKEL, "scenarios", "--live", *map(str, paths)],
        cwd=HOUSE,
        env={**os.environ, "TMPDIR": str(tmp)},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_shared
def test_every_scenario_that_is_asked_comes_true_on_a_running_gateway(tmp_path: Path) -> None:
    done = live(SCENARIOS, tmp=tmp_path)
    lines = done.stdout.splitlines()
    assert lines[-1].endswith(" passed, 0 failed"), done.stdout
    assert len(lines) == 1
    assert done.returncode == 0
    assert int(lines[0].split()[0]) > 250
    assert " not sent: the holder tells of his own accord" in done.stderr
    assert list(tmp_path.iterdir()) == []


@needs_shared
def test_a_sample_of_the_random_worlds_comes_true_too(tmp_path: Path) -> None:
    done = live(*SAMPLE, tmp=tmp_path)
    assert done.stdout.endswith(" passed, 0 failed\n"), done.stdout
    assert done.returncode == 0


def test_a_wrong_expectation_is_told_with_its_file_and_the_others_still_run(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a-wrong.yaml").write_text(WORLD.replace("basis: LB-01", "basis: LB-04"))
    (folder / "b-right.yaml").write_text(WORLD)
    done = live(folder, tmp=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{folder}/a-wrong.yaml: r1.basis: expected LB-04, got LB-01",
        "1 passed, 1 failed",
    ]


def test_an_invalid_file_is_told_and_the_others_still_run(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a-invalid.yaml").write_text(WORLD.replace("holder: ggz-west", "holder: nowhere", 1))
    (folder / "b-right.yaml").write_text(WORLD)
    done = live(folder, tmp=tmp_path)
    assert done.returncode == 2
    assert done.stdout == "1 passed, 0 failed\n"
    assert f"{folder}/a-invalid.yaml: records[0].holder: " in done.stderr


def test_a_request_in_which_nobody_asks_is_counted_apart(tmp_path: Path) -> None:
    file = tmp_path / "told.yaml"
    file.write_text(WORLD.replace("categories: all", "categories: all\n  initiative: holder"))
    done = live(file, tmp=tmp_path)
    assert done.stdout == "0 passed, 0 failed\n"
    assert done.stderr == "1 not sent: the holder tells of his own accord, so nobody asks\n"
    assert done.returncode == 0


def of(text: str) -> World:
    return read_world(text.encode())


async def test_a_gateway_that_sends_one_element_more_than_it_decided_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def generous(decision: Decision, *rest: Any, **more: Any) -> Release | None:
        elements = dict.fromkeys(decision.elements, decision.elements["r1"])
        return seal_release(replace(decision, elements=elements), *rest, **more)

    monkeypatch.setattr(pipeline, "seal_release", generous)
    assert await held_on_the_wire(of(WORLD), [0]) == [(0, Held(["wire: released r1, r2, the officer sees r1"]))]


async def test_a_gateway_that_loses_a_veto_is_caught_also_where_the_file_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "record_of", lambda element: replace(record_of(element), good_care_veto=False))
    ((_, found),) = await held_on_the_wire(of(WORLD), [0])
    assert found.differences[:2] == [
        "outcome: expected partial, got permit",
        "r2.result: expected withhold, got release",
    ]


async def test_a_gateway_that_asks_nobody_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(*given: Any, **more: Any) -> Asking:
        return ask(*given, **more | {"sources": {}})

    monkeypatch.setattr(pipeline, "ask", deaf)
    ((_, found),) = await held_on_the_wire(of(WORLD), [0])
    assert "r1.result: expected release, got withhold" in found.differences


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_leaves_nothing_behind_where_it_is_stopped(number: signal.Signals, tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    world = parsed(WORLD.encode()).value
    requests = [{**world.pop("request"), "expect": world.pop("expect")}] * 200
    file.write_text(json.dumps({**world, "requests": requests}))
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(
        # As a script starts it behind `&`: with Ctrl-C ignored.
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", SCHAKEL, "scenarios", "--live", str(file)],
        cwd=HOUSE,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        deadline = time.monotonic() + 30
        while not list(folder.glob("*/schakel.db")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(number)
        said, complained = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert said == ""
    assert "Traceback" not in complained
    assert list(folder.iterdir()) == []
