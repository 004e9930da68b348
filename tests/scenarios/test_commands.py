"""Ten of the scenarios with the real commands, `schakel sandbox` and `schakel call`, as an integrator types them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consent.decide import decide
from consent.world.file import World, read_world
from gateway.cli import app
from gateway.commands.sandbox import run_sandbox_file
from gateway.live.asking import DECISIONS, PLAN, Heard, body_of
from gateway.live.hearing import Held, held
from schemas.words import Result
from tests.beside import SCENARIOS, needs_shared
from tests.ready import ready

# They start real processes, one for each file.
pytestmark = [pytest.mark.server, needs_shared]

HOUSE = Path(__file__).resolve().parents[2]
SCHAKEL = str(Path(sys.executable).with_name("schakel"))
CHOSEN = [
    ("age-and-authority/both-parents-consent-for-eleven-year-old", 0),
    ("age-and-authority/express-consent-opens-a-medical-file", 0),
    ("age-and-authority/incapable-adult-parent-stands-in", 0),
    ("families/consultation-team-sends-a-simplified-report", 0),
    ("families/divorced-one-parent-at-a-secret-address", 0),
    ("families/one-file-five-people-at-the-door", 3),
    ("coercive-framework/deputy-of-the-family-guardian", 0),
    ("coercive-framework/minor-mother-in-the-ots-file", 1),
    ("mentors/aunt-opens-the-plan", 0),
    ("mentors/mandate-with-announced-ends", 3),
]
"""Files with the position of a request that releases something."""
BASES = {"LB-01", "LB-02", "LB-04", "LB-06", "LB-07", "LB-20", "LB-27"}
"""What they show together."""


def file_of(name: str) -> tuple[Path, World]:
    path = SCENARIOS / f"{name}.yaml"
    return path, read_world(path.read_bytes())


@contextmanager
def started(path: Path, position: int, folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start a sandbox of the file; what it leaves behind where it is killed, it leaves in `folder`."""
    credentials = folder / "credentials.json"
    command = [SCHAKEL, "sandbox", str(path), "--request", str(position), "--credentials", str(credentials)]
    with ready(command, HOUSE, {**os.environ, "TMPDIR": str(folder)}) as process:
        yield process, credentials


@contextmanager
def sandbox(path: Path, position: int, folder: Path) -> Iterator[Path]:
    """Run a sandbox of the file, and hold that it ends well."""
    with started(path, position, folder) as (process, credentials):
        yield credentials
        process.terminate()
        assert process.wait(20) == 0


def call(credentials: Path, who: str, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    """Type `schakel call` in this process: the last test types it in one of its own."""
    command = ["call", "--credentials", str(credentials), "--as", who, method, path]
    done = CliRunner().invoke(app, [*command, *(["--json", body] if body else [])])
    assert done.stderr == ""
    return done.exit_code, done.stdout_bytes


@pytest.mark.parametrize(("name", "position"), CHOSEN, ids=[name.rpartition("/")[2] for name, _ in CHOSEN])
def test_an_integrator_gets_what_the_file_expects(name: str, position: int, tmp_path: Path) -> None:
    path, file = file_of(name)
    request = file.requests[position]
    with sandbox(path, position, tmp_path) as credentials:
        code, body = call(credentials, request.requester.id, "POST", PLAN, json.dumps(body_of(request)))
        answer = json.loads(body)
        _, view = call(credentials, "officer", "GET", f"{DECISIONS}/{answer['request_id']}")
    assert code == 0
    assert held(Heard(200, answer, json.loads(view)), file, position) == Held([])


def test_the_ten_files_show_every_basis() -> None:
    shown: set[str] = set()
    for name, position in CHOSEN:
        _, file = file_of(name)
        request = file.requests[position]
        elements = decide(request, file.facts, request.at).elements.values()
        shown |= {each.basis for each in elements if each.basis is not None and each.result is Result.RELEASE}
    assert shown == BASES


def test_who_gets_nothing_sees_the_problem_and_exit_code_1(tmp_path: Path) -> None:
    path, file = file_of("mentors/aunt-opens-the-plan")
    body = body_of(file.requests[0]) | {"person": {"system": "urn:schakel:person", "value": "niemand"}}
    with sandbox(path, 0, tmp_path) as credentials:
        code, printed = call(credentials, "luus", "POST", PLAN, json.dumps(body))
        told, seen = call(credentials, "officer", "GET", f"/api/v1/decisions/{json.loads(printed)['request_id']}")
    assert code == 1
    assert json.loads(printed)["type"] == "urn:schakel:problem:not-available"
    assert told == 0
    assert json.loads(seen)["outcome"] == "deny"


def test_a_failpoint_that_does_not_exist_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHAKEL_INSECURE_FAILPOINT", "somewhere")
    path, _ = file_of("mentors/aunt-opens-the-plan")
    code, said = run_sandbox_file(path, request=0, port=0, credentials=None)
    assert code == 2
    assert said.startswith("SCHAKEL_INSECURE_FAILPOINT: expected one of authenticated, ")


def test_the_sandbox_dies_at_its_failpoint_and_the_caller_gets_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHAKEL_INSECURE_FAILPOINT", "assembled")
    path, file = file_of("mentors/aunt-opens-the-plan")
    body = json.dumps(body_of(file.requests[0]))
    with started(path, 0, tmp_path) as (process, credentials):
        asking = [SCHAKEL, "call", "--credentials", str(credentials), "--as", "luus", "POST", PLAN, "--json", body]
        done = subprocess.run(asking, cwd=HOUSE, capture_output=True, check=False)
        assert process.wait(20) == -signal.SIGKILL
    assert (done.returncode, done.stdout) == (1, b"")
