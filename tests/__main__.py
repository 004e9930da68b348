"""`make test`: every test, in two processes side by side, for two cores and for tests that wait for servers.

The first half is told while it runs, the second when both are done. Each has its own PostgreSQL.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

ROOT: Final = Path(__file__).parents[1]
GATEWAY: Final = ("tests/gateway",)
THE_REST: Final = ("tests", "--ignore=tests/gateway", "-p", "no:cacheprovider")


def main() -> int:
    """Return 0 where all tests of both halves passed, else the code of one that did not."""
    pytest = [sys.executable, "-m", "pytest"]
    with TemporaryFile() as kept:
        rest = subprocess.Popen([*pytest, *THE_REST], cwd=ROOT, stdout=kept, stderr=kept)
        first = subprocess.run([*pytest, *GATEWAY], cwd=ROOT, check=False).returncode
        second = rest.wait()
        kept.seek(0)
        sys.stdout.buffer.write(kept.read())
        sys.stdout.flush()
    return first or second


if __name__ == "__main__":
    sys.exit(main())
