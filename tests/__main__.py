"""`make test`: every test, in four processes side by side: many tests wait, so two cores have work for four.

The first part is told while it runs, the others when they are done. Each has its own PostgreSQL. What holds a promise
to a number of seconds comes after them, alone.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from tests.thoroughness import THOROUGH

ROOT: Final = Path(__file__).parents[1]
GATEWAY: Final = "tests/gateway"
OF_THE_GATEWAY: Final = tuple(f"{GATEWAY}/{each}" for each in ("backup", "demo", "doctor", "erasing", "facts"))
OF_THE_REST: Final = tuple(f"tests/{each}" for each in ("benchmarks", "deploy", "faults", "scenarios"))
BESIDE_THE_REST: Final = tuple(f"{GATEWAY}/{each}" for each in ("emergency", "renderings", "reviews", "signals"))
IN_SECONDS: Final = "tests/faults/test_sequencers.py"
"""An event is late after five seconds (audit log contract, promise 1), whatever else keeps a machine busy."""
PARTS: Final = (
    # What is named in no part is in one all the same, since these two take all that the others do not.
    (GATEWAY, *(f"--ignore={each}" for each in (*OF_THE_GATEWAY, *BESIDE_THE_REST))),
    OF_THE_GATEWAY,
    (*OF_THE_REST, *BESIDE_THE_REST, f"--ignore={IN_SECONDS}"),
    ("tests", *(f"--ignore={each}" for each in (GATEWAY, *OF_THE_REST))),
)

TEST_SECONDS: Final = 400
"""A test that takes longer waits for ever: it fails by its name, and the others go on. The longest takes a third."""

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - each test makes a folder of its own in it
MEMORY_BYTES: Final = 8 * 2**30

Started = tuple["subprocess.Popen[bytes]", IO[bytes]]


def main() -> int:
    """Return 0 where all tests of all parts passed, else the code of one that did not."""
    # `make thorough` says itself how long it takes.
    bound = 0 if THOROUGH else TEST_SECONDS
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--timeout={bound}"]
    environment = {**os.environ, **_in_memory()}
    # Tests start hundreds of processes: where nothing is kept, each compiles the house again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with ExitStack() as stack:
        files = [stack.enter_context(TemporaryFile()) for _ in PARTS[1:]]
        started = [
            (subprocess.Popen([*pytest, *part], cwd=ROOT, env=environment, stdout=file, stderr=file), file)
            for part, file in zip(PARTS[1:], files, strict=True)
        ]
        codes = [
            subprocess.run([*pytest, *PARTS[0]], cwd=ROOT, env=environment, check=False).returncode,
            *_told(started),
            subprocess.run([*pytest, IN_SECONDS], cwd=ROOT, env=environment, check=False).returncode,
        ]
    return next((code for code in codes if code), 0)


def _in_memory() -> dict[str, str]:
    """Return what keeps the files of tests in memory where there is room: a third of their time goes to the disk."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
    return {"TMPDIR": str(MEMORY)} if roomy and "TMPDIR" not in os.environ else {}


def _told(started: Sequence[Started]) -> Iterator[int]:
    for process, file in started:
        yield process.wait()
        file.seek(0)
        sys.stdout.buffer.write(file.read())
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
