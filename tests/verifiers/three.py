"""The three that judge an export: the product, and two small programs that share no code with it."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from audit.verifying.folder import verify_folder
from tests.postgres import missing

PROGRAMS = Path(__file__).resolve().parents[2] / "docs" / "verifiers"
PYTHON = PROGRAMS / "verify.py"
NODE = PROGRAMS / "verify.mjs"


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_of_the_docs", PYTHON)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROGRAM = _module()


@dataclass(frozen=True, slots=True)
class Judged:
    """The exit code and the line of one of the three."""

    code: int
    line: str

    def place(self) -> str:
        """Return `4` or `4..10` of a bad log, the whole line of a good one: what the three must agree on."""
        bad = re.match(r"bad: seq ([0-9]+(\.\.[0-9]+)?): ", self.line)
        assert (self.code == 1) == bool(bad), self
        assert (self.code == 0) == self.line.startswith("ok: "), self
        if bad:
            return bad[1]
        return self.line if self.code == 0 else "unreadable"


def product(folder: Path, kept: Path | None = None) -> Judged:
    verdict = verify_folder(folder, older=kept)
    return Judged(verdict.exit_status, verdict.line)


def python(folder: Path, kept: Path | None = None) -> Judged:
    """Call what the program calls: starting Python hundreds of times would take a minute."""
    try:
        return Judged(*PROGRAM.verify(folder, [] if kept is None else [kept]))
    except OSError:
        return Judged(2, "")


def started_python(folder: Path, kept: Path | None = None) -> Judged:
    """Start the program as somebody else would: nothing beside the file, and no PYTHONPATH."""
    return _run([sys.executable, "-I", str(PYTHON)], folder, kept)


def node(folder: Path, kept: Path | None = None) -> Judged:
    """Call what the program calls, in one Node for all tests."""
    process = _asked()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps([str(folder), *([] if kept is None else [str(kept)])]) + "\n")
    process.stdin.flush()
    return Judged(*json.loads(process.stdout.readline()))


def started_node(folder: Path, kept: Path | None = None) -> Judged:
    """Start the program as somebody else would."""
    return _run([_node(), str(NODE)], folder, kept)


def _node() -> str:
    found = shutil.which("node")
    if found is None:
        missing("Node 20", "apt-get install nodejs (version 20)")
    return str(found)


@cache
def _asked() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [_node(), str(Path(__file__).with_name("judging.mjs"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def stop() -> None:
    """End the Node that was asked, if any was."""
    if _asked.cache_info().currsize:
        _asked().communicate(timeout=10)
        _asked.cache_clear()


def _run(program: list[str], folder: Path, kept: Path | None) -> Judged:
    options = [] if kept is None else ["--checkpoint", str(kept)]
    done = subprocess.run([*program, str(folder), *options], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    return Judged(done.returncode, done.stdout.removesuffix("\n"))


THREE = {"product": product, "python": python, "node": node}


def agreed(folder: Path, kept: Path | None = None) -> str:
    """Return the place that the three agree on."""
    places = {name: judge(folder, kept).place() for name, judge in THREE.items()}
    assert len(set(places.values())) == 1, {name: judge(folder, kept).line for name, judge in THREE.items()}
    return places["product"]
